"""The dry run: what a file would change, some rows at a time, each batch its own transaction and its own job.

The file is read anew for each batch, so that a worker holds it no longer than it takes, and nothing of it lies anywhere
unsealed. Nothing on the list of people is touched. At the end the file is thrown away: the differences are kept.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import anyio.to_thread
import msgspec
from obstore.store import ObjectStore

from safeguard import clock
from safeguard.intake.importing.running import ZONE
from safeguard.intake.sheets import NotATable
from safeguard.people.details import Details, check, details_of, tidied
from safeguard.people.person import PERSON_COLUMNS, Person, full_name
from safeguard.people.queries import decode_person
from safeguard.rosters import staff
from safeguard.rosters.difference import LEFT, Difference, Outcome
from safeguard.rosters.entry import Entry, Problem, Reading, Roll, Said
from safeguard.rosters.files.reading import read_roll
from safeguard.rosters.flat import Pairs, changed, compared, digests, flattened
from safeguard.rosters.linking import Link, links_of
from safeguard.rosters.matching import Directory, Match, directory_of, match, sounds_of
from safeguard.rosters.runs import PERMISSIONS, Run, file_of, hold_run
from safeguard.strongbox import objects
from safeguard.tenancy.effective import own_profile
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

BATCH: Final = 10_000
BELONGS: Final = "pupil"
"""The connection of those whom a roster of people in care brings, whatever the organisation calls it."""
BLIND: Final = (
    "A row does not say whom it is about, by a number or by a name that could be read, so nobody can be said to be "
    "missing from the file: nobody is marked as left."
)

MERGED: Final = """
select p.id, p.merged_into_id from public.people p
where p.organisation_id = (select sec.current_organisation()) and p.merged_into_id is not null
"""
TAKEN: Final = """
select r.person_id from public.roster_rows r
where r.organisation_id = (select sec.current_organisation()) and r.run_id = $1 and r.person_id is not null
"""
MANY: Final = f"""
select row_to_json(x)::text from (
    select {", ".join(f"p.{name}" for name in PERSON_COLUMNS)}, p.address <> '' as has_address from public.people p
    where p.organisation_id = (select sec.current_organisation()) and p.id = any ($1)) x
"""  # noqa: S608  our own constants
ADD: Final = """
insert into public.roster_rows (organisation_id, id, run_id, row_number, kind, source_id, person_id, name, said,
    changes, conflicts, candidates, based_on)
select (select sec.current_organisation()), n.id, $1, n.row_number, n.kind, n.source_id, n.person_id, n.name, n.said,
    n.changes, n.conflicts, string_to_array(n.candidates, ' ')::uuid[], n.based_on
from unnest($2::uuid[], $3::integer[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::text[], $9::text[],
            $10::text[], $11::text[], $12::integer[])
    n (id, row_number, kind, source_id, person_id, name, said, changes, conflicts, candidates, based_on)
"""
"""All rows of a batch in one statement: who asks is looked at once, not for each row."""
ADD_PROBLEM: Final = """
insert into public.roster_problems (organisation_id, id, run_id, row_number, field, problem)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5)
"""
COUNT: Final = """
update public.rosters r set row_count = $2, done_count = $3, new_count = r.new_count + $4,
    changed_count = r.changed_count + $5, gone_count = r.gone_count + $6, same_count = r.same_count + $7,
    asked_count = r.asked_count + $8, wrong_count = r.wrong_count + $9, digest = $10
where r.organisation_id = (select sec.current_organisation()) and r.id = $1
"""
READY: Final = """
update public.rosters r set state = $2, notes = $3, object_name = null, wrapped_key = null, done_count = 0,
    version = r.version + 1
