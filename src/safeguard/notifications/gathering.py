"""The gathered mail: one a day for whoever wants it so, and none when there is nothing that they have not seen.

What presses is gathered too, by the quarter of an hour: the first of a kind is mailed at once, what comes after it
within the same quarter in one mail when that is over. A mail's key names its recipient and its quarter, so the outbox
holds each once, with how far its delivery is; a notice is never without a mail that left after it. What was kept from
them since they were told is not among it.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from safeguard.notifications.rules import TOGETHER
from safeguard.post.posting import post_mail
from safeguard.tenancy.whereabouts import zone_here
from safeguard.work import Work

UNSEEN: Final = """
select exists (
    select from public.notices n
    where n.organisation_id = (select sec.current_organisation()) and n.recipient_id = $1 and n.read_at is null
        and n.event <> all ($2::text[])
        and not exists (select from public.outbox o where o.organisation_id = n.organisation_id and o.notice_id = n.id))
"""
STILL_PRESSING: Final = """
select exists (
    select from public.notices n
    where n.organisation_id = (select sec.current_organisation()) and n.recipient_id = $1 and n.read_at is null
        and n.event = any ($2::text[]) and n.created_at >= coalesce((
            select max(o.created_at) from public.outbox o
            where o.organisation_id = n.organisation_id and o.recipient_id = $1 and o.template = $3), '-infinity')
        and not exists (select from public.outbox o where o.organisation_id = n.organisation_id and o.notice_id = n.id))
"""
QUARTER: Final = timedelta(minutes=15)
WAITING: Final = "incident_waiting"


async def mail_together(work: Work, person: UUID, notice_id: UUID) -> None:
    """A mail at once, unless one of this quarter of an hour has been posted: then with the others, when it is over."""
    if await post_mail(work, person, WAITING, notice_id=notice_id, key=_key(work, person)) is None:
        _ask_for_the_rest(work, person)


async def send_together(work: Work, person: UUID) -> None:
    """`notice.together`: one mail for all that came after the last, and that nobody has read meanwhile."""
    if not await work.among({person}, STILL_PRESSING, person, list(TOGETHER), WAITING):
        return
    if await post_mail(work, person, WAITING, key=_key(work, person)) is None:
        _ask_for_the_rest(work, person, "again")  # our clock is behind the database's: the quarter is not over here


def _ask_for_the_rest(work: Work, person: UUID, round_: str = "") -> None:
    over = _quarter(work.now()) + QUARTER
    work.ask("notice.together", person, key=f"{person} {over.isoformat()} {round_}".strip(), run_at=over)


def _key(work: Work, person: UUID) -> str:
    return f"{WAITING} {person} {_quarter(work.now()).isoformat()}"


def _quarter(moment: datetime) -> datetime:
    """When the quarter of an hour began that a moment is in."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


async def send_gathered(work: Work, person: UUID) -> None:
    """`notice.digest`: say once a day that something waits."""
    if await work.among({person}, UNSEEN, person, list(TOGETHER)):
        today = work.now().astimezone(await zone_here(work)).date()
        await post_mail(work, person, "digest", key=f"digest {person} {today}")
