"""Adding: what follows an incident up, each an entry that is never overwritten.

Adding needs no version: two people may write at the same time and both are kept. It needs an incident that is not
closed, which the statement itself makes sure of by locking the row; only that a file was locked away is written in a
closed one too. An earlier entry is corrected by one that supersedes it; the database lets each be superseded once, so
corrections form a line and not a tree. What stands open, an action or a contact that awaits an answer, is closed by an
entry that names it, once.
"""

from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.incidents.changing import CLOSED, entry_values, new_entry
from safeguard.incidents.concerning import about_person
from safeguard.incidents.controls import wrong_controls
from safeguard.incidents.documents import entry_document
from safeguard.incidents.entering import NewEntry, check_entry, tidied_entry
from safeguard.incidents.entry_kinds import LOOKED_AT_AGAIN
from safeguard.incidents.informing import inform
from safeguard.incidents.linking import link
from safeguard.incidents.proofs import find_proof
from safeguard.incidents.reminding import look_at_owed
from safeguard.incidents.story import ENTRY_COLUMNS, Entry, EntryKind, columns
from safeguard.incidents.wording import searchable_entry
from safeguard.tenancy.effective import own_profile
from safeguard.work import Work

_VALUES = ", ".join(f"${n}" for n in range(3, len(ENTRY_COLUMNS) + 3))
_CLOSED_TOO = f"${len(ENTRY_COLUMNS) + 3}::boolean"

ADD: Final = f"""
with incident as (
    update public.incidents i set
        last_activity_at = greatest(i.last_activity_at, $2),
        -- A text-search vector holds a megabyte at most: a very long story stops being indexed, never being written.
        tsv = case when pg_column_size(i.tsv || ''::tsvector) < 600000
              then i.tsv || to_tsvector('pg_catalog.english', $1) else i.tsv end
    where i.organisation_id = (select sec.current_organisation()) and i.id = $4
        and (i.state <> 'closed' or {_CLOSED_TOO})
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

STILL_GIVEN: Final = f"""
select row_to_json(e)::text from (
    select {columns(ENTRY_COLUMNS, "e")} from public.entries e
    where e.organisation_id = (select sec.current_organisation()) and e.incident_id = $1 and e.kind = $2
        and e.person_id = $3 and e.due_on is not null and e.done_at is null
        and not exists (
            select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)) e
"""  # noqa: S608  our own constants

FINISH: Final = """
update public.entries e set done_at = $3, version = e.version + 1
where e.organisation_id = (select sec.current_organisation()) and e.id = $1 and e.version = $2 and e.done_at is null
"""

REPLACED: Final = """
select exists (
    select from public.entries s where s.organisation_id = (select sec.current_organisation()) and s.supersedes_id = $1)
"""

MEMBER: Final = """
select m.user_id, m.name from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.state = 'active'
    and (m.user_id = $1 or ($1 is null and lower(m.name) = lower($2)))