where r.organisation_id = (select sec.current_organisation()) and r.id = $1
"""


async def look_on(work: Work, run_id: UUID, store: ObjectStore) -> str | None:
    """Look at the next rows. At the end of the file the object's name, for it to be erased once this is committed."""
    run = await hold_run(work, run_id, "reading")
    if run is None:
        return None
    work.require(PERMISSIONS[run.subject])
    stored = await file_of(work, run_id)
    content = b"".join([piece async for piece in await objects.read(store, stored.name, stored.key)])
    try:
        reading = await reading_of(work, run)
        roll = await anyio.to_thread.run_sync(read_roll, content, reading)
    except NotATable as refusal:
        await work.driver.execute(READY, run_id, "unread", [str(refusal)])
        return stored.name
    batch = roll.entries[run.done_count : run.done_count + BATCH]
    done = run.done_count + len(batch)
    whole = _is_whole(run, roll)
    if run.subject == "staff":
        outcome = await staff.look(work, run, batch, roll, gone=whole and done == len(roll.entries))
    else:
        outcome = await _look(work, run, batch, roll, reading, gone=whole and done == len(roll.entries))
    if run.done_count == 0:
        outcome.problems += roll.problems
    await _keep(work, run, outcome, len(roll.entries) + len(roll.problems), done)
    if done < len(roll.entries):
        work.ask("roster.look", run_id, key=f"{run_id} {done}")
        return None
    notes = [*run.notes, *(note for note in roll.notes if note not in run.notes)]
    await work.driver.execute(READY, run_id, "ready", [*notes, *([BLIND] if roll.blind else [])])
    return stored.name


async def reading_of(work: Work, run: Run) -> Reading:
    """How this file is read."""
    zone = ZoneInfo(str(await work.driver.fetchval(ZONE)))
    return Reading(run.subject, run.chosen, run.day_order, run.site, zone, await own_profile(work))


def _is_whole(run: Run, roll: Roll) -> bool:
    """Whether whoever is not in it has left: as the file says; as somebody said, where it does not."""
    return not roll.blind and (run.is_whole if roll.is_whole is None else roll.is_whole)


async def _look(work: Work, run: Run, batch: Sequence[Entry], roll: Roll, reading: Reading, *, gone: bool) -> Outcome:
    links = await links_of(work, "people", run.source)
    looker = await _Looker.begin(work, run, batch, links, reading)
    for place, entry in enumerate(batch):
        looker.take(place, entry)
    if gone:
        missing = [link for key, link in links.items() if link.is_here and key not in roll.keys]
        people = await people_of(work, [link.person_id for link in missing if link.person_id])
        looker.miss(missing, people)
    return looker.outcome


async def people_of(work: Work, ids: Sequence[UUID]) -> dict[UUID, Person]:
    """These people with everything, for comparing; whoever is not there is missing."""
    rows = await work.driver.fetch(MANY, list(ids))
    return {person.id: person for person in (decode_person(row[0]) for row in rows)}


async def roots_here(work: Work) -> dict[UUID, UUID]:
    """Whom each record that was merged into another means today."""
    into = {row[0]: row[1] for row in await work.driver.fetch(MERGED)}

    def root(one: UUID) -> UUID:
        while one in into:
            one = into[one]
        return one

    return {one: root(one) for one in into}


