"""Telling the addresses: a row and a job for each event and address, so that nothing is lost and nothing told twice.

Whoever answers for an address lends their eyes: what they could not open - a record that is kept from them - is not
told. Ids only; the words are fetched through the API by a program that may read them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from safeguard import clock
from safeguard.access.policy import ALLOWED, Permission
from safeguard.database import pool
from safeguard.errors import Conflict, NotFound
from safeguard.webhooks.hooking import EVENTS, TRIED, get_hook
from safeguard.work import ENTER, Work

JOB: Final = "webhook.send"
NOTICE: Final = "notice."
SHOWN: Final = 100

HOOKS: Final = """
select w.id, w.made_by from webhooks w
join memberships m on m.organisation_id = w.organisation_id and m.user_id = w.made_by
where w.ended_at is null and $1 = any(w.events) and m.state = 'active'
    and sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && $2
order by w.id
"""
KNOWS: Final = {
    "incident": "select exists (select from public.incidents where id = $1)",
    "referral": """
        select exists (select from public.referrals r join public.incidents i
                       on i.organisation_id = r.organisation_id and i.id = r.incident_id where r.id = $1)""",
    "pack": "select exists (select from public.packs where id = $1)",
    "report": "select exists (select from public.reports where id = $1)",
}
ADD: Final = """
insert into webhook_deliveries (organisation_id, id, webhook_id, event, subject_id, key, at)
values ($1, $2, $3, $4, $5, $6, $7) on conflict (organisation_id, webhook_id, key) do nothing returning id
"""
LIST: Final = """
select id, event, subject_id, at, state, attempts, tried_at, answer from webhook_deliveries
where webhook_id = $1 order by at desc, id desc limit $2
"""
AGAIN: Final = """
update webhook_deliveries set state = 'waiting' where id = $1 and webhook_id = $2 and state <> 'waiting'
returning attempts
"""
IS_THERE: Final = "select exists (select from webhook_deliveries where id = $1 and webhook_id = $2)"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event that the address is told of."""

    id: UUID
    event: str
    subject_id: UUID
    at: datetime
    state: str
    attempts: int
    tried_at: datetime | None
    answer: str | None

    @property
    def said(self) -> str:
        """The event, in words."""
        return EVENTS.get(self.event, "A trial")


async def fan_out(work: Work, job_id: UUID, kind: str, subject_id: UUID) -> int:
    """Tell of what a job is about, everybody who wants to know; how many that are. Safe to run twice."""
    event = kind.removeprefix(NOTICE)
    if event not in EVENTS:
        return 0
    hooks = await work.driver.fetch(HOOKS, event, sorted(ALLOWED[Permission.INCIDENT_READ]))
    knowing = [hook["id"] for hook in hooks if await _knows(work, hook["made_by"], event, subject_id)]
    if hooks:
        await _see_as(work, work.actor.user_id)
    for hook_id in knowing:
        await _add(work, hook_id, event, subject_id, str(job_id))
    return len(knowing)


async def try_hook(work: Work, hook_id: UUID) -> UUID:
    """Tell the address of nothing, to see whether it hears; the delivery's id."""
    hook = await get_hook(work, hook_id)
    tried = await _add(work, hook.id, TRIED, hook.id, f"trial {clock.new_id()}")
    if tried is None:
        raise Conflict
    return tried


async def deliver_again(work: Work, hook_id: UUID, delivery_id: UUID) -> None:
    """Send a delivery once more, under the same id: whoever has it already knows it by that."""
    await get_hook(work, hook_id)
    if not await work.driver.fetchval(IS_THERE, delivery_id, hook_id):
        raise NotFound
    attempts = await work.driver.fetchval(AGAIN, delivery_id, hook_id)
    if attempts is None:
        raise Conflict("This waits to be sent already.")
    work.ask(JOB, delivery_id, key=f"{delivery_id} {attempts}")


async def list_deliveries(work: Work, hook_id: UUID) -> tuple[Delivery, ...]:
    """The latest, the newest first."""
    return tuple(Delivery(**row) for row in await work.driver.fetch(LIST, hook_id, SHOWN))


async def _knows(work: Work, person: UUID, event: str, subject_id: UUID) -> bool:
    await _see_as(work, person)
    return bool(await work.driver.fetchval(KNOWS[event.partition(".")[0]], subject_id))


async def _see_as(work: Work, person: UUID | None) -> None:
    await work.driver.execute(ENTER, pool.current().key.sign(work.organisation_id, person, "job"))


async def _add(work: Work, hook_id: UUID, event: str, subject_id: UUID, key: str) -> UUID | None:
    added: Any = await work.driver.fetchval(
        ADD, work.organisation_id, clock.new_id(), hook_id, event, subject_id, key, work.now()
    )
    if added:
        work.ask(JOB, added, key=f"{added} new")
    return added
