"""What an invented organisation does beside its incidents: settles in, looks at itself, is inspected, keeps lists."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.demo import (
    arriving,
    calling,
    concerning,
    desking,
    filing,
    inspecting,
    keeping,
    leaving,
    moving,
    registering,
    rostering,
    standing,
)
from safeguard.demo.days import term_dates
from safeguard.demo.listing import list_people
from safeguard.demo.world import Filling, Seeded
from safeguard.registers.policies.reading import acknowledge
from safeguard.tenancy.choosing import change_setting
from safeguard.tenancy.registry import TERMS, settings_of
from safeguard.work import begin

REACHED = {
    "school": "Room 12, beside the library, or extension 204. If I am teaching, the front office will fetch me.",
    "club": "By the blue door before and after training, or by phone at any hour that matters.",
    "care": "The office on the ground floor, extension 3; at night the senior on duty rings me.",
    "childrens_home": "The manager on call, number on the staff room door, day and night.",
    "helpline": "The supervisor's desk, or the red line from any phone.",
}


async def settle(filling: Filling, source: Seeded, seed: int, until: date) -> None:
    """What the lead does at the beginning: say how to be reached, and list the people."""
    source.at += timedelta(hours=1)
    async with begin(filling.actors[filling.house.holding_lead], dated=source.at) as work:
        await change_setting(work, "contact.lead", REACHED[filling.house.kind], seen=0)
        if TERMS in settings_of(filling.profile):
            await change_setting(work, TERMS, term_dates(source.at.year), seen=0)
        filling.people = await list_people(work, filling.house, filling.profile, filling.actors, seed, until)
    await _measure(filling, source, seed)


async def _measure(filling: Filling, source: Seeded, seed: int) -> None:
    """The organisation looks at itself, and those who govern sign."""
    pies = standing.pies_of(filling.house, filling.profile)
    if pies is None:
        return
    async with begin(filling.actors[filling.house.holding_lead], dated=source.at) as work:
        review = await standing.review_whole(work, pies, Random(f"{seed} {filling.house.new.slug} before"))  # noqa: S311  the same for the same seed
    source.at += timedelta(hours=1)
    async with begin(standing.who(filling.house, filling.actors, Role.GOVERNOR), dated=source.at) as work:
        await standing.sign(work, pies, review)


async def raise_concerns(filling: Filling, share: float) -> None:
    """What is kept in the vault by then."""
    for tale in concerning.tales_of(filling.house, share, filling.concerns):
        await concerning.tell(filling.house, filling.actors, tale)
        filling.concerns += 1


async def measure_again(filling: Filling, source: Seeded, seed: int, known: Mapping[str, int]) -> None:
    """It looks again, after all that happened, with what came of the improvements."""
    if pies := standing.pies_of(filling.house, filling.profile):
        async with begin(filling.actors[filling.house.holding_lead], dated=source.at) as work:
            random = Random(f"{seed} {filling.house.new.slug} now")  # noqa: S311  the same for the same seed  an invented life
            await standing.go_on(work, pies, random, known)
        await _keep_registers(filling, source)


async def work_desk(filling: Filling, seed: int) -> None:
    """A helpline's desk has its cases, its report and an alert."""
    house = filling.house
    if house.kind == "helpline" and house.incidents:
        supervisor = standing.who(house, filling.actors, Role.SUPERVISOR)
        await desking.work_desk(supervisor, filling.profile, f"{seed} {house.new.slug} desk")


async def be_inspected(filling: Filling, source: Seeded) -> None:
    """An inspector is here, and asks."""
    body, lead = inspecting.body_of(filling.house), filling.actors[filling.house.holding_lead]
    if body is None:
        return
    async with begin(system(filling.organisation_id), purpose="provision", dated=source.at) as work:
        visit = await inspecting.enrol(work, filling.house, body)
    async with begin(lead, dated=source.at) as work:
        inspection = await inspecting.let_in(work, visit)
        if not await inspecting.lasts(work, inspection):
            return
    async with begin(visit.inspector, dated=source.at) as work:
        await inspecting.look(work, inspection)
        question = await inspecting.ask(work, inspection)
    async with begin(lead, dated=source.at) as work:
        await inspecting.reply(work, inspection, question)


async def move_on(filling: Filling, source: Seeded) -> None:
    """Somebody's file went to the next place, which signed for it."""
    if filling.house.kind not in moving.KINDS or not filling.house.incidents:
        return
    lead = filling.actors[filling.house.holding_lead]
    async with begin(lead, dated=source.at) as work:
        transfer = await moving.move_on(work)
    if transfer is not None:
        source.at += timedelta(minutes=1)
        async with begin(lead, dated=source.at) as work:
            await moving.sign(work, transfer)
    source.at += timedelta(minutes=1)
    async with begin(lead, dated=source.at) as work:
        await leaving.leave(work, filling.profile)
    if filling.house.kind == "school" and arriving.can_arrive():
        async with begin(lead, dated=source.at) as work:
            await arriving.arrive(work, filling.profile)
        await _send_a_roster(filling, source)


async def _send_a_roster(filling: Filling, source: Seeded) -> None:
    """The office sent its list, and it was looked at."""
    lead = filling.actors[filling.house.holding_lead]
    async with begin(lead, dated=source.at) as work:
        run = await rostering.send(work)
    for step in (rostering.choose, rostering.look):
        async with begin(lead, dated=source.at) as work:
            await step(work, run)


async def keep(filling: Filling, source: Seeded) -> None:
    """What is past its time, on hold, asked for; and who has signed what everybody signs."""
    async with begin(filling.actors[filling.house.holding_lead], dated=source.at) as work:
        await registering.sign(work)
    if not keeping.keeps(filling.house):
        return
    lead = filling.actors[filling.house.holding_lead]
    async with begin(lead, dated=source.at) as work:
        request = await keeping.keep(work)
    if request is not None:
        async with begin(lead, dated=source.at) as work:
            await keeping.gather(work, request)


async def _keep_registers(filling: Filling, source: Seeded) -> None:
    """Policies, training, filtering, the committee, what children said; most people have read what they must."""
    async with begin(filling.actors[filling.house.holding_lead], dated=source.at) as work:
        policy, agreement = await registering.keep(work, filling.profile, filling.actors)
        await filing.file_paper(work, agreement, (agreement.title, "", *registering.USE.split("\n")))
    async with begin(filling.actors[filling.house.holding_lead], dated=source.at) as work:
        await calling.be_visited(work, filling.profile)
        await calling.notify(work, filling.profile)
    for place, (member, actor) in enumerate(zip(filling.house.members, filling.actors, strict=True)):
        if place % 3 != 1 and not registering.READERS.isdisjoint(member.roles):
            source.at += timedelta(minutes=7)
            async with begin(actor, dated=source.at) as work:
                await acknowledge(work, policy.id, policy.edition)
                if place % 4:
                    await acknowledge(work, agreement.id, agreement.edition)
                else:
                    await registering.sign_long_ago(work, agreement)
