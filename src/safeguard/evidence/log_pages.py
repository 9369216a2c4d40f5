"""`/audit`: the organisation's log for people to read - who saw and did what, and how far it is signed.

Reading it is itself told to the log, once for each page opened.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Template

from safeguard.access.policy import Permission
from safeguard.audit.events import EVENTS
from safeguard.errors import BadRequest
from safeguard.evidence.carried import list_carried
from safeguard.evidence.log_reading import (
    Entry,
    Sort,
    Wanted,
    list_lookers,
    list_members,
    read_apart,
    read_head,
    read_log,
)
from safeguard.web import exchange
from safeguard.web.dates import read_day
from safeguard.web.forms import today_here
from safeguard.web.pages import page
from safeguard.work import Work

ROWS: Final = 50
FURTHEST: Final = 16
"""Digits of a place in the log."""
PLACES: Final = {
    "incident": "/incidents/{}",
    "pack": "/evidence/{}",
    "approval": "/approvals/{}",
    "person": "/people/{}",
    "referral": "/referrals/{}",
    "inspection": "/inspections/{}",
    "review": "/standards/reviews/{}",
    "access_report": "/audit/weeks/{}",
}
"""Where an object of that kind is shown."""
LOOKED_AT: Final = frozenset({"incident", "person", "concern", "referral", "pack"})
"""Kinds of records of which it is asked who has looked at them."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A page of entries, and the addresses of those beside it."""

    entries: tuple[Entry, ...]
    older: str | None
    newer: str | None


@get("/audit", permission=Permission.AUDIT_READ)
async def show_log(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The log, newest first, narrowed by what the address says; of one record, also who has looked at it."""
    query = request.query_params
    wanted, restricted = _wanted(query), query.get("log") == "restricted"
    head, members = await read_head(work), await list_members(work)
    if restricted or wanted.about:
        shown = await _apart(work, wanted, _number(query.get("skip")), restricted=restricted)
    else:
        shown = await _general(work, wanted, query.get("before"))
    work.record("log.read", head.id, log="restricted" if restricted else "general")
    return page(
        request, "audit/list.html", fragment="audit/_rows.html", entries=shown.entries, older=shown.older,
        newer=shown.newer, head=head, wanted=wanted, restricted=restricted, members=members,
        events=sorted(EVENTS.items(), key=lambda one: one[1]), places=PLACES, looked_at=LOOKED_AT,
        lookers=await list_lookers(work, wanted.about) if wanted.about else (),
        carried=await list_carried(work, wanted.about) if wanted.about else (),
    )  # fmt: skip


async def _general(work: Work, wanted: Wanted, before: str | None) -> _Shown:
    entries = await read_log(work, wanted, before=_before(before), limit=ROWS + 1, zone=_zone())
    last = entries[ROWS - 1].index if len(entries) > ROWS else None
    older = _address(wanted, before=last) if last is not None else None
    return _Shown(entries[:ROWS], older, _address(wanted) if before else None)


async def _apart(work: Work, wanted: Wanted, skip: int, *, restricted: bool) -> _Shown:
    logs = ("restricted",) if restricted else ("general", "restricted")
    entries = await read_apart(work, wanted, logs, skip=skip, limit=ROWS + 1, zone=_zone())
    more = {"log": "restricted"} if restricted else {}
    older = _address(wanted, **more, skip=skip + ROWS) if len(entries) > ROWS else None
    newer = _address(wanted, **more, skip=max(0, skip - ROWS)) if skip else None
    return _Shown(entries[:ROWS], older, newer)


def _wanted(query: Any) -> Wanted:
    event, sort = query.get("event") or None, query.get("sort") or None
    if event is not None and event not in EVENTS:
        raise BadRequest("There is no such event. Choose one from the list.")
    if sort not in {None, "reading", "changing"}:
        raise BadRequest("Choose reading or changing, or both.")
    first, last = _day(query.get("first")), _day(query.get("last"))
    if first and last and last < first:
        raise BadRequest("The last day is before the first. Go back, and write them the other way round.")
    return Wanted(
        event, _identifier(query.get("about")), _identifier(query.get("who")), first, last, cast("Sort | None", sort)
    )


def _identifier(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as fault:
        raise BadRequest("That is not the id of a record. Open the log from the record's own page.") from fault


def _day(text: str | None) -> date | None:
    try:
        return read_day(text, today_here()) if text and text.strip() else None
    except ValueError as fault:
        raise BadRequest("Go back, and write the day in figures, such as 22 11 2026.") from fault


def _before(text: str | None) -> int | None:
    return _number(text) if text else None


def _number(text: str | None) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < FURTHEST):
        raise BadRequest("This link to the next page is broken. Start again from the first page.")
    return int(text)


def _address(wanted: Wanted, **place: object) -> str:
    """The same choices at another place."""
    chosen = {name: getattr(wanted, name) for name in ("event", "about", "who", "first", "last", "sort")} | place
    said = urlencode([(name, str(value)) for name, value in chosen.items() if value is not None])
    return f"/audit?{said}" if said else "/audit"


def _zone() -> ZoneInfo:
    viewer = exchange.current().viewer
    return ZoneInfo(viewer.organisation.time_zone if viewer else "Europe/London")


ROUTES = [show_log]
