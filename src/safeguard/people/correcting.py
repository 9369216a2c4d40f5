"""Correcting what is known of a person: a new version, and the earlier one stays as it was committed.

Whoever corrects names the version they had before them, so that nobody overwrites what they have not read. Nobody ties
or unties their own account: what they must not see follows from it, so somebody else does.
"""

from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, Forbidden, Invalid
from safeguard.people.details import SAID, Details, check, details_of, tidied
from safeguard.people.documents import person_document
from safeguard.people.person import Person
from safeguard.people.queries import locked
from safeguard.people.recording import LONDON
from safeguard.people.writing import update
from safeguard.tenancy.profile import Profile
from safeguard.work import Work


class Stale(Conflict):
    """Somebody else made the next version while this one was open."""


STALE = (
    "Somebody else changed this person while you were working, so nothing was saved over it. "
    "What you typed is kept: read what is there now, then send it again."
)
MERGED = "This record was merged into another person. Correct that one, or undo the merge first."
OWN_ACCOUNT = "Your own account is tied to a person, or untied, by somebody else: ask another lead or a deputy."


async def correct_person(
    work: Work, person_id: UUID, version: int, details: Details, profile: Profile, *, keep_address: bool = False
) -> Person:
    """Make the record read as `details` says; raises `Invalid`, `NotFound`, `Conflict`, `Stale`.

    `keep_address` leaves the address as it is, for whoever was not shown it.
    """
    work.require(Permission.PERSON_RECORD)
    details = tidied(details)
    if errors := check(details, profile, work.now().astimezone(LONDON).date()):
        raise Invalid(*errors)
    before = await locked(work, person_id)
    if keep_address:
        details = msgspec.structs.replace(details, address=before.address)
    _refuse(work, before, version, details)
    said = {name: getattr(details, name) for name in SAID}
    after = msgspec.structs.replace(
        before, version=before.version + 1, changed_at=work.now(), has_address=bool(details.address), **said
    )
    await update(work, before, after)
    work.record("person.corrected", after.id, document=person_document(after))
    return after


def _refuse(work: Work, before: Person, version: int, details: Details) -> None:
    if before.version != version:
        raise Stale(STALE)
    if before.merged_into_id:
        raise Conflict(MERGED)
    if details == details_of(before):
        raise Conflict("Nothing is different, so nothing was saved.")
    if before.user_id != details.user_id and work.actor.user_id in (before.user_id, details.user_id):
        raise Forbidden(OWN_ACCOUNT)
