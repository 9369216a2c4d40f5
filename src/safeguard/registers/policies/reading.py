"""Reading: somebody with an account has read a policy, or agrees to an agreement. Once for each edition."""

from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, NotFound
from safeguard.registers.policies.policy import Policy, Reading
from safeguard.registers.policies.queries import get_policy
from safeguard.registers.policies.signing import Who, sign
from safeguard.registers.rows import document
from safeguard.work import Work

ADD: Final = """
insert into public.policy_readings (organisation_id, id, policy_id, edition, user_id, name, read_at)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6)
on conflict (organisation_id, policy_id, edition, user_id) do nothing returning true
"""
ZONE: Final = "select time_zone from public.organisations where id = (select sec.current_organisation())"
"""A signature is of the day that it is where the organisation is, as a visitor's is."""
ANOTHER: Final = "There is a newer edition than the one that you had open. Read that one, then say so here."
GONE: Final = "This was withdrawn: you need not read it any more."


async def acknowledge(work: Work, policy_id: UUID, edition: int) -> Policy:
    """Say that I have read `edition`, or agree to it; raises `Conflict` when it is not the present one."""
    work.require(Permission.POLICY_READ)
    policy = await get_policy(work, policy_id)
    if work.actor.user_id is None:
        raise NotFound
    if policy.withdrawn_at:
        raise Conflict(GONE)
    if edition != policy.edition:
        raise Conflict(ANOTHER)
    if policy.is_agreement:
        today = work.now().astimezone(ZoneInfo(str(await work.driver.fetchval(ZONE)))).date()
        await sign(work, policy, (Who(work.actor.name),), "staff", "account", today, user_id=work.actor.user_id)
        return policy
    reading = Reading(policy_id=policy.id, edition=edition, name=work.actor.name, read_at=work.now())
    values = (clock.new_id(), policy.id, edition, work.actor.user_id, reading.name, reading.read_at)
    if await work.driver.fetchval(ADD, *values):
        work.record(
            "policy.read", values[0], kind="policy_reading", document=document("policy_reading", reading, values[0])
        )
    return policy
