"""Webhooks: which address is told of which events.

Whoever makes one answers for it, and has to be able to read what its events are about: they are told ids and nothing
else, but that something happened, and when, is known to those who may open it. An address that lies here, on this
machine or beside it, is refused when it is typed and again each time that it is asked.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import httpx2

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from safeguard.post import reaching
from safeguard.post.reaching import Unreachable
from safeguard.strongbox import sealing
from safeguard.web import surroundings
from safeguard.work import Work

EVENTS: Final = {
    "incident.recorded": "An incident was recorded",
    "incident.acknowledged": "An incident was acknowledged",
    "incident.assigned": "An incident was given to somebody to handle",
    "referral.answered": "The helpline wrote on a referral",
    "pack.made": "An evidence pack is ready",
    "report.made": "A report is ready",
}
"""What an address may be told of: `noun.past_tense`, as in the log."""
TRIED: Final = "webhook.tried"
"""What it is told when somebody tries it."""
MOST: Final = 20
LONGEST: Final = 1_000
PREFIX: Final = "sgw_"
OVERLAP: Final = timedelta(days=1)

ADD: Final = """
insert into webhooks (organisation_id, id, label, url, events, sealed_secret, made_at, made_by)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
COUNT: Final = "select count(*) from webhooks where ended_at is null"
LIST: Final = """
select w.id, w.label, w.url, w.events, w.made_at, m.name as made_by_name, m.state = 'active' as is_answered_for,
       w.earlier_until,
       (select count(*) from webhook_deliveries d where d.webhook_id = w.id and d.state = 'failed') as failed,
       (select max(d.tried_at) from webhook_deliveries d where d.webhook_id = w.id and d.state = 'delivered')
           as delivered_at
from webhooks w join memberships m on m.organisation_id = w.organisation_id and m.user_id = w.made_by
where w.ended_at is null order by w.made_at, w.id
"""
GET: Final = LIST.replace("where w.ended_at is null", "where w.ended_at is null and w.id = $1")
SECRET: Final = "select sealed_secret from webhooks where id = $1 and ended_at is null for update"  # noqa: S105  a statement, not a secret
ROTATE: Final = """
update webhooks set earlier_secret = sealed_secret, earlier_until = $3, sealed_secret = $2 where id = $1
"""
END: Final = "update webhooks set ended_at = $2 where id = $1 and ended_at is null returning id"

ASK_A_LEAD: Final = "Events are about records, so somebody who may read them makes a webhook. Ask your lead to do it."
ITSELF: Final = "This address is Safeguard itself. Give the address of the program that wants to be told."


@dataclass(frozen=True, slots=True)
class Hook:
    """An address that is told of some events."""

    id: UUID
    label: str
    url: str
    events: tuple[str, ...]
    made_at: datetime
    made_by_name: str
    is_answered_for: bool
    """Whether whoever made it is still here: else it is told nothing."""
    earlier_until: datetime | None
    failed: int
    delivered_at: datetime | None


class Made(NamedTuple):
    """A webhook that was just made, or its new secret: its text is shown this once."""

    id: UUID
    secret: str


async def make_hook(work: Work, label: str, url: str, events: Collection[str]) -> Made:
    """Tell this address of these events from now on; raises `Invalid`, `Forbidden`."""
    work.require(Permission.TOKENS_MANAGE)
    if not work.may(Permission.INCIDENT_READ):
        raise Forbidden(ASK_A_LEAD)
    if not events or not frozenset(events) <= EVENTS.keys():
        raise Invalid(FieldError("events", "Choose at least one of the events on the page."))
    check_address(url)
    if (await work.driver.fetchval(COUNT) or 0) >= MOST:
        raise Conflict(f"There are {MOST} webhooks, which is the most. End one that is not used.")
    made = Made(clock.new_id(), PREFIX + clock.new_token(32))
    await work.driver.execute(
        ADD, work.organisation_id, made.id, label, url, sorted(events), await _seal(work, made), work.now(),
        work.actor.user_id,
    )  # fmt: skip
    work.record("webhook.made", made.id)
    return made


async def rotate(work: Work, hook_id: UUID) -> Made:
    """Another secret; for a day everything is signed with both, so that nothing is missed meanwhile."""
    work.require(Permission.TOKENS_MANAGE)
    if await work.driver.fetchval(SECRET, hook_id) is None:
        raise NotFound
    made = Made(hook_id, PREFIX + clock.new_token(32))
    await work.driver.execute(ROTATE, hook_id, await _seal(work, made), work.now() + OVERLAP)
    work.record("webhook.rotated", hook_id)
    return made


async def end_hook(work: Work, hook_id: UUID) -> None:
    """The address is told nothing more, nor what waits."""
    work.require(Permission.TOKENS_MANAGE)
    if await work.driver.fetchval(END, hook_id, work.now()) is None:
        raise NotFound
    work.record("webhook.ended", hook_id)


async def list_hooks(work: Work) -> tuple[Hook, ...]:
    """Every webhook, the oldest first."""
    work.require(Permission.TOKENS_MANAGE)
    return tuple(_hook(row) for row in await work.driver.fetch(LIST))


async def get_hook(work: Work, hook_id: UUID) -> Hook:
    """One; raises `NotFound`."""
    work.require(Permission.TOKENS_MANAGE)
    row = await work.driver.fetchrow(GET, hook_id)
    if row is None:
        raise NotFound
    return _hook(row)


def check_address(url: str) -> None:
    """Raise `Invalid` for an address that can be none of another program."""
    if len(url) > LONGEST:
        raise Invalid(FieldError("url", f"The most is {LONGEST:,} characters."))
    try:
        reaching.check(url)
    except Unreachable as refusal:
        raise Invalid(FieldError("url", refusal.detail)) from refusal
    if is_our_own(url):
        raise Invalid(FieldError("url", ITSELF))


def is_our_own(url: str) -> bool:
    """Whether the address is this service: it would tell itself, and answer itself."""
    own, other = httpx2.URL(surroundings.current().public_url), httpx2.URL(url)
    return (own.host, _port(own)) == (other.host, _port(other))


def about(hook_id: UUID) -> str:
    """What its secret is sealed for."""
    return f"webhook {hook_id}"


def _port(url: httpx2.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


async def _seal(work: Work, made: Made) -> bytes:
    return await sealing.seal(work, made.secret.encode(), about(made.id))


def _hook(row: Any) -> Hook:
    fields: dict[str, Any] = {**row, "events": tuple(row["events"])}
    return Hook(**fields)
