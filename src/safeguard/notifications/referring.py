"""Referrals: whoever sent one hears when the helpline writes, and when something did not arrive there.

Ten addresses that move on in one minute are one piece of news: steps of addresses are told once a day. A question that
the helpline waits on is told again after some of its hours, seldom, until anybody here says something.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from safeguard.notifications import attending, transferring
from safeguard.notifications.finding import ABOVE, HANDLERS, belonging, holding
from safeguard.notifications.telling import News, tell
from safeguard.tenancy.calendars.bank_holidays import load_bank_holidays
from safeguard.tenancy.calendars.calendar import Uncountable, calendar_of
from safeguard.tenancy.calendars.counting import Limit, due
from safeguard.tenancy.limits import Unit
from safeguard.tenancy.nations import Nation
from safeguard.work import Work

A_WEEK: Final = 30
"""Hours in which the helpline answers, in a week without holidays."""
REFERRAL: Final = """
select r.id, r.incident_id, r.sent_by, i.assigned_to from public.referrals r
join public.incidents i on i.organisation_id = r.organisation_id and i.id = r.incident_id
where r.organisation_id = (select sec.current_organisation()) and r.id = $1
"""
LATEST: Final = """
select s.id, s.kind, s.at from public.referral_steps s
where s.organisation_id = (select sec.current_organisation()) and s.referral_id = $1 and s.direction = 'in'
order by s.at desc, s.id desc limit 1
"""
FILE: Final = """
select f.referral_id, f.state, f.fault, f.changed_at from public.referral_files f
where f.organisation_id = (select sec.current_organisation()) and f.id = $1
"""
OF_FILES: Final = {
    "enclosure.answered": ("refused", "referral.file_refused"),
    "enclosure.dropped": ("dropped", "referral.file_kept_back"),
    "enclosure.locked": ("locked", "referral.file_locked"),
}
"""Event -> how the file stands since then if it is worth telling, and the notice."""
OWN_DOING: Final = (("dropped", "withdrawn"), ("refused", "dropped"), ("dropped", "locked"))
"""How a file stands that did not go because somebody here ended the referral, or locked the file."""
QUESTION: Final = """
select s.id, s.at from public.referral_steps s
join public.referrals r on r.organisation_id = s.organisation_id and r.id = s.referral_id
where s.organisation_id = (select sec.current_organisation()) and s.referral_id = $1 and s.direction = 'in'
    and r.state = 'awaiting_referrer' and (s.body ->> 'state' = 'awaiting_referrer' or s.body ->> 'asks' = 'true')
    and not exists (
        select from public.referral_steps l
        where l.organisation_id = s.organisation_id and l.referral_id = s.referral_id and (l.at, l.id) > (s.at, s.id)
            and (l.direction = 'out' or l.kind = 'status' and l.body ->> 'state' <> 'awaiting_referrer'))
order by s.at, s.id limit 1
"""
"""The first question since anybody here said something, while the referral waits for an answer."""
STANDS: Final = """
select exists (
    select from public.received_signals r
    where r.organisation_id = (select sec.current_organisation()) and r.id = $1 and r.ended_at is null
        and r.dismissed_at is null)
"""
ASKED_ON: Final = """
select s.referral_id from public.referral_steps s
where s.organisation_id = (select sec.current_organisation()) and s.id = $1
"""
ENVELOPE: Final = """
select b.subject_id, b.other_id, b.put_at from public.channel_outbox b
where b.organisation_id = (select sec.current_organisation()) and b.id = $1
"""


async def tell_of_answer(work: Work, referral_id: UUID) -> None:
    """`referral.answered`: whoever referred, and whoever has the incident now; else everybody who handles incidents."""
    latest = await work.driver.fetchrow(LATEST, referral_id)
    if latest is None:
        return
    day = latest["at"].astimezone(UTC).date().isoformat()
    await _tell(work, referral_id, "referral.answered", day if latest["kind"] == "url.step" else str(latest["id"]))
    await _remind_later(work, referral_id)


async def remind_of_question(work: Work, step_id: UUID) -> None:
    """`notice.referral_waiting`: the same people, while nobody has answered that question. Once a day at most."""
    referral_id: UUID | None = await work.driver.fetchval(ASKED_ON, step_id)
    question = await work.driver.fetchrow(QUESTION, referral_id) if referral_id else None
    if referral_id and question and question["id"] == step_id:
        day = work.now().astimezone(UTC).date().isoformat()
        await _tell(work, referral_id, "referral.waiting", f"{step_id} {day}")


async def tell_of_signal(work: Work, received_id: UUID) -> None:
    """`signal.received`: whoever handles incidents here; the alert itself says the rest."""
    if await work.driver.fetchval(STANDS, received_id):
        await tell(work, await holding(work, HANDLERS), News("signal.received", received_id, None))


def teller_of(event: str) -> Callable[[Work, UUID], Awaitable[None]]:
    """A file did not go, was not taken in, or was locked there: the same people. What was locked here they know."""
    return partial(_tell_of_file, *OF_FILES[event])


async def _tell_of_file(state: str, code: str, work: Work, file_id: UUID) -> None:
    file = await work.driver.fetchrow(FILE, file_id)
    if file and file["state"] == state and (state, file["fault"]) not in OWN_DOING:
        await _tell(work, file["referral_id"], code, file["changed_at"].isoformat())


async def tell_of_undelivered(work: Work, outbox_id: UUID) -> None:
    """`envelope.undelivered`: the same people; at the helpline's end whoever has the case. Once a day for each."""
    sent = await work.driver.fetchrow(ENVELOPE, outbox_id)
    if sent is None:
        return
    day = sent["put_at"].astimezone(UTC).date().isoformat()
    if await transferring.tell_undelivered(work, sent["subject_id"], day):
        return
    if not await _tell(work, sent["subject_id"], "referral.undelivered", day):
        await attending.tell_undelivered(work, f"{sent['other_id']}/{sent['subject_id']}", day)


async def _tell(work: Work, referral_id: UUID, code: str, key: str) -> bool:
    """Tell of a referral; whether there is such a one here."""
    row = await work.driver.fetchrow(REFERRAL, referral_id)
    if row is None:
        return False
    news = News(code, row["id"], row["incident_id"], key)
    own = await belonging(work, row["sent_by"]) | await belonging(work, row["assigned_to"])
    if not (own and await tell(work, own, news)) and not await tell(work, await holding(work, HANDLERS), news):
        await tell(work, await holding(work, ABOVE), news)
    return True


async def _remind_later(work: Work, referral_id: UUID) -> None:
    """Ask for looks at a question that waits, counted in the helpline's hours, wherever this is."""
    question = await work.driver.fetchrow(QUESTION, referral_id)
    if question is None:
        return
    known = load_bank_holidays()
    often, calendar = known.reminders, calendar_of(Nation.ENGLAND, known.helpline.zone.key)
    for number in range(often.times):
        hours = often.first_after + often.again_after * number
        try:
            run_at = due(calendar, Limit(hours, Unit.HELPLINE_HOURS), question["at"]).at
        except Uncountable:  # the bank holidays of that year are not known yet: by working hours of an even week
            run_at = question["at"] + timedelta(days=7) * hours / A_WEEK
        work.ask("notice.referral_waiting", question["id"], key=f"{question['id']} {number}", run_at=run_at)
