"""How an incident changes: locked, compared with what its reader saw, saved as its next version.

Everybody who changes an incident names the version they had before them. The row is locked first, so of fifty who
change the same version at once one wins, and the others are told; nobody overwrites what they have not read.
"""

from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.attachments.locking import lock_files_of
from safeguard.errors import Conflict, NotFound, OnlyRead
from safeguard.incidents.documents import answers_json, entry_document, incident_document, plain_value
from safeguard.incidents.story import (
    ENTRY_COLUMNS,
    FACTS_JSON,
    PEOPLE_JSON,
    Change,
    Entry,
    EntryKind,
    Facts,
    Person,
    Story,
    decode_story,
)  # fmt: skip
from safeguard.incidents.wording import searchable
from safeguard.tenancy.blocking import blocks
from safeguard.work import LogName, Work

LOCK: Final = f"""
select json_build_object('facts', {FACTS_JSON}, 'people', {PEOPLE_JSON})::text, i.id = any (sec.only_read_incidents())
from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.id = $1
for update of i
"""  # noqa: S608  our own constants

SAVED: Final = (
    "version", "state", "risk", "happened_from", "happened_until", "happened_precision", "happened_words",
    "discovered_at", "place", "place_detail", "platforms", "device", "accounts", "four_c", "risk_areas",
    "issue_types", "narrative", "child_words", "immediate_action", "danger_now", "lead_told", "parents_informed",
    "parents_reason", "acknowledged_at", "acknowledged_by", "closed_at", "closed_by", "closing_summary",
    "closing_follow_up", "closing_decision", "closing_outcome", "assigned_to", "assigned_name", "reported_type",
    "answers", "last_activity_at",
)  # fmt: skip
_ASSIGNED = ", ".join(f"{name} = ${number}" for number, name in enumerate(SAVED, start=4))

SAVE: Final = f"""
update public.incidents i set {_ASSIGNED},
    tsv = to_tsvector('pg_catalog.english', $2) || to_tsvector('pg_catalog.simple', $3) || coalesce((
        select to_tsvector('pg_catalog.english', left(string_agg(
            concat_ws(E'\\n', e.words, e.reason, e.owner_name, e.contact_name, e.contact_reference, e.attendees),
            E'\\n'), 200000))
        from public.entries e
        where e.organisation_id = i.organisation_id and e.incident_id = i.id), '')
where i.organisation_id = (select sec.current_organisation()) and i.id = $1
"""  # noqa: S608  our own constants

ADD_ENTRY: Final = f"""
insert into public.entries (organisation_id, {", ".join(ENTRY_COLUMNS)})
values ((select sec.current_organisation()), {", ".join(f"${n}" for n in range(1, len(ENTRY_COLUMNS) + 1))})
"""  # noqa: S608  our own constants


class Stale(Conflict):
    """Somebody else made the next version while this one was open."""


STALE = (
    "Somebody else changed this incident while you were working, so nothing was saved over it. "
    "What you typed is kept: read what is there now, then send it again."
)
CLOSED = "This incident is closed and accepts no entries. Reopen it first, with a reason, and then add to it."


async def locked(work: Work, incident_id: UUID, version: int) -> Story:
    """The incident as it is now, held until the end of this work; raises `NotFound`, or `Stale` if it moved on."""
    story = await held(work, incident_id)
    if story.facts.version != version:
        raise Stale(STALE)
    return story


async def held(work: Work, incident_id: UUID) -> Story:
    """The incident as it is now, held until the end of this work, whatever its version.

    Raises `NotFound`, and `OnlyRead` for whoever sees it in an emergency alone: before anything is written.
    """
    row = await work.driver.fetchrow(LOCK, incident_id)
    if row is None:
        raise NotFound
    if row[1]:
        raise OnlyRead
    return decode_story(row[0])


async def held_open(work: Work, incident_id: UUID) -> Story:
    """Like `held`, and raises `Conflict` for a closed incident: for what stands beside earlier words, not over them."""
    story = await held(work, incident_id)
    if story.facts.state == "closed":
        raise Conflict(CLOSED)
    return story


async def open_one(work: Work, incident_id: UUID, version: int) -> Story:
    """Like `locked`, and raises `Conflict` for a closed incident."""
    story = await locked(work, incident_id, version)
    if story.facts.state == "closed":
        raise Conflict(CLOSED)
    return story


async def save(
    work: Work, before: Facts, people: tuple[Person, ...], event: str, log: LogName = "general", /, **changed: object
) -> Facts:
    """Keep the next version of an incident, and tell the log of it as `event`.

    `log` is for work about several incidents: told to the general one, a restricted incident takes all of it along.
    """
    after = msgspec.structs.replace(before, version=before.version + 1, last_activity_at=work.now(), **changed)
    if blocks(after.issue_types) and not blocks(before.issue_types):
        await lock_files_of(work, after.id)  # before the change: the database refuses it while a file can be opened
    values = (answers_json(after.answers) if name == "answers" else getattr(after, name) for name in SAVED)
    if await work.driver.execute(SAVE, after.id, *searchable(after, people), *values) != "UPDATE 1":
        raise NotFound  # else the log would hold a version that no row has, and every later one would be refused
    work.record(event, after.id, document=incident_document(after, people), log=log)
    return after


def new_entry(work: Work, incident_id: UUID, kind: EntryKind, **values: object) -> Entry:
    """An entry by whoever acts, now."""
    written = Entry(
        id=clock.new_id(), incident_id=incident_id, kind=kind, written_at=work.now(),
        author_id=work.actor.user_id, author_name=work.actor.name,
    )  # fmt: skip
    return msgspec.structs.replace(written, **values)


async def insert_entry(work: Work, entry: Entry, *, log: LogName = "general") -> Entry:
    """Add an entry to an incident that this work has locked."""
    await work.driver.execute(ADD_ENTRY, *entry_values(entry))
    work.record("entry.recorded", entry.id, document=entry_document(entry), log=log)
    return entry


def entry_values(entry: Entry) -> tuple[object, ...]:
    """The values of an entry in the order of `ENTRY_COLUMNS`."""
    return tuple(_changes_json(entry.changes) if name == "changes" else getattr(entry, name) for name in ENTRY_COLUMNS)


def _changes_json(changes: tuple[Change, ...]) -> str:
    return msgspec.json.encode(plain_value(changes)).decode()
