"""Signing: by an account, by a one-time address, on a device that is passed round, at an address for many, or recorded
from paper."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.registers.here import months_on
from safeguard.registers.policies.asked import NAME
from safeguard.registers.policies.policy import FAMILY, PARTIES, Policy, Signature
from safeguard.registers.policies.queries import get_edition, get_policy, get_signature
from safeguard.registers.rows import add, adding, document
from safeguard.work import Work

NAME_LIMIT: Final = 200
AT_ONCE: Final = 200
"""Names in one form from paper: a year group, not a whole school by mistake."""

ADD: Final = adding("agreement_signatures", Signature) + " on conflict do nothing"
END: Final = """
update public.agreement_signatures s set ended_at = $3, ended_reason = $4
where s.organisation_id = (select sec.current_organisation()) and s.policy_id = $1 and s.id = $2 and s.ended_at is null
"""
_SAID: Final = f"{NAME.format('{0}.name')}, {NAME.format('{0}.for_name')}"
KNOWN: Final = f"""
select count(*) from unnest($3::text[], $4::text[]) w (name, for_name)
where ({_SAID.format("w")}) in (
    select {_SAID.format("s")} from public.agreement_signatures s
    join public.policies p on p.organisation_id = s.organisation_id and p.id = s.policy_id and p.edition = s.edition
    where s.organisation_id = (select sec.current_organisation()) and s.policy_id = $1 and s.party = $2
        and s.ended_at is null)
"""  # noqa: S608  our own constants
NOT_SIGNED: Final = "This is read, not signed."
FOR_WHOM: Final = "Write for whom you sign: their full name. A signature counts for the one whom it names."
NAMELESS: Final = (
    "A family signs for somebody, and a signature counts for the one whom it names. Write both in each line, such as"
    " Mary Sample for Robin Sample. This line names nobody: %s"
)
WITHDRAWN: Final = "This agreement was withdrawn: nobody signs it any more."


@dataclass(frozen=True, slots=True)
class Who:
    """Who signs, and for whom where it is not themselves: a parent for a child."""

    name: str
    for_name: str = ""


async def sign(
    work: Work,
    policy: Policy,
    people: Iterable[Who],
    party: str,
    way: str,
    signed_on: date,
    *,
    user_id: UUID | None = None,
    link_id: UUID | None = None,
    once: UUID | None = None,
) -> int:
    """Record that these people agreed to the present edition; how many they were.

    `link_id` is the address at which they did. `once` is the id of the one signature: signing again under it, by a
    double click, adds nothing.
    """
    edition = await get_edition(work, policy.id, policy.edition)
    expires_on = months_on(signed_on, edition.lasts_months) if edition.lasts_months else None
    count = 0
    for who in people:
        signature = Signature(
            id=once or clock.new_id(), policy_id=policy.id, edition=policy.edition, party=party, name=who.name,
            for_name=who.for_name, way=way, link_id=link_id, user_id=user_id, signed_on=signed_on,
            expires_on=expires_on, recorded_at=work.now(), recorded_by_name=work.actor.name,
        )  # fmt: skip
        if await add(work, ADD, signature) == "INSERT 0 1":
            work.record("signature.given", signature.id, document=document("signature", signature, signature.id))
            count += 1
    return count


async def record_paper(work: Work, policy_id: UUID, party: str, people: tuple[Who, ...], signed_on: date | None) -> int:
    """Record who signed on paper, many at once; raises `Invalid`."""
    work.require(Permission.REGISTER_KEEP)
    policy = await get_signable(work, policy_id)
    errors = [] if party in PARTIES else [FieldError("party", "Choose who they are.")]
    if not people:
        errors.append(FieldError("names", "Write the names, one on each line."))
    if len(people) > AT_ONCE:
        errors.append(FieldError("names", f"The most at once is {AT_ONCE} names. Record these, then the others."))
    if any(len(who.name) > NAME_LIMIT or len(who.for_name) > NAME_LIMIT for who in people):
        errors.append(FieldError("names", f"One of the lines is longer than a name can be ({NAME_LIMIT} characters)."))
    if nameless := next((who.name for who in people if party == FAMILY and not who.for_name), ""):
        errors.append(FieldError("names", NAMELESS % nameless[:60]))
    if signed_on is None:
        errors.append(FieldError("signed_on", "Say on which day they signed."))
    if errors or signed_on is None:
        raise Invalid(*errors)
    return await sign(work, policy, people, party, "paper", signed_on)


async def count_known(work: Work, policy_id: UUID, party: str, people: tuple[Who, ...]) -> int:
    """How many of them have a signature of the present edition already, under the same names."""
    work.require(Permission.REGISTER_READ)
    names, fors = [who.name for who in people], [who.for_name for who in people]
    return await work.driver.fetchval(KNOWN, policy_id, party, names, fors) or 0


async def end_signature(work: Work, policy_id: UUID, signature_id: UUID, reason: str) -> None:
    """It holds no longer: somebody left, took it back, or it was recorded by mistake."""
    work.require(Permission.REGISTER_KEEP)
    signature = await get_signature(work, policy_id, signature_id)
    if not reason:
        raise Invalid(FieldError("reason", "Say why it holds no longer."))
    if await work.driver.execute(END, policy_id, signature_id, work.now(), reason) != "UPDATE 1":
        raise Conflict("This was ended before.")
    after = msgspec.structs.replace(signature, ended_at=work.now(), ended_reason=reason)
    work.record("signature.ended", signature_id, document=document("signature", after, signature_id, 2))


async def get_signable(work: Work, policy_id: UUID) -> Policy:
    """An agreement that people can sign now; raises `Conflict` for what is only read, or was withdrawn."""
    policy = await get_policy(work, policy_id)
    if not policy.is_agreement:
        raise Conflict(NOT_SIGNED)
    if policy.withdrawn_at:
        raise Conflict(WITHDRAWN)
    return policy
