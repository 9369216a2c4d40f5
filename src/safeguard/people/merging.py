"""Two records of one person become one, and can become two again.

Nothing moves: the duplicate points to the record that is kept, and every link to an incident stays with the record it
was made to. So taking the pointer away restores exactly what there was, also for incidents that whoever merges may not
know of. (The road not taken: moving the links and remembering which. It would have to touch what must stay unseen.)

Only records that stand on their own are merged, so pointers form trees and never a ring.
"""

from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from safeguard.people.correcting import OWN_ACCOUNT
from safeguard.people.details import WORDS_LIMIT, tidy
from safeguard.people.documents import person_document
from safeguard.people.person import Person
from safeguard.people.queries import locked
from safeguard.work import Work

POINT: Final = """
update public.people p set merged_into_id = $2, version = $3, changed_at = $4
where p.organisation_id = (select sec.current_organisation()) and p.id = $1
"""
MERGED: Final = """
insert into public.person_merges (
    organisation_id, id, kept_id, absorbed_id, merged_at, merged_by, merged_by_name, reason)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7)
"""
STANDING: Final = """
select m.id, m.kept_id, m.absorbed_id from public.person_merges m
where m.organisation_id = (select sec.current_organisation()) and m.id = $1 and m.undone_at is null
for update
"""
UNDONE: Final = """
update public.person_merges m set undone_at = $2, undone_by = $3, undone_by_name = $4, undone_reason = $5
where m.organisation_id = (select sec.current_organisation()) and m.id = $1
"""
APART: Final = """
insert into public.people_apart (organisation_id, id, one_id, other_id, said_at, said_by, said_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6) on conflict do nothing
"""

THEMSELVES: Final = "This is the same record. Choose the other one."
ALREADY: Final = "One of these records was merged already. Open the person again to see what is there now."
UNDONE_ALREADY: Final = "Somebody has undone this merge already."


async def merge(work: Work, kept_id: UUID, absorbed_id: UUID, reason: str) -> UUID:
    """Make `absorbed_id` a part of `kept_id`; returns the merge's id. Raises `Invalid`, `NotFound`, `Conflict`."""
    work.require(Permission.PERSON_RECORD)
    reason = _reason(reason, "Say why these are one person: the same date of birth, you know them, the office says so.")
    if kept_id == absorbed_id:
        raise Invalid(FieldError("with", THEMSELVES))
    held = {identifier: await locked(work, identifier) for identifier in sorted((kept_id, absorbed_id))}
    kept, absorbed = held[kept_id], held[absorbed_id]
    if kept.merged_into_id or absorbed.merged_into_id:
        raise Conflict(ALREADY)
    _refuse_own(work, kept, absorbed)
    if kept.kind != absorbed.kind:
        raise Invalid(FieldError("with", "One of these is a child and the other an adult. Correct that first."))
    identifier, actor = clock.new_id(), work.actor
    await work.driver.execute(MERGED, identifier, kept_id, absorbed_id, work.now(), actor.user_id, actor.name, reason)
    await _point(work, absorbed, kept_id)
    work.record("person.merged", kept_id, version=kept.version)
    return identifier


async def separate(work: Work, merge_id: UUID, reason: str) -> UUID:
    """Undo a merge: both records stand as they did. Returns the one that was kept. Raises `NotFound`, `Conflict`."""
    work.require(Permission.PERSON_RECORD)
    reason = _reason(reason, "Say why they are two people after all.")
    row = await work.driver.fetchrow(STANDING, merge_id)
    if row is None:
        raise NotFound
    held = {identifier: await locked(work, identifier) for identifier in sorted((row["kept_id"], row["absorbed_id"]))}
    absorbed = held[row["absorbed_id"]]
    if absorbed.merged_into_id != row["kept_id"]:
        raise Conflict(UNDONE_ALREADY)
    _refuse_own(work, *held.values())
    await work.driver.execute(UNDONE, merge_id, work.now(), work.actor.user_id, work.actor.name, reason)
    await _point(work, absorbed, None)
    work.record("person.separated", row["kept_id"], version=held[row["kept_id"]].version)
    return row["kept_id"]


async def keep_apart(work: Work, one: UUID, other: UUID) -> None:
    """Say that two records are two people: they are not suggested as duplicates again."""
    work.require(Permission.PERSON_RECORD)
    if one == other:
        raise Invalid(FieldError("with", THEMSELVES))
    for identifier in sorted((one, other)):
        await locked(work, identifier)
    first, second = sorted((one, other))
    await work.driver.execute(APART, clock.new_id(), first, second, work.now(), work.actor.user_id, work.actor.name)


async def _point(work: Work, absorbed: Person, kept_id: UUID | None) -> None:
    after = msgspec.structs.replace(
        absorbed, merged_into_id=kept_id, version=absorbed.version + 1, changed_at=work.now()
    )
    await work.driver.execute(POINT, after.id, kept_id, after.version, after.changed_at)
    event = "person.merged" if kept_id else "person.separated"
    work.record(event, after.id, document=person_document(after))


def _refuse_own(work: Work, *people: Person) -> None:
    """Nobody merges or parts the record of their own account: what they must not see follows from it."""
    if work.actor.user_id and any(person.user_id == work.actor.user_id for person in people):
        raise Forbidden(OWN_ACCOUNT)


def _reason(reason: str, asked: str) -> str:
    said = tidy(reason, lines=True)
    if not said:
        raise Invalid(FieldError("reason", asked))
    if len(said) > WORDS_LIMIT:
        raise Invalid(FieldError("reason", f"Keep this under {WORDS_LIMIT:,} characters."))
    return said
