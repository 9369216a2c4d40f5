"""Reminding whoever has not read or signed something, and saying how many people should sign."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import Conflict
from safeguard.registers.due import edition_of, must_read
from safeguard.registers.policies.filing import find_file
from safeguard.registers.policies.policy import PARTIES
from safeguard.registers.policies.publishing import STALE
from safeguard.registers.policies.queries import get_policy
from safeguard.registers.rows import document
from safeguard.work import Work

REMINDED: Final = """
select p.reminded_at from public.policies p where p.organisation_id = (select sec.current_organisation()) and p.id = $1
"""
REMIND: Final = """
update public.policies p set reminded_at = $2
where p.organisation_id = (select sec.current_organisation()) and p.id = $1
    and (p.reminded_at is null or p.reminded_at < $3)
"""
EXPECT: Final = """
update public.policies p set expected = $3::text::jsonb, version = p.version + 1
where p.organisation_id = (select sec.current_organisation()) and p.id = $1 and p.version = $2
    and p.withdrawn_at is null
"""
COUNTED: Final = tuple(party for party in PARTIES if party != "staff")
"""Who has no account: nobody knows how many they are unless somebody says it."""
SEALED: Final = "Nobody can open its file, so nobody can do it yet: remind them when the virus check has passed it."
NOBODY: Final = "Everybody with an account has done it: there is nobody to remind."
TODAY: Final = "They were reminded today already. Remind them again tomorrow."


async def find_reminded(work: Work, policy_id: UUID) -> datetime | None:
    """When somebody last had people reminded of it."""
    work.require(Permission.REGISTER_READ)
    return await work.driver.fetchval(REMINDED, policy_id)


async def remind(work: Work, policy_id: UUID, zone: ZoneInfo) -> int:
    """Have everybody with an account who has not read or signed it reminded, once a day; how many they are.

    Raises `Conflict` where there is nobody, and where they were reminded today.
    """
    work.require(Permission.REGISTER_KEEP)
    file = await find_file(work, policy_id, (await get_policy(work, policy_id)).edition)
    if file and file.state != "clean":
        raise Conflict(SEALED)
    present = await edition_of(work, policy_id)
    today = work.now().astimezone(zone).date()
    midnight = datetime.combine(today, time.min, zone)
    waiting = await must_read(work, present[0], today) if present else frozenset[UUID]()
    if not waiting:
        raise Conflict(NOBODY)
    if await work.driver.execute(REMIND, policy_id, work.now(), midnight) != "UPDATE 1":
        raise Conflict(TODAY)
    work.record("policy.reminded", policy_id)
    return len(waiting)


async def expect(work: Work, policy_id: UUID, expected: Mapping[str, int | None], seen: int) -> None:
    """Say how many should sign, by party; None takes back what was said."""
    work.require(Permission.REGISTER_KEEP)
    policy = await get_policy(work, policy_id)
    said = {party: count for party, count in expected.items() if party in COUNTED and count is not None}
    if await work.driver.execute(EXPECT, policy_id, seen, msgspec.json.encode(said).decode()) != "UPDATE 1":
        raise Conflict(STALE)
    after = msgspec.structs.replace(policy, expected=said, version=seen + 1)
    work.record("policy.changed", policy_id, document=document("policy", after, policy_id, after.version))
