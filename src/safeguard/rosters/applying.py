"""Taking a file over: some rows at a time, each batch its own transaction and its own job, so that it can go on.

Somebody who was changed here between the dry run and now is left out and said so. The log is told once, with the counts
and the digest of every difference; whoever has versions of their own in it (because somebody here wrote them, or
corrected them) goes on having every version there. Nobody is notified.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.intake.importing.running import ZONE
from safeguard.people.details import SAID, Details, details_of, tidied
from safeguard.people.documents import person_document
from safeguard.people.person import Person
from safeguard.people.queries import decode_person
from safeguard.people.writing import insert_all, update_all
from safeguard.rosters.difference import LEFT
from safeguard.rosters.flat import Pairs, changed, digests, flattened
from safeguard.rosters.linking import Link, add_links, links_of, said_of, set_links
from safeguard.rosters.looking import MANY, new_details, roots_here
from safeguard.rosters.runs import Run, hold_run, hold_to_begin, outdate_others, run_document
from safeguard.tenancy.effective import own_profile
from safeguard.work import Work

BATCH: Final = 2_000
THEIRS: Final = "theirs"
OURS: Final = "ours"
NEW: Final = "new"
ANSWERS: Final = (THEIRS, OURS, NEW)

TODO: Final = """
select r.id, r.kind, r.source_id, r.person_id, r.said, r.changes, r.conflicts, r.candidates, r.answer, r.based_on
from public.roster_rows r
where r.organisation_id = (select sec.current_organisation()) and r.run_id = $1 and r.state = 'planned'
order by r.row_number, r.id limit $2
"""
NOTE: Final = """
update public.roster_rows r set state = n.state, reason = n.reason, person_id = n.person_id,
    made_version = n.made_version, link_before = n.link_before, changes = coalesce(n.changes, r.changes)
from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::integer[], $6::text[], $7::text[])
    n (id, state, reason, person_id, made_version, link_before, changes)
where r.organisation_id = (select sec.current_organisation()) and r.id = n.id
"""
"""All rows of a batch in one statement: who asks is looked at once, not for each row."""
BEGIN: Final = """
update public.rosters r set state = 'applying', marks_left = $2, done_count = 0, version = r.version + 1,
    applied_at = $3, applied_by_name = $4
where r.organisation_id = (select sec.current_organisation()) and r.id = $1
"""
COUNT: Final = """
update public.rosters r set done_count = r.done_count + $2
where r.organisation_id = (select sec.current_organisation()) and r.id = $1
"""
FINISH: Final = """
update public.rosters r set state = 'done', version = r.version + 1
where r.organisation_id = (select sec.current_organisation()) and r.id = $1
"""
OLDER: Final = """
delete from public.roster_rows x using public.rosters r
where x.organisation_id = (select sec.current_organisation()) and r.organisation_id = x.organisation_id
    and r.id = x.run_id and r.id <> $1 and r.subject = $2 and r.source = $3 and r.state in ('done', 'undone')
"""
"""What earlier files of this system changed: once the next one was taken over they cannot be taken back any more."""
DATES: Final = """
insert into public.record_dates as d (organisation_id, person_id, left_on, said_at, said_by, said_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5)
on conflict (organisation_id, person_id) do update set left_on = excluded.left_on, version = d.version + 1,
    said_at = excluded.said_at, said_by = excluded.said_by, said_by_name = excluded.said_by_name
where d.left_on is not distinct from $6
"""
"""The day that retention is counted from; a day that somebody here wrote down stands."""
IN_LOG: Final = """
select distinct d.id from audit.documents d
where d.organisation_id = (select sec.current_organisation()) and d.kind = 'person' and d.id = any ($1)
"""
HELD: Final = MANY.replace("any ($1)) x", "any ($1) for update) x")

CHANGED_SINCE: Final = "Somebody changed this person here since the file was read. Send the file again."
KNOWN_BY_NOW: Final = "Another file has said whom this number means since this one was read. Send the file again."
NOT_ANSWERED: Final = "Nobody said what is right, so nothing was changed. It is asked again with the next file."
NOT_MARKED: Final = "Not marked as left: that was not ticked."


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One difference, as it waits to be made."""

    id: UUID
    kind: str
    source_id: str
    person_id: UUID | None
    said: dict[str, str]
    changes: dict[str, tuple[str, str]]
    conflicts: dict[str, tuple[str, str]]
    candidates: tuple[UUID, ...]
    answer: str
    based_on: int | None


