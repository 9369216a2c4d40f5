"""Adding: notes, decisions, actions and contacts, each an entry that is never overwritten.

Adding needs no version: two people may write at the same time and both are kept. It needs an incident that is not
closed, which the statement itself makes sure of by locking the row. An earlier entry is corrected by one that
supersedes it; the database lets each be superseded once, so corrections form a line and not a tree.
"""

from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.incidents.changing import CLOSED, entry_values, new_entry
from safeguard.incidents.documents import entry_document
from safeguard.incidents.entering import NewEntry, check_entry, tidied_entry, too_long
from safeguard.incidents.reports import tidy
from safeguard.incidents.story import ENTRY_COLUMNS, Entry, columns
from safeguard.incidents.wording import searchable_entry
from safeguard.work import Work

_VALUES = ", ".join(f"${n}" for n in range(3, len(ENTRY_COLUMNS) + 3))

ADD: Final = f"""
with incident as (
    update public.incidents i set
        last_activity_at = greatest(i.last_activity_at, $2),
        -- A text-search vector holds a megabyte at most: a very long story stops being indexed, never being written.
        tsv = case when pg_column_size(i.tsv || ''::tsvector) < 600000
              then i.tsv || to_tsvector('pg_catalog.english', $1) else i.tsv end
    where i.organisation_id = (select sec.current_organisation()) and i.id = $4 and i.state <> 'closed'
    returning i.organisation_id, i.version
), entry as (
    insert into public.entries (organisation_id, {", ".join(ENTRY_COLUMNS)})
    select incident.organisation_id, {_VALUES} from incident
    returning id
)
select incident.version from incident, entry
"""  # noqa: S608  our own constants

STATE: Final = """
select i.state from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.id = $1
"""

FIND_ENTRY: Final = f"""
select row_to_json(e)::text from (
    select {columns(ENTRY_COLUMNS, "e")} from public.entries e
    where e.organisation_id = (select sec.current_organisation()) and e.incident_id = $1 and e.id = $2) e
"""  # noqa: S608  our own constants

COMPLETE: Final = """
update public.entries e set done_at = $3, version = e.version + 1
where e.organisation_id = (select sec.current_organisation()) and e.id = $1 and e.version = $2 and e.done_at is null
"""

MEMBER: Final = """
select m.name from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.user_id = $1 and m.state = 'active'
"""

decode_entry = msgspec.json.Decoder(Entry).decode


async def add_entry(work: Work, incident_id: UUID, new: NewEntry) -> Entry:
    """Add to the record; raises `Invalid` for what is missing, `NotFound`, and `Conflict` when it is closed."""
    work.require(Permission.INCIDENT_FOLLOW_UP)
    new = tidied_entry(new)
    if errors := check_entry(new, work.now()):
        raise Invalid(*errors)
    new = await _with_owner(work, new)
    if new.supersedes_id:
        await _superseded(work, incident_id, new)
    entry = new_entry(work, incident_id, new.kind, **{name: getattr(new, name) for name in _TAKEN})
    return await _insert(work, entry, "entry.corrected" if new.supersedes_id else "entry.recorded")


async def complete_action(work: Work, incident_id: UUID, action_id: UUID, words: str) -> Entry:
    """Say that an action is done, and what came of it; raises `Conflict` when somebody already has."""
    work.require(Permission.INCIDENT_FOLLOW_UP)
    words = tidy(words)
    if not words:
        raise Invalid(FieldError("words", "Say what was done."))
    if errors := too_long({"words": words}):
        raise Invalid(*errors)
    action = await find_entry(work, incident_id, action_id)
    if action is None or action.kind != "action":
        raise NotFound
    entry = await _insert(
        work, new_entry(work, incident_id, "completion", words=words, action_id=action_id), "entry.recorded"
    )
    if await work.driver.execute(COMPLETE, action_id, action.version, work.now()) != "UPDATE 1":
        raise Conflict("Somebody has marked this action as done already.")
    done = msgspec.structs.replace(action, done_at=work.now(), version=action.version + 1)
    work.record("entry.completed", action_id, document=entry_document(done))
    return entry


async def find_entry(work: Work, incident_id: UUID, entry_id: UUID) -> Entry | None:
    """An entry of this incident."""
    text = await work.driver.fetchval(FIND_ENTRY, incident_id, entry_id)
    return decode_entry(text) if text else None


_TAKEN = (
    "words", "reason", "owner_id", "owner_name", "due_on", "contact", "contact_name", "contact_reference", "shared",
    "supersedes_id",
)  # fmt: skip


async def _insert(work: Work, entry: Entry, event: str) -> Entry:
    try:
        version = await work.driver.fetchval(ADD, searchable_entry(entry), entry.written_at, *entry_values(entry))
    except asyncpg.UniqueViolationError:
        raise Conflict("Somebody has corrected this entry already. Correct theirs instead.") from None
    if version is None:
        state = await work.driver.fetchval(STATE, entry.incident_id)
        raise Conflict(CLOSED) if state else NotFound
    work.record("incident.followed_up", entry.incident_id, version=version)
    work.record(event, entry.id, document=entry_document(entry))
    return entry


async def _with_owner(work: Work, new: NewEntry) -> NewEntry:
    if new.owner_id is None:
        return new
    name = await work.driver.fetchval(MEMBER, new.owner_id)
    if name is None:
        raise Invalid(FieldError("owner", "Choose somebody who belongs to this organisation, or write a name."))
    return msgspec.structs.replace(new, owner_name=name)


async def _superseded(work: Work, incident_id: UUID, new: NewEntry) -> None:
    """Refuse to correct what is not there, or as another kind of entry."""
    earlier = await find_entry(work, incident_id, new.supersedes_id) if new.supersedes_id else None
    if earlier is None:
        raise NotFound
    if earlier.kind != new.kind:
        raise Invalid(FieldError("kind", "A correction is of the same kind as the entry that it corrects."))
    if earlier.done_at:
        raise Conflict("This action is done. Add a note instead.")
