"""Reading: somebody with an account has read a policy, or agrees to an agreement. Once for each edition and round."""

from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, NotFound
from safeguard.registers.here import months_on
from safeguard.registers.policies.filing import find_file, refuse_unopened
from safeguard.registers.policies.policy import Policy, Reading
from safeguard.registers.policies.queries import get_edition, get_policy
from safeguard.registers.policies.signing import Who, sign
from safeguard.registers.rows import document
from safeguard.tenancy.whereabouts import today_of
from safeguard.work import Work

ADD: Final = """
insert into public.policy_readings as r (organisation_id, id, policy_id, edition, user_id, name, read_at, expires_on)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7)
on conflict (organisation_id, policy_id, edition, user_id) do update
set read_at = excluded.read_at, expires_on = excluded.expires_on, version = r.version + 1 where r.expires_on < $8
returning r.id, r.version
"""
"""Reading it again changes nothing, unless it ran out: then it is a version more of the same reading."""
ANOTHER: Final = "There is a newer edition than the one that you had open. Read that one, then say so here."
GONE: Final = "This was withdrawn: you need not read it any more."


async def acknowledge(work: Work, policy_id: UUID, edition: int) -> Policy:
    """Say that I have read `edition`, or agree to it.

    Raises `Conflict` when it is not the present one, and while nobody can open its file.
    """
    work.require(Permission.POLICY_READ)
    policy = await get_policy(work, policy_id)
    if work.actor.user_id is None:
        raise NotFound
    if policy.withdrawn_at:
        raise Conflict(GONE)
    if edition != policy.edition:
        raise Conflict(ANOTHER)
    file = await find_file(work, policy_id, edition)
    refuse_unopened(file and file.state)
    today = await today_of(work)
    if policy.is_agreement:
        await sign(work, policy, (Who(work.actor.name),), "staff", "account", today, user_id=work.actor.user_id)
        return policy
    lasts = (await get_edition(work, policy.id, edition)).lasts_months
    reading = Reading(
        policy_id=policy.id, edition=edition, name=work.actor.name, read_at=work.now(),
        expires_on=months_on(today, lasts) if lasts else None,
    )  # fmt: skip
    values = (policy.id, edition, work.actor.user_id, reading.name, reading.read_at, reading.expires_on, today)
    kept = await work.driver.fetchrow(ADD, clock.new_id(), *values)
    if kept:
        told = document("policy_reading", reading, kept["id"], kept["version"])
        work.record("policy.read", kept["id"], kind="policy_reading", document=told)
    return policy
