"""Addresses for a whole list: one for each family, in a file to merge into letters or mails.

The secrets are in that file and nowhere else: the database has their digests, as of every address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.identity.secret import new_secret
from safeguard.registers.policies.policy import PARTIES, Link
from safeguard.registers.policies.signing import AT_ONCE, NAME_LIMIT, Who, make_link
from safeguard.work import Work


@dataclass(frozen=True, slots=True)
class Addressed:
    """Whose address it is, and where they sign: the path holds its secret."""

    who: Who
    path: str
    link: Link


async def make_links(work: Work, policy_id: UUID, party: str, people: Sequence[Who]) -> tuple[Addressed, ...]:
    """An address for each, which works once within 30 days; raises `Invalid`, and makes none then."""
    work.require(Permission.REGISTER_KEEP)
    errors = [] if party in PARTIES else [FieldError("signers", "Choose who will sign there.")]
    if not people:
        errors.append(FieldError("people", "Write the names, one on each line."))
    if len(people) > AT_ONCE:
        errors.append(FieldError("people", f"The most at once is {AT_ONCE} names. Make these, then the others."))
    if any(len(each) > NAME_LIMIT for who in people for each in (who.name, who.for_name)):
        errors.append(FieldError("people", f"One of the lines is longer than a name can be ({NAME_LIMIT} characters)."))
    if errors:
        raise Invalid(*errors)
    made: list[Addressed] = []
    for who in people:
        secret = new_secret()
        link = await make_link(work, policy_id, secret.hash, party, who.name, many=False)
        made.append(Addressed(who, "/sign/" + secret.text, link))
    return tuple(made)