limit 2
"""

MAY_KNOW: Final = "select sec.who_may_know($1, $2)"

CORRECTED_ALREADY: Final = "Somebody has corrected this entry already. Correct theirs instead."


class Replaced(Conflict):
    """The entry that this corrects was corrected while it was written."""


decode_entry = msgspec.json.Decoder(Entry).decode


async def add_entry(work: Work, incident_id: UUID, new: NewEntry, *, closed_too: bool = False) -> Entry:
    """Add to the record; raises `Invalid` for what is missing, `NotFound`, and `Conflict` when it is closed.

    `closed_too` is for what cannot wait until somebody reopens it: a file of it that nobody may look at.
    """
    work.require(Permission.INCIDENT_FOLLOW_UP)
    new = tidied_entry(new)
    if errors := [*check_entry(new, work.now()), *await wrong_controls(work, new.controls)]:
        raise Invalid(*errors)
    match new.kind:
        case "completion" | "answer":
            return await _finish(work, incident_id, new)
        case "link" if new.linked_id:
            return await link(work, incident_id, new.linked_id, new.words)
        case _:
            return await _add(work, incident_id, new, closed_too=closed_too)


async def complete_action(work: Work, incident_id: UUID, action_id: UUID, words: str) -> Entry:
    """Say that an action is done, and what came of it; raises `Conflict` when somebody already has."""
    return await add_entry(work, incident_id, NewEntry(kind="completion", action_id=action_id, words=words))


async def _add(work: Work, incident_id: UUID, new: NewEntry, *, closed_too: bool) -> Entry:
    new = await _with_owner(work, incident_id, new)
    if new.result and new.result not in (await own_profile(work)).person_outcomes:
        raise Invalid(FieldError("result", "Choose from this organisation's own list."))
    values: dict[str, object] = {name: getattr(new, name) for name in _TAKEN}
    values |= await about_person(work, incident_id, new.person_id)
    if new.supersedes_id:
        await _superseded(work, incident_id, new)
    entry = new_entry(work, incident_id, new.kind, **values)
    if new.kind == "informing":
        return await inform(work, entry)
    if new.kind in LOOKED_AT_AGAIN and not new.supersedes_id:
        await _take_the_place_of_earlier(work, entry)
    if entry.due_on and not work.dated:
        work.ask("notice.task", entry.id, key=str(entry.id))  # whose it is is told, now and when it is due
    if entry.kind == "decision" and entry.contact and entry.referral == "made":
        look_at_owed(work, incident_id, entry.id)  # "we will tell them" is a duty from now
    return await _insert(work, entry, _event(new), closed_too=closed_too)


def _event(new: NewEntry) -> str:
    if not new.supersedes_id:
        return "entry.recorded"
    return "entry.revised" if new.kind == "plan" else "entry.corrected"


async def _finish(work: Work, incident_id: UUID, new: NewEntry) -> Entry:
    """Close what stands open: the action that is done, the contact that is answered."""
    opened = await find_entry(work, incident_id, new.action_id) if new.action_id else None
    wanted, done, sentence = _CLOSES[new.kind]
    if opened is None or opened.kind not in wanted or (opened.kind == "contact" and not opened.awaits_answer):
        raise NotFound
    values = {name: getattr(new, name) for name in ("words", "shared", "contact_reference", "took_place_at")}
    values |= await find_proof(work, incident_id, new)
    if opened.kind in LOOKED_AT_AGAIN:  # what is about one person stays so, and is shared with nobody
        about = ("person_id", "person_position", "person_name")
        values |= {name: getattr(opened, name) for name in about} | {"shared": False}
    entry = await _insert(work, new_entry(work, incident_id, new.kind, action_id=opened.id, **values), "entry.recorded")
    await _end(work, opened, done, sentence)
    return entry


async def _end(work: Work, opened: Entry, event: str, sentence: str) -> None:
    if await work.driver.execute(FINISH, opened.id, opened.version, work.now()) != "UPDATE 1":
        raise Conflict(sentence)
    finished = msgspec.structs.replace(opened, done_at=work.now(), version=opened.version + 1)
    work.record(event, opened.id, document=entry_document(finished))


async def _take_the_place_of_earlier(work: Work, entry: Entry) -> None:
    """A later plan or support record ends the day of the earlier ones for the same person; their words stay."""
    for (text,) in await work.driver.fetch(STILL_GIVEN, entry.incident_id, entry.kind, entry.person_id):
        await _end(work, decode_entry(text), "entry.completed", DONE_ALREADY)


DONE_ALREADY: Final = "Somebody has marked this as done already."
_CLOSES: Final[dict[str, tuple[frozenset[EntryKind], str, str]]] = {
    "completion": (frozenset({"action", *LOOKED_AT_AGAIN}), "entry.completed", DONE_ALREADY),
    "answer": (frozenset({"contact"}), "entry.answered", "Somebody has written down the answer already."),
}


async def find_entry(work: Work, incident_id: UUID, entry_id: UUID) -> Entry | None:
    """An entry of this incident."""
    text = await work.driver.fetchval(FIND_ENTRY, incident_id, entry_id)
    return decode_entry(text) if text else None


_TAKEN = (
    "words", "reason", "owner_id", "owner_name", "due_on", "remind_on", "contact", "contact_name",
    "contact_reference", "took_place_at", "awaits_answer", "referral", "result", "informed", "attendees", "controls",
    "shared", "supersedes_id",
)  # fmt: skip


async def _insert(work: Work, entry: Entry, event: str, *, closed_too: bool = False) -> Entry:
    values = (*entry_values(entry), closed_too)
    try:
        version = await work.driver.fetchval(ADD, searchable_entry(entry), entry.written_at, *values)
    except asyncpg.UniqueViolationError:
        raise Conflict(CORRECTED_ALREADY) from None  # in this very moment
    if version is None:
        state = await work.driver.fetchval(STATE, entry.incident_id)
        raise Conflict(CLOSED) if state else NotFound
    work.record("incident.followed_up", entry.incident_id, version=version)
    work.record(event, entry.id, document=entry_document(entry))
    return entry


async def _with_owner(work: Work, incident_id: UUID, new: NewEntry) -> NewEntry:
    """The owner of an action: a member by id, or by the one name that is theirs; else somebody outside, by name."""
    if new.kind != "action":
        return new
    found = await work.driver.fetch(MEMBER, new.owner_id, new.owner_name)
    if new.owner_id and not found:
        raise Invalid(FieldError("owner", "Choose somebody who belongs to this organisation, or write a name."))
    if len(found) != 1:
        return new
    await _require_known(work, incident_id, found[0]["user_id"])
    return msgspec.structs.replace(new, owner_id=found[0]["user_id"], owner_name=found[0]["name"])


async def _require_known(work: Work, incident_id: UUID, owner_id: UUID) -> None:
    """Refuse to give an action to somebody from whom the incident is kept: they would never see it.

    Said only to whoever may read who those are; anybody else would learn by it that there is one.
    """
    if not work.may(Permission.INCIDENT_RESTRICT):
        return
    if owner_id not in (await work.driver.fetchval(MAY_KNOW, incident_id, [owner_id]) or ()):
        raise Invalid(FieldError("owner", "This incident is kept from them: they would never see this. "
                                          "Choose somebody else."))  # fmt: skip


async def _superseded(work: Work, incident_id: UUID, new: NewEntry) -> None:
    """Refuse to correct what is not there, or as another kind of entry."""
    earlier = await find_entry(work, incident_id, new.supersedes_id) if new.supersedes_id else None
    if earlier is None:
        raise NotFound
    if earlier.kind != new.kind:
        raise Invalid(FieldError("kind", "A correction is of the same kind as the entry that it corrects."))
    if earlier.done_at:
        raise Conflict("This is done. Add a note instead.")
    if earlier.person_id != new.person_id:
        raise Invalid(FieldError("person_id", "A correction is about the same person as the entry that it corrects."))
    if await work.driver.fetchval(REPLACED, earlier.id):
        raise Replaced(CORRECTED_ALREADY)