@dataclass(slots=True)
class Batch:
    """What one batch writes, gathered before anything is written."""

    notes: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    new: list[Person] = field(default_factory=list[Person])
    changed: list[Person] = field(default_factory=list[Person])
    added: list[Link] = field(default_factory=list[Link])
    set: list[Link] = field(default_factory=list[Link])
    dates: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])


async def start(work: Work, run_id: UUID, *, marks_left: bool) -> None:
    """Have a worker take the file over; raises `Conflict` when somebody has, or it must be looked at again."""
    work.require(Permission.PERSON_RECORD)
    await hold_to_begin(work, run_id, "people")
    await work.driver.execute(BEGIN, run_id, marks_left, work.now(), work.actor.name)
    work.ask("roster.apply", run_id, key=f"{run_id} 0")


async def apply_next(work: Work, run_id: UUID) -> None:
    """Make the next differences; at the end the log is told."""
    run = await hold_run(work, run_id, "applying")
    if run is None:
        return
    work.require(Permission.PERSON_RECORD)
    rows = [_row(row) for row in await work.driver.fetch(TODO, run_id, BATCH)]
    if rows:
        maker = await _Maker.begin(work, run, rows)
        for row in rows:
            maker.make(row)
        await _write(work, run, maker.batch)
        await work.driver.execute(COUNT, run_id, len(rows))
    if len(rows) == BATCH:
        work.ask("roster.apply", run_id, key=f"{run_id} {run.done_count + len(rows)}")
        return
    await outdate_others(work, run)
    await work.driver.execute(FINISH, run_id)
    await work.driver.execute(OLDER, run_id, run.subject, run.source)
    work.record("roster.applied", run_id, document=run_document(run, run.version + 1))


class _Maker:
    """Makes differences of what stands now."""

    def __init__(self, work: Work, run: Run, today: date, links: Mapping[str, Link]) -> None:
        self._work, self._run, self._today, self._links = work, run, today, links
        self._roots: Mapping[UUID, UUID] = {}
        self._people: Mapping[UUID, Person] = {}
        self._profile: Any = None
        self.batch = Batch()

    @classmethod
    async def begin(cls, work: Work, run: Run, rows: Sequence[Row]) -> "_Maker":
        """Hold everybody whom these rows are about."""
        zone = ZoneInfo(str(await work.driver.fetchval(ZONE)))
        self = cls(work, run, work.now().astimezone(zone).date(), await links_of(work, "people", run.source))
        self._roots = await roots_here(work)
        self._profile = await own_profile(work)
        named = sorted({whom for row in rows if (whom := self._whom(row))})
        self._people = await held(work, named)
        return self

    def _whom(self, row: Row) -> UUID | None:
        chosen = row.person_id
        if row.kind == "asked" and row.answer not in ("", *ANSWERS):
            chosen = next((one for one in row.candidates if str(one) == row.answer), None)
        return self._roots.get(chosen, chosen) if chosen else None

    def make(self, row: Row) -> None:
        """One row, as it was answered."""
        if row.kind == "asked" and not row.answer:
            self._leave_out(row, NOT_ANSWERED)
        elif row.kind == "gone":
            self._go(row)
        elif row.person_id is None and row.source_id in self._links:
            self._leave_out(row, KNOWN_BY_NOW)
        elif row.kind == "new" or row.answer == NEW:
            self._welcome(row)
        else:
            self._change(row)

    def _welcome(self, row: Row) -> None:
        work, now = self._work, self._work.now()
        details = new_details(row.said, self._profile)
        person = Person(
            id=clock.new_id(), recorded_at=now, changed_at=now, recorded_by=work.actor.user_id,
            recorded_by_name=work.actor.name, has_address=bool(details.address),
            **{name: getattr(details, name) for name in SAID},
        )  # fmt: skip
        self.batch.new.append(person)
        self._note(row, "done", "", person.id, person.version, self._link(row, person.id))

    def _change(self, row: Row) -> None:
        whom = self._whom(row)
        person = self._people.get(whom) if whom else None
        if person is None or (row.based_on is not None and person.version != row.based_on):
            self._leave_out(row, CHANGED_SINCE)
            return
        pairs = self._pairs(row, person)
        fields = {name: new for name, (_, new) in pairs.items() if name != LEFT}
        details = tidied(changed(details_of(person), fields))
        made = person.version
        if details != details_of(person):
            made = person.version + 1
            self.batch.changed.append(with_details(person, details, self._work.now()))
        if LEFT in row.changes:
            link = self._links.get(row.source_id)
            if link and link.left_on:
                self.batch.dates.append(self._dated(person.id, None, link.left_on))
        self._note(row, "done", "", person.id, made, self._link(row, person.id), pairs)

    def _pairs(self, row: Row, person: Person) -> Pairs:
        """What is changed of them: of somebody who was chosen among several, only what is empty here is filled in."""
        if row.person_id is None:
            here = flattened(person)
            return {name: ("", value) for name, value in row.said.items() if value and name not in here}
        return row.changes | (row.conflicts if row.answer == THEIRS else {})

    def _go(self, row: Row) -> None:
        link = self._links.get(row.source_id)
        if not self._run.marks_left or link is None or link.person_id is None:
            self._leave_out(row, NOT_MARKED)
            return
        person_id = self._roots.get(link.person_id, link.person_id)
        self.batch.dates.append(self._dated(person_id, self._today, None))
        gone = msgspec.structs.replace(link, is_here=False, left_on=self._today)
        self.batch.set.append(gone)
        self._note(row, "done", "", person_id, row.based_on, _kept(link))

    def _dated(self, person_id: UUID, day: date | None, instead_of: date | None) -> tuple[Any, ...]:
        return (person_id, day, self._work.now(), self._work.actor.user_id, self._work.actor.name, instead_of)

    def _link(self, row: Row, person_id: UUID) -> str | None:
        """Remember whom this number means and what was said; returns what stood before."""
        link = self._links.get(row.source_id)
        if link is None:
            link_id = clock.new_id()
            said = digests(link_id, row.said)
            self.batch.added.append(Link(id=link_id, source_id=row.source_id, person_id=person_id, said=said))
            return None
        new = msgspec.structs.replace(
            link, person_id=person_id, said=digests(link.id, row.said), is_here=True, left_on=None
        )
        self.batch.set.append(new)
        return _kept(link)

    def _leave_out(self, row: Row, reason: str) -> None:
        self._note(row, "left_out", reason, row.person_id, None, None)

    def _note(
        self, row: Row, state: str, reason: str, person_id: UUID | None, made: int | None, before: str | None,
        pairs: Pairs | None = None,
    ) -> None:  # fmt: skip
        made_of = None if pairs is None else msgspec.json.encode(pairs).decode()
        self.batch.notes.append((row.id, state, reason, person_id, made, before, made_of))


