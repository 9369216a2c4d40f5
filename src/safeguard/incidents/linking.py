"""Linking: two incidents that belong together, such as one account that harms in both.

A link stands in both, each with an entry of its own that names the other, so it is read along either incident's
timeline and needs no table of pairs. It stands until somebody takes it away with a reason. Closed incidents are linked
too: that something has happened before is what a link is for. Whoever must not know of one of the two sees no link.
"""

from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.incidents.changing import insert_entry, new_entry
from safeguard.incidents.documents import entry_document
from safeguard.incidents.entering import too_long
from safeguard.incidents.reports import tidy
from safeguard.incidents.story import ENTRY_COLUMNS, Entry, columns
from safeguard.work import Work

PAIR: Final = """
select i.id, i.reference, i.version from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.id = any ($1::uuid[])
order by i.id for update
"""
FIND: Final = """
select i.id from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.reference = $1
"""
BOTH_ENDS: Final = f"""
select row_to_json(e)::text from (
    select {columns(ENTRY_COLUMNS, "e")} from public.entries e
    where e.organisation_id = (select sec.current_organisation()) and e.kind = 'link' and e.done_at is null
        and ((e.incident_id = $1 and e.linked_id = $2) or (e.incident_id = $2 and e.linked_id = $1))
    order by e.incident_id) e
"""  # noqa: S608  our own constants
END: Final = """
update public.entries e set done_at = $3, version = e.version + 1
where e.organisation_id = (select sec.current_organisation()) and e.id = $1 and e.version = $2 and e.done_at is null
"""
SAME = "This is the incident itself. Give the reference of the other one."
ALREADY = "These two incidents are linked already."
NOT_FOUND = "We could not find an incident with this reference. Look at it again: it reads like K7Q-3MX."

decode_entry = msgspec.json.Decoder(Entry).decode


async def link(work: Work, incident_id: UUID, other_id: UUID, words: str = "") -> Entry:
    """Link two incidents both ways; raises `Conflict` when they are linked already, from whichever side."""
    work.require(Permission.INCIDENT_FOLLOW_UP)
    words = tidy(words)
    if errors := too_long({"words": words}):
        raise Invalid(*errors)
    if incident_id == other_id:
        raise Invalid(FieldError("linked_id", SAME))
    found = {row["id"]: row for row in await work.driver.fetch(PAIR, [incident_id, other_id])}
    if incident_id not in found:
        raise NotFound
    if other_id not in found:
        raise Invalid(FieldError("linked_id", NOT_FOUND))
    ends = [(incident_id, other_id), (other_id, incident_id)]
    made = [
        new_entry(work, here, "link", words=words, linked_id=there, linked_reference=found[there]["reference"])
        for here, there in ends
    ]
    try:
        for entry in made:
            await insert_entry(work, entry)
    except asyncpg.UniqueViolationError:
        raise Conflict(ALREADY) from None
    for here in (incident_id, other_id):
        work.record("incident.linked", here, version=found[here]["version"])
    return made[0]


async def find_referenced(work: Work, reference: str) -> UUID:
    """The incident with this reference, as people type it; raises `Invalid` when the actor knows of none."""
    said = tidy(reference).upper().replace(" ", "").replace("-", "")
    found = await work.driver.fetchval(FIND, f"{said[:3]}-{said[3:]}")
    if found is None:
        raise Invalid(FieldError("linked_reference", NOT_FOUND))
    return found


async def is_linked(work: Work, incident_id: UUID, other_id: UUID) -> bool:
    """Whether these two are linked now, from whichever side."""
    return bool(await work.driver.fetch(BOTH_ENDS, incident_id, other_id))


async def unlink(work: Work, incident_id: UUID, other_id: UUID, reason: str) -> None:
    """Take a link away at both ends; raises `Invalid` without a reason, and `NotFound` where there is none."""
    work.require(Permission.INCIDENT_FOLLOW_UP)
    reason = tidy(reason)
    if not reason:
        raise Invalid(FieldError("reason", "Say why these two do not belong together."))
    if errors := too_long({"reason": reason}):
        raise Invalid(*errors)
    found = {row["id"]: row for row in await work.driver.fetch(PAIR, [incident_id, other_id])}
    texts = await work.driver.fetch(BOTH_ENDS, incident_id, other_id)
    if len(found) != 2 or not texts:
        raise NotFound
    for (text,) in texts:
        await _end(work, decode_entry(text), reason)
    for here in (incident_id, other_id):
        work.record("incident.unlinked", here, version=found[here]["version"])


async def _end(work: Work, entry: Entry, reason: str) -> None:
    ending = new_entry(
        work, entry.incident_id, "unlinking",
        reason=reason, action_id=entry.id, linked_id=entry.linked_id, linked_reference=entry.linked_reference,
    )  # fmt: skip
    await insert_entry(work, ending)
    await work.driver.execute(END, entry.id, entry.version, work.now())
    ended = msgspec.structs.replace(entry, done_at=work.now(), version=entry.version + 1)
    work.record("entry.ended", entry.id, document=entry_document(ended))
