"""Taking an address for signing back, and ending what was signed at it.

Whoever has an address for many can write any name there. What came by one is therefore ended together, with one reason:
all of it, or what stands for nobody on the list of people. Each signature is a version of its own in the log, as when
it is ended alone; nothing is erased.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.registers.policies.missing import LISTED, list_strangers
from safeguard.registers.policies.policy import Link, Policy, Signature
from safeguard.registers.policies.queries import get_link
from safeguard.registers.rows import HERE, document, fetch, shown
from safeguard.work import Work

NONE: Final = "none"
ALL: Final = "all"
STRANGERS: Final = "strangers"
WHICH: Final = (NONE, ALL, STRANGERS)
MOST: Final = 5_000
"""As many as can sign at one address: see `use_agreement_link`."""

END_LINK: Final = """
update public.agreement_links l set ended_at = $3
where l.organisation_id = (select sec.current_organisation()) and l.policy_id = $1 and l.id = $2 and l.ended_at is null
"""
STANDING: Final = f"""
select count(*) from public.agreement_signatures s
where s.{HERE} and s.policy_id = $1 and s.link_id = $2 and s.ended_at is null
"""  # noqa: S608  our own constants
END: Final = f"""
update public.agreement_signatures s set ended_at = $3, ended_reason = $4
where s.{HERE} and s.policy_id = $1 and s.link_id = $2 and s.ended_at is null
    and ($5::uuid[] is null or s.id = any ($5))
returning {shown(Signature, "s")}::text
"""  # noqa: S608  our own constants


class Given(msgspec.Struct, frozen=True):
    """What was signed at an address and was not ended: how many, and how many of them for nobody on the list."""

    standing: int
    strangers: int | None
    """None for whoever may not read people, and where the list says nothing of who signs there."""


async def end_link(work: Work, policy_id: UUID, link_id: UUID) -> None:
    """Take an address back; raises `NotFound` for one of another agreement."""
    work.require(Permission.REGISTER_KEEP)
    await get_link(work, policy_id, link_id)
    if await work.driver.execute(END_LINK, policy_id, link_id, work.now()) == "UPDATE 1":
        work.record("signing_link.ended", link_id)


async def count_given(work: Work, policy: Policy, link: Link, today: date) -> Given:
    """How much was signed at an address and was not ended since."""
    work.require(Permission.REGISTER_READ)
    standing: int = await work.driver.fetchval(STANDING, policy.id, link.id) or 0
    if link.party not in LISTED or not work.may(Permission.PERSON_READ):
        return Given(standing, None)
    return Given(standing, len(await _strangers(work, policy, link, today)))


async def end_given(work: Work, policy: Policy, link: Link, which: str, reason: str, today: date) -> int:
    """End what was signed at an address, with one reason; how many that were. Raises `Invalid` without a reason."""
    work.require(Permission.REGISTER_KEEP)
    if which not in {ALL, STRANGERS}:
        return 0
    if not reason:
        raise Invalid(FieldError("reason", "Say why what was signed there holds no longer."))
    only = await _strangers(work, policy, link, today) if which == STRANGERS else None
    ended = await fetch(work, Signature, END, policy.id, link.id, work.now(), reason, only)
    for signature in ended:
        work.record("signature.ended", signature.id, document=document("signature", signature, signature.id, 2))
    return len(ended)


async def _strangers(work: Work, policy: Policy, link: Link, today: date) -> Sequence[UUID]:
    rows = await list_strangers(work, policy, link.party, today, link_id=link.id, most=MOST)
    return [each[0] for each in rows]
