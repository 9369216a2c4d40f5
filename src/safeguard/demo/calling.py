"""A children's home as its inspector finds it: visits each month, a review, reports sent on, one notification made."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.registers.acting import plan_action
from safeguard.registers.duties.doing import record_done
from safeguard.registers.duties.duty import NewDone
from safeguard.registers.home.following import ACTIONS, REVIEW, VISIT, record_sending
from safeguard.registers.home.part import keeps_home
from safeguard.standards.frameworks import framework_of
from safeguard.standards.improving import Plan
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

VISITOR: Final = "Imani Sample, independent visitor"
SEEN: Final = (
    "Talked with two children and three of the staff. They know whom to tell about life online. The tablet in the"
    " lounge stayed signed in to somebody's account; that was put right while I was there.",
    "Read six records and the register of filtering. Decisions and their reasons are there. The guest network is not"
    " filtered at weekends: recommended to mend that.",
    "Came in the evening. Phones are handed in at ten, and the children say why. One record did not say what a child"
    " wanted to happen: spoken about with the manager.",
    "Quiet. Children cooked. The posters about telling somebody are up and are the right ones.",
)
REVIEWED: Final = (
    "Fewer group chats went on at night since phones are handed in. Children asked for more say in the rules of"
    " devices, and have it since. Records are timely; two closed without what the child said."
)
TOLD: Final = "Told by the online form on the same day; the placing authority's social worker as well."
NOTIFIABLE: Final = """
select i.id from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.restricted_at is null and i.state <> 'closed'
    and 'exploitation' = any (i.risk_areas)
order by i.recorded_at desc, i.id desc limit 1
"""


async def be_visited(work: Work, profile: Profile) -> None:
    """Six visits and a review, the last not sent on yet; nothing where there is no such duty."""
    if not keeps_home(profile):
        return
    today = work.now().date()
    for months in range(6, 0, -1):
        day = today - timedelta(days=29 * months - 12)
        visit = NewDone(
            duty=VISIT, done_on=day, done_by=VISITOR, kept_at="The visitor's own report, in the office",
            note=SEEN[months % len(SEEN)],
        )  # fmt: skip
        done = await record_done(work, profile, visit, today)
        if months > 1:
            await record_sending(work, done.id, day + timedelta(days=8), "Ofsted")
        else:
            await _recommend(work, profile, done.id, today)
    reviewed = NewDone(
        duty=REVIEW, done_on=today - timedelta(days=64), done_by=work.actor.name, kept_at="Shared drive, reviews",
        note=REVIEWED,
    )  # fmt: skip
    done = await record_done(work, profile, reviewed, today)
    await record_sending(work, done.id, today - timedelta(days=60), "Ofsted")


async def _recommend(work: Work, profile: Profile, done_id: UUID, today: date) -> None:
    pies = framework_of("pies", profile)
    control = pies.control("A5") if pies else None
    if pies and control:
        plan = Plan(
            words="Filter the guest network at weekends too.", owner=str(work.actor.user_id),
            due_on=today + timedelta(days=20),
        )  # fmt: skip
        await plan_action(work, ACTIONS, done_id, pies, control, plan)


async def notify(work: Work, profile: Profile) -> None:
    """The inspectorate was told of the latest incident that it had to hear of."""
    if not keeps_home(profile):
        return
    incident = await work.driver.fetchval(NOTIFIABLE)
    if incident is not None:
        told = NewEntry(kind="contact", words=TOLD, contact="regulator", contact_name="Ofsted, notifications")
        await add_entry(work, incident, told)
