"""`/audit`: the organisation's log for people to read - who saw and did what, and how far it is signed.

Reading it is itself told to the log, once for each page opened.
"""

from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Template

from safeguard.access.policy import Permission
from safeguard.audit.events import EVENTS
from safeguard.errors import BadRequest
from safeguard.evidence.log_reading import read_head, read_log
from safeguard.web.pages import page
from safeguard.work import Work

ROWS = 50
PLACES = {"incident": "/incidents/{}", "pack": "/evidence/{}", "approval": "/approvals/{}"}
"""Where an object of that kind is shown."""


@get("/audit", permission=Permission.AUDIT_READ)
async def show_log(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The log, newest first, narrowed by what the address says."""
    query = request.query_params
    event, about = query.get("event") or None, _about(query.get("about"))
    if event is not None and event not in EVENTS:
        raise BadRequest("There is no such event. Choose one from the list.")
    entries = await read_log(work, before=_before(query.get("before")), event=event, about=about, limit=ROWS + 1)
    head = await read_head(work)
    work.record("log.read", head.id)
    older = _older(event, about, entries[ROWS - 1].index) if len(entries) > ROWS else None
    return page(
        request, "audit/list.html", fragment="audit/_rows.html", entries=entries[:ROWS], head=head, older=older,
        newer=_older(event, about, None) if query.get("before") else None, event=event, about=about,
        events=sorted(EVENTS.items(), key=lambda one: one[1]), places=PLACES,
    )  # fmt: skip


def _about(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as fault:
        raise BadRequest("That is not the id of a record. Open the log from the record's own page.") from fault


def _before(text: str | None) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadRequest("This link to the next page is broken. Start again from the first page.")
    return int(text)


def _older(event: str | None, about: UUID | None, before: int | None) -> str:
    chosen = {"event": event, "about": about, "before": before}
    return "/audit?" + "&".join(f"{name}={value}" for name, value in chosen.items() if value is not None)


ROUTES = [show_log]
