"""A children's home as its inspector finds it: visits and reviews, incidents told and not told of, long words."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.registers.acting import plan_action
from safeguard.registers.duties.doing import record_done
from safeguard.registers.duties.duty import NewDone
from safeguard.registers.home.following import ACTIONS, REVIEW, VISIT, record_sending
from safeguard.standards.frameworks import framework_of
from safeguard.standards.improving import Plan
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin

HOME = profile_of("childrens_home")
LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh فاطمة الزهراء"
FOUND = "Children know whom to tell. The tablet in the lounge stayed signed in to somebody's account. " * 6


@dataclass(frozen=True, slots=True)
class Homed:
    """What there is to look at."""

    keeper: Actor
    visit: UUID
    unsaid: UUID
    """An incident of which nothing says whether the inspectorate has to be told."""


async def keep_home(keeper: Actor) -> Homed:
    """Many visits, one of which nothing was sent on; a review; three incidents."""
    unsaid = await _incidents(keeper)
    today = clock.now().date()
    async with begin(keeper) as work:
        for months in range(14, 0, -1):
            earlier = await record_done(work, HOME, _visited(today - timedelta(days=30 * months + 5)), today)
            await record_sending(work, earlier.id, today - timedelta(days=30 * months), "Ofsted")
        visit = await record_done(work, HOME, _visited(today - timedelta(days=5)), today)
        pies = framework_of("pies", HOME)
        if pies is None:
            raise RuntimeError("there is no PIES")
        plan = Plan(words="Sign out of the tablet each night.", owner=LONG, due_on=today - timedelta(days=2))
        await plan_action(work, ACTIONS, visit.id, pies, pies.controls[1], plan)
        await record_done(
            work, HOME, NewDone(duty=REVIEW, done_on=today - timedelta(days=200), done_by="The manager"), today
        )
    return Homed(keeper, visit.id, unsaid)


def _visited(day: date) -> NewDone:
    return NewDone(duty=VISIT, done_on=day, done_by=LONG, note=FOUND)


async def _incidents(keeper: Actor) -> UUID:
    child = NewPerson(name="Robin Sample", role="affected", kind="child", connection="pupil")
    new = NewIncident(narrative="Somebody asked Robin to meet.", people=(child,), risk_areas=("exploitation",))
    for entry in (
        NewEntry(kind="contact", words=FOUND, contact="regulator", contact_name="Ofsted", contact_reference="SC-0042"),
        NewEntry(
            kind="decision", words="Not notifiable.", reason="It was a film that was shown.", contact="regulator",
            referral="not_made",
        ),
    ):  # fmt: skip
        async with begin(keeper) as work:
            told = (await record_incident(work, new, HOME)).facts.id
        async with begin(keeper) as work:
            await add_entry(work, told, entry)
    async with begin(keeper) as work:
        return (await record_incident(work, new, HOME)).facts.id
