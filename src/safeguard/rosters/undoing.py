"""Taking a whole file back, as long as nothing was built on it.

Only the last file of a system can be taken back: the next one was compared with what this one had made. Whoever was
new is gone again with everything that the file had said of them, unless a record names them or somebody changed them
since; whoever was changed reads as before; whoever was marked as left is here again. What cannot be taken back stays,
and is said.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.people.details import details_of, tidied
from safeguard.people.person import Person
from safeguard.people.writing import update_all
from safeguard.rosters.applying import DATES, held, tell_log, with_details
from safeguard.rosters.difference import LEFT
from safeguard.rosters.flat import changed
from safeguard.rosters.linking import Link, links_of, remove_links, set_links
from safeguard.rosters.runs import LATER, Run, hold_run, hold_to_undo, outdate_others, run_document
from safeguard.work import Work

BATCH: Final = 2_000
NAMED: Final = "A record names this person, so they stay."
CHANGED: Final = "Somebody changed this person here since, so they stay as they are now."

BEGIN: Final = """
update public.rosters r set state = 'undoing', done_count = 0, kept_count = 0, version = r.version + 1,
    undone_at = $2, undone_by_name = $3
where r.organisation_id = (select sec.current_organisation()) and r.id = $1
"""
TODO: Final = """
select r.id, r.kind, r.source_id, r.person_id, r.changes, r.answer, r.made_version, r.link_before
from public.roster_rows r
where r.organisation_id = (select sec.current_organisation()) and r.run_id = $1 and r.state = 'done'
order by r.row_number, r.id limit $2
"""
NAMES: Final = """
select p.id from public.people p
where p.organisation_id = (select sec.current_organisation()) and p.id = any ($1) and (
    exists (select from public.incident_people n
            where n.organisation_id = p.organisation_id and n.person_id = p.id)
    or exists (select from public.people m
               where m.organisation_id = p.organisation_id and m.merged_into_id = p.id)
    or exists (select from public.transfers t where t.organisation_id = p.organisation_id and t.person_id = p.id)
    or exists (select from public.incoming_transfers i
               where i.organisation_id = p.organisation_id and i.person_id = p.id)
    or exists (select from public.packs k where k.organisation_id = p.organisation_id and k.person_id = p.id)
    or exists (select from public.record_holds h where h.organisation_id = p.organisation_id and h.person_id = p.id)
    or exists (select from public.record_dates d where d.organisation_id = p.organisation_id and d.person_id = p.id)
    or exists (select from public.disagreements a where a.organisation_id = p.organisation_id and a.person_id = p.id)
    or exists (select from public.access_requests q where q.organisation_id = p.organisation_id and q.person_id = p.id))
