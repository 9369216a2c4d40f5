"""Addresses at which people without an account sign, each with a secret that is handed out once.

The secret is in the address and nowhere else: the database has its digest. Whoever makes addresses for a whole list
takes them as a file, to merge into letters or mails.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.identity.secret import Secret, new_secret
from safeguard.registers.policies.policy import PARTIES, Link
from safeguard.registers.policies.signing import AT_ONCE, NAME_LIMIT, Who, get_signable
from safeguard.work import Work

ONCE_FOR: Final = timedelta(days=30)
DEVICE_FOR: Final = timedelta(hours=12)
"""How long an address on a device that is passed round lives: a day at the front desk."""
LONGEST: Final = timedelta(days=90)
"""How long an address for many may live: a term, and no secret in a newsletter outlives it."""

ADD_LINK: Final = """
insert into public.agreement_links (organisation_id, id, policy_id, token_hash, many, lasting, party, name, expires_at,
    recorded_at, recorded_by, recorded_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


@dataclass(frozen=True, slots=True)
class Addressed:
    """An address as it is handed out: nobody can ask for its secret again."""

    link: Link
    secret: Secret

    @property
    def path(self) -> str:
        """Where they sign."""
        return f"/sign/{self.secret.text}"


async def make_link(work: Work, policy_id: UUID, party: str, name: str, *, many: bool) -> Addressed:
    """An address at which somebody without an account signs: once within 30 days, or many within 12 hours."""
    work.require(Permission.REGISTER_KEEP)
    await get_signable(work, policy_id)
    if party not in PARTIES:
        raise Invalid(FieldError("signer", "Choose who will sign there."))
    link = Link(
        id=clock.new_id(), policy_id=policy_id, many=many, party=party, name=name,
        expires_at=work.now() + (DEVICE_FOR if many else ONCE_FOR), recorded_at=work.now(),
        recorded_by_name=work.actor.name,
    )  # fmt: skip
    return await _made(work, link)


async def make_lasting_link(
    work: Work, policy_id: UUID, party: str, until_on: date | None, zone: ZoneInfo, name: str = ""
) -> Addressed:
    """An address for a newsletter: many sign there until the end of a day, 90 days from now at most.

    `name` is what it is for, and tells it from others in lists. It is not shown at the address, and nobody who opens
    that learns who has signed; raises `Invalid`.
    """
    work.require(Permission.REGISTER_KEEP)
    await get_signable(work, policy_id)
    today = work.now().astimezone(zone).date()
    errors = [] if party in PARTIES else [FieldError("signing", "Choose who will sign there.")]
    if until_on is None:
        errors.append(FieldError("until_on", "Say until which day it works."))
    elif not today <= until_on <= today + LONGEST:
        last = today + LONGEST
        errors.append(FieldError("until_on", f"Choose a day from today to {last.day} {last:%B %Y}: 90 days at most."))
    if errors or until_on is None:
        raise Invalid(*errors)
    link = Link(
        id=clock.new_id(), policy_id=policy_id, many=True, lasting=True, party=party, name=name,
        expires_at=datetime.combine(until_on + timedelta(days=1), time(), zone), recorded_at=work.now(),
        recorded_by_name=work.actor.name,
    )  # fmt: skip
    return await _made(work, link)


async def make_links(work: Work, policy_id: UUID, party: str, people: Sequence[Who]) -> tuple[Addressed, ...]:
    """An address for each, in their order, which works once within 30 days; raises `Invalid`, and makes none then."""
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
    return tuple([await make_link(work, policy_id, party, who.name, many=False) for who in people])


async def _made(work: Work, link: Link) -> Addressed:
    secret = new_secret()
    await work.driver.execute(
        ADD_LINK, link.id, link.policy_id, secret.hash, link.many, link.lasting, link.party, link.name,
        link.expires_at, link.recorded_at, work.actor.user_id, link.recorded_by_name,
    )  # fmt: skip
    work.record("signing_link.made", link.id)
    return Addressed(link, secret)