def with_details(person: Person, details: Details, now: datetime) -> Person:
    """The next version of somebody."""
    said = {name: getattr(details, name) for name in SAID}
    return msgspec.structs.replace(
        person, version=person.version + 1, changed_at=now, has_address=bool(details.address), **said
    )


async def held(work: Work, ids: Sequence[UUID]) -> dict[UUID, Person]:
    """These people with everything, held until the work ends."""
    rows = await work.driver.fetch(HELD, list(ids))
    return {person.id: person for person in (decode_person(row[0]) for row in rows)}


async def tell_log(work: Work, people: Sequence[Person]) -> None:
    """The next version of those whose earlier ones are in the log."""
    there = {row[0] for row in await work.driver.fetch(IN_LOG, [person.id for person in people])}
    for person in people:
        if person.id in there:
            work.record("person.corrected", person.id, document=person_document(person))


async def _write(work: Work, run: Run, batch: Batch) -> None:
    await insert_all(work, batch.new)
    await update_all(work, batch.changed)
    await add_links(work, "people", run.source, batch.added)
    await set_links(work, batch.set)
    await work.driver.executemany(DATES, batch.dates)
    if batch.notes:
        await work.driver.execute(NOTE, *map(list, zip(*batch.notes, strict=True)))
    await tell_log(work, batch.changed)


def _kept(link: Link) -> str:
    """The number as it stood, so that it can be put back."""
    stood = {"person_id": link.person_id, "said": said_of(link), "is_here": link.is_here, "left_on": link.left_on}
    return msgspec.json.encode(stood).decode()


def _row(row: Any) -> Row:
    decoded = {name: msgspec.json.decode(row[name]) for name in ("said", "changes", "conflicts")}
    plain = {name: row[name] for name in ("id", "kind", "source_id", "person_id", "answer", "based_on")}
    pairs = {name: {key: (old, new) for key, (old, new) in decoded[name].items()} for name in ("changes", "conflicts")}
    return Row(said=decoded["said"], candidates=tuple(row["candidates"]), **pairs, **plain)