class _Looker:
    """Compares the rows of one batch with the list."""

    def __init__(
        self, today: date, reading: Reading, links: Mapping[str, Link], directory: Directory, sounds: Mapping[int, str]
    ) -> None:
        self._today, self._reading, self._links, self._directory = today, reading, links, directory
        self._sounds = sounds
        self._roots: Mapping[UUID, UUID] = {}
        self._people: Mapping[UUID, Person] = {}
        self._matches: list[Match] = []
        self.outcome = Outcome()

    @classmethod
    async def begin(
        cls, work: Work, run: Run, batch: Sequence[Entry], links: Mapping[str, Link], reading: Reading
    ) -> "_Looker":
        """Read what the batch is compared with."""
        directory = await directory_of(work, kind_of(reading.profile))
        sounds = await sounds_of(work, batch)
        self = cls(work.now().astimezone(reading.zone).date(), reading, links, directory, sounds)
        self._roots = await roots_here(work)
        taken = {self._root(link.person_id) for link in links.values() if link.person_id}
        taken |= {row[0] for row in await work.driver.fetch(TAKEN, run.id)}
        for place, entry in enumerate(batch):
            found = self._match(place, entry, taken)
            self._matches.append(found)
            if found.person_id:
                taken.add(found.person_id)
        self._people = await people_of(work, [one.person_id for one in self._matches if one.person_id])
        return self

    def _root(self, person_id: UUID) -> UUID:
        return self._roots.get(person_id, person_id)

    def _match(self, place: int, entry: Entry, taken: set[UUID]) -> Match:
        link = self._links.get(entry.key)
        if link and link.person_id:
            return Match(self._root(link.person_id))
        if entry.is_gone:
            return Match()
        return match(self._directory, entry.said, self._sounds.get(place, ""), taken)

    def take(self, place: int, entry: Entry) -> None:
        """What one row would do."""
        found, link = self._matches[place], self._links.get(entry.key)
        person = self._people.get(found.person_id) if found.person_id else None
        if entry.is_gone:
            self._leave(entry.number, entry.key, link, person)
        elif person:
            self._compare(entry, person, link)
        else:
            self._welcome(entry, found)

    def miss(self, links: Sequence[Link], people: Mapping[UUID, Person]) -> None:
        """Whoever is not in the file any more."""
        for link in links:
            self._leave(0, link.source_id, link, people.get(link.person_id) if link.person_id else None)

    def _leave(self, number: int, key: str, link: Link | None, person: Person | None) -> None:
        if link is None or person is None or not link.is_here:
            self.outcome.same += 1
            return
        changes: Pairs = {LEFT: ("", self._today.isoformat())}
        self.outcome.rows.append(
            Difference(number, "gone", key, person.name, person.id, person.version, {}, changes)
        )  # fmt: skip

    def _compare(self, entry: Entry, person: Person, link: Link | None) -> None:
        key = link.id if link else person.id
        earlier = link.said if link else {}
        pairs = compared(key, earlier, flattened(person), entry.said)
        changes = dict(pairs.changes)
        if pairs.changes or pairs.conflicts:
            fields = {name: new for name, (_, new) in (pairs.changes | pairs.conflicts).items()}
            if self._is_wrong(entry, tidied(changed(details_of(person), fields))):
                return
        if link and not link.is_here:
            changes[LEFT] = (link.left_on.isoformat() if link.left_on else "", "")
        kind = "asked" if pairs.conflicts else "changed" if changes else "same"
        if kind == "same":
            self.outcome.same += 1
            if link and link.said == digests(key, entry.said):
                return
        self.outcome.rows.append(
            Difference(
                entry.number,
                kind,
                entry.key,
                _name(entry),
                person.id,
                person.version,
                entry.said,
                changes,
                pairs.conflicts,
            )
        )

    def _welcome(self, entry: Entry, found: Match) -> None:
        if not self._is_wrong(entry, new_details(entry.said, self._reading.profile)):
            kind = "asked" if found.candidates else "new"
            self.outcome.rows.append(
                Difference(entry.number, kind, entry.key, _name(entry), said=entry.said, candidates=found.candidates)
            )

    def _is_wrong(self, entry: Entry, details: Details) -> bool:
        errors = check(details, self._reading.profile, self._today)
        self.outcome.problems += [Problem(entry.number, error.field, error.message) for error in errors]
        return bool(errors)


def kind_of(profile: Profile) -> Any:
    """Whether those whom the organisation looks after are children or adults."""
    known = profile.connections.get(BELONGS)
    return "child" if known is None or known.child else "adult"


def new_details(said: Said, profile: Profile) -> Details:
    """Somebody new, as a file says them."""
    connection = BELONGS if BELONGS in profile.connections else None
    filled = {name: value for name, value in said.items() if value}
    return tidied(changed(Details(kind=kind_of(profile), connection=connection), filled))


def _name(entry: Entry) -> str:
    said = entry.said
    return full_name(said.get("given_name", ""), said.get("family_name", ""), said.get("known_as", ""))


async def _keep(work: Work, run: Run, outcome: Outcome, total: int, done: int) -> None:
    encode = _json
    rows = [
        (clock.new_id(), row.number, row.kind, row.key, row.person_id, row.name, encode(dict(row.said)),
         encode(row.changes), encode(row.conflicts), " ".join(map(str, row.candidates)), row.based_on)
        for row in outcome.rows
    ]  # fmt: skip
    if rows:
        await work.driver.execute(ADD, run.id, *map(list, zip(*rows, strict=True)))
    problems = [(clock.new_id(), run.id, one.number, one.field, one.words) for one in outcome.problems]
    await work.driver.executemany(ADD_PROBLEM, problems)
    wrong = len({one.number for one in outcome.problems})
    counts = [outcome.count(kind) for kind in ("new", "changed", "gone")]
    await work.driver.execute(
        COUNT, run.id, total, done, *counts, outcome.same, outcome.count("asked"), wrong, _digest(run, outcome)
    )


def _digest(run: Run, outcome: Outcome) -> bytes:
    """Every difference so far, in the order of the file."""
    whole = sha256(bytes.fromhex(run.digest or ""))
    for row in outcome.rows:
        whole.update(_json([row.kind, row.key, str(row.person_id or ""), dict(row.said), row.changes]).encode())
    return whole.digest()


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