"""
"""Those whom a record names that the actor knows of. What they may not know of is looked after by the database."""
HERE: Final = """
select p.id from public.people p
where p.organisation_id = (select sec.current_organisation()) and p.id = any ($1)
"""
TAKE_BACK: Final = "select public.take_people_back($1, $2)"
NOTE: Final = """
update public.roster_rows r set state = $2, reason = $3
where r.organisation_id = (select sec.current_organisation()) and r.id = $1
"""
COUNT: Final = """
update public.rosters r set done_count = r.done_count + $2, kept_count = r.kept_count + $3
where r.organisation_id = (select sec.current_organisation()) and r.id = $1
"""
FINISH: Final = """
update public.rosters r set state = 'undone', version = r.version + 1
where r.organisation_id = (select sec.current_organisation()) and r.id = $1
"""


async def start(work: Work, run_id: UUID) -> None:
    """Have a worker take the file back; raises `Conflict` when a later one stands on it."""
    work.require(Permission.PERSON_RECORD)
    await hold_to_undo(work, run_id, "people", LATER)
    await work.driver.execute(BEGIN, run_id, work.now(), work.actor.name)
    work.ask("roster.undo", run_id, key=f"{run_id} 0")


async def undo_next(work: Work, run_id: UUID) -> None:
    """Take the next differences back; at the end the log is told."""
    run = await hold_run(work, run_id, "undoing")
    if run is None:
        return
    work.require(Permission.PERSON_RECORD)
    rows = await work.driver.fetch(TODO, run_id, BATCH)
    kept = await _undo(work, run, rows) if rows else 0
    if rows:
        await work.driver.execute(COUNT, run_id, len(rows), kept)
    if len(rows) == BATCH:
        work.ask("roster.undo", run_id, key=f"{run_id} {run.done_count + len(rows)}")
        return
    await outdate_others(work, run)
    await work.driver.execute(FINISH, run_id)
    work.record("roster.undone", run_id, document=run_document(run, run.version + 1, kept_count=run.kept_count + kept))


async def _undo(work: Work, run: Run, rows: Sequence[Any]) -> int:
    """How many of these stay."""
    ids = sorted({row["person_id"] for row in rows if row["person_id"]})
    people = await held(work, ids)
    named = {row[0] for row in await work.driver.fetch(NAMES, ids)}
    links = await links_of(work, "people", run.source)
    meant = {whom for row in rows if (whom := _meant_before(row))}
    here = {row[0] for row in await work.driver.fetch(HERE, sorted(meant))}
    undoer = _Undoer(people, named, links, here, work)
    for row in rows:
        undoer.take(row)
    await update_all(work, undoer.changed)
    await set_links(work, undoer.set)
    await remove_links(work, undoer.removed)
    await work.driver.executemany(DATES, undoer.dates)
    await tell_log(work, undoer.changed)
    if undoer.gone:
        await work.driver.fetchval(TAKE_BACK, [one.id for one in undoer.gone], [one.version for one in undoer.gone])
    await work.driver.executemany(NOTE, undoer.notes)
    return undoer.kept


class _Undoer:
    """Gathers what has to be written to take a batch back."""

    def __init__(
        self, people: Mapping[UUID, Person], named: set[UUID], links: Mapping[str, Link], here: set[UUID], work: Work
    ) -> None:
        self._people, self._named, self._links, self._here, self._work = people, named, links, here, work
        self.changed, self.gone = list[Person](), list[Person]()
        self.set, self.removed = list[Link](), list[UUID]()
        self.dates, self.notes = list[tuple[Any, ...]](), list[tuple[Any, ...]]()
        self.kept = 0

    def take(self, row: Any) -> None:
        """One row."""
        person = self._people.get(row["person_id"]) if row["person_id"] else None
        reason = self._reason(row, person)
        if reason or person is None:
            self.kept += bool(reason)
            self.notes.append((row["id"], "kept" if reason else "undone", reason))
            return
        if _brought(row):
            self.gone.append(person)
        else:
            self._restore(row, person)
            self.notes.append((row["id"], "undone", ""))
        self._put_link_back(row)

    def _reason(self, row: Any, person: Person | None) -> str:
        if person is None or row["kind"] == "gone":
            return ""
        if person.version != row["made_version"]:
            return CHANGED
        return NAMED if _brought(row) and person.id in self._named else ""

    def _restore(self, row: Any, person: Person) -> None:
        before = {name: old for name, (old, _) in msgspec.json.decode(row["changes"]).items()}
        left = before.pop(LEFT, None)
        if left is not None:
            self._put_day_back(row, person.id, left)
        details = tidied(changed(details_of(person), before))
        if details != details_of(person):
            self.changed.append(with_details(person, details, self._work.now()))

    def _put_day_back(self, row: Any, person_id: UUID, before: str) -> None:
        link = self._links.get(row["source_id"])
        marked = link.left_on if link and row["kind"] == "gone" else None
        day = date.fromisoformat(before) if before else None
        actor = self._work.actor
        self.dates.append((person_id, day, self._work.now(), actor.user_id, actor.name, marked))

    def _put_link_back(self, row: Any) -> None:
        link = self._links.get(row["source_id"])
        if link is None:
            return
        if row["link_before"] is None:
            self.removed.append(link.id)
            return
        before = msgspec.json.decode(row["link_before"])
        left = date.fromisoformat(before["left_on"]) if before["left_on"] else None
        said = msgspec.json.decode(before["said"])
        whom = _meant_before(row)
        whom = whom if whom in self._here else link.person_id
        self.set.append(
            msgspec.structs.replace(link, person_id=whom, said=said, is_here=before["is_here"], left_on=left)
        )


def _meant_before(row: Any) -> UUID | None:
    """Whom the number meant before this file."""
    before = msgspec.json.decode(row["link_before"]) if row["link_before"] else {}
    return UUID(before["person_id"]) if before.get("person_id") else None


def _brought(row: Any) -> bool:
    """Whether the file put this person on the list."""
    return row["kind"] == "new" or (row["kind"] == "asked" and row["answer"] == "new")
