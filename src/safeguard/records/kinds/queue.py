"""What is past its time, of every kind, and one record with when it will be."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from safeguard.errors import NotFound
from safeguard.records.kinds.registry import KINDS, Kind, Shelf, kinds_of, require_shelf
from safeguard.records.kinds.statements import READ_AT, SOURCES
from safeguard.tenancy.effective import effective_values, own_profile
from safeguard.work import Work

MOST: Final = 50
"""Of one kind on one page: each is looked at before it goes."""
LINE: Final = """
select r.id, r.reference, r.title, r.day, (r.since + make_interval(years => $2))::date as due_on, r.settled,
    exists (select from public.record_holds h
            where h.organisation_id = (select sec.current_organisation()) and h.lifted_at is null
                and (h.other_kind = any ($1::text[]) and h.other_id = r.id {over})) as held,
    (select d.id from public.disposals d
     where d.organisation_id = (select sec.current_organisation()) and d.state = 'asked' and r.id = any (d.subjects)
     order by d.asked_at limit 1) as asked_id, r.said
"""
OVER: Final = {
    "transfer": """
        or h.person_id = (select t.person_id from public.transfers t
                          where t.organisation_id = h.organisation_id and t.id = r.id)
        or h.person_id = (select t.person_id from public.incoming_transfers t
                          where t.organisation_id = h.organisation_id and t.id = r.id)
        or h.incident_id in (select x.incident_id from public.transfer_items x
                             where x.organisation_id = h.organisation_id and x.transfer_id = r.id)""",
    "pack": """
        or exists (select from public.packs p
                   where p.organisation_id = h.organisation_id and p.id = r.id
                       and (p.person_id = h.person_id or p.incident_id = h.incident_id))""",
}
"""Holds over what a record hangs on."""
DUE: Final = {
    code: f"{LINE.format(over=OVER.get(code, ''))} from ({source}) r"
    f" where r.settled and r.since + make_interval(years => $2) <= $3 order by r.since, r.id limit {MOST + 1}"
    for code, source in SOURCES.items()
}
ONE: Final = {
    code: f"{LINE.format(over=OVER.get(code, ''))} from ({source}) r where r.id = any ($3::uuid[])"
    for code, source in SOURCES.items()
}
SAME: Final = {"concern": ["concern", "allegation"], "allegation": ["concern", "allegation"]}
"""A concern may become an allegation after it was put on hold."""


class Line(msgspec.Struct, frozen=True):
    """One record, and when its period is over."""

    id: UUID
    reference: str
    title: str
    day: date
    due_on: date | None
    """None while the day that it is counted from has not come."""
    is_settled: bool
    is_held: bool
    asked_id: UUID | None
    said: str


class Waiting(msgspec.Struct, frozen=True):
    """What is past its time of one kind."""

    kind: Kind
    years: int
    lines: tuple[Line, ...]
    has_more: bool


def read_at(kind: Kind, line: Line) -> str:
    """The page where the record is read, if there is one."""
    return READ_AT[kind.code].format(id=line.id, said=line.said)


async def list_waiting(work: Work, shelf: Shelf, today: date) -> tuple[Waiting, ...]:
    """Every kind of this shelf of which something is past its time; raises `NotFound`, `Forbidden`."""
    await require_shelf(work, shelf)
    years = await years_of(work)
    found = [await _waiting(work, kind, years[kind.code], today) for kind in kinds_of(shelf)]
    return tuple(each for each in found if each.lines)


async def _waiting(work: Work, kind: Kind, years: int, today: date) -> Waiting:
    rows = await work.driver.fetch(DUE[kind.code], SAME.get(kind.code, [kind.code]), years, today)
    return Waiting(kind, years, tuple(Line(*row) for row in rows[:MOST]), len(rows) > MOST)


async def list_lines(work: Work, kind: Kind, ids: list[UUID]) -> tuple[Line, ...]:
    """These records; of what is not there, or hidden, nothing. Raises `NotFound`, `Forbidden`."""
    await require_shelf(work, kind.shelf)
    years = (await years_of(work))[kind.code]
    return tuple(
        Line(*row) for row in await work.driver.fetch(ONE[kind.code], SAME.get(kind.code, [kind.code]), years, ids)
    )


async def any_held(work: Work, kind: Kind, ids: list[UUID]) -> bool:
    """Whether a hold stands on one of these, for whoever is to agree that they go."""
    rows = await work.driver.fetch(ONE[kind.code], SAME.get(kind.code, [kind.code]), 0, ids)
    return any(row["held"] for row in rows)


async def get_line(work: Work, kind: Kind, record_id: UUID) -> Line:
    """One of them; raises `NotFound`, `Forbidden`."""
    found = await list_lines(work, kind, [record_id])
    if not found:
        raise NotFound
    return found[0]


async def years_of(work: Work) -> dict[str, int]:
    """How many years each kind is kept here: the profile's rule, or the organisation's own longer period."""
    profile = await own_profile(work)
    names = {code: f"retention.{kind.rule}" for code, kind in KINDS.items()}
    chosen = await effective_values(work, tuple(set(names.values())), profile)
    return {code: int(str(chosen[name])) for code, name in names.items()}
