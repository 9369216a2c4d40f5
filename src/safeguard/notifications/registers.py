"""Registers: who is asked to read or to sign, reminders until they have, and what is to be done again.

Each look is a job of its own, asked for when a policy is published, an event or a review recorded. What was done by
then makes the look find nobody to tell.
"""

from datetime import date, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from safeguard.notifications.asking import ask_and_remind, morning
from safeguard.notifications.finding import ABOVE, HANDLERS, holding
from safeguard.notifications.telling import News, tell
from safeguard.registers.due import edition_of, is_last_review, must_read, policy_of, whose_training_ends
from safeguard.registers.duties.duty import duties_of
from safeguard.registers.duties.queries import clocks_here, find_last, next_look, standing
from safeguard.tenancy.calendars.counting import State
from safeguard.tenancy.effective import own_profile
from safeguard.tenancy.whereabouts import zone_here
from safeguard.work import Work

BEFORE: Final = timedelta(days=30)


async def tell_readers(work: Work, policy_id: UUID) -> None:
    """`policy.published`: whoever must read or sign it; `asking` looks daily who has not."""
    found = await edition_of(work, policy_id)
    if found is None:
        return
    edition_id, _, renew_on = found
    zone = await zone_here(work)
    people = await must_read(work, edition_id, _today(work, zone))
    await tell(work, people, News("policy.published", policy_id, None, str(edition_id)))
    run_at = max(morning(renew_on - BEFORE, zone), work.now() + timedelta(minutes=1))
    work.ask("notice.policy_renewal", edition_id, key=str(edition_id), run_at=run_at)


async def tell_that_it_is_unread(work: Work, edition_id: UUID) -> None:
    """`notice.policy_unread`, asked for by an earlier release: the daily look, at one edition."""
    await ask_and_remind(work, work.organisation_id, edition_id)


async def tell_again(work: Work, policy_id: UUID) -> None:
    """`policy.reminded`: whoever has not read or signed it, because somebody asked for that; once a day at most."""
    found = await edition_of(work, policy_id)
    if found:
        await _remind(work, policy_id, found[0])


async def _remind(work: Work, policy_id: UUID, edition_id: UUID) -> None:
    today = _today(work, await zone_here(work))
    people = await must_read(work, edition_id, today)
    await tell(work, people, News("policy.unread", policy_id, None, f"{edition_id} {today.isoformat()}"))


async def tell_of_renewal(work: Work, edition_id: UUID) -> None:
    """`notice.policy_renewal`: the lead, a month before it is to be reviewed."""
    policy_id = await policy_of(work, edition_id)
    if policy_id:
        people = await holding(work, (*HANDLERS, *ABOVE))
        await tell(work, people, News("policy.renewal", policy_id, None, str(edition_id)))


async def tell_of_filtering_review(work: Work, review_id: UUID) -> None:
    """`notice.filtering_due`: the lead and the head, a month before the next review."""
    if await is_last_review(work, review_id):
        await tell(work, await holding(work, (*HANDLERS, *ABOVE)), News("filtering.due", review_id, None))


async def tell_of_duty(work: Work, done_id: UUID) -> None:
    """`notice.duty_due`: looks at a visit or a review, tells once that it is nearly due and once that it is late.

    Each look asks for the next, counted with the limit that the organisation has by then. One that was done again, or
    struck out, finds nobody to tell.
    """
    profile, done = await own_profile(work), await find_last(work, done_id)
    if done is None or done.duty not in {duty.code for duty in duties_of(profile)}:
        return
    clocks = await clocks_here(work, profile)
    stands = standing(profile.clocks[done.duty], done, clocks, work.now())
    if stands.state in (State.AT_RISK, State.OVERDUE):
        code = "duty.overdue" if stands.is_overdue else "duty.due"
        await tell(work, await holding(work, (*HANDLERS, *ABOVE)), News(code, done_id, None))
    run_at = next_look(stands, clocks.calendar, work.now())
    if run_at:
        work.ask("notice.duty_due", done_id, key=f"{done_id} {run_at.isoformat()}", run_at=run_at)


async def tell_whose_training_ends(work: Work, event_id: UUID) -> None:
    """`notice.training_due`: whose certificate runs out within a month, and the lead."""
    people = await whose_training_ends(work, event_id)
    if people:
        await tell(work, people, News("training.due", event_id, None))
        await tell(work, await holding(work, HANDLERS) - people, News("training.due_of_others", event_id, None))


def _today(work: Work, zone: ZoneInfo) -> date:
    return work.now().astimezone(zone).date()
