"""Registers as a school has them that keeps them: some of it late, long names among them, many signatures."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.registers.acting import plan_action
from safeguard.registers.committee.gathering import ACTIONS, describe, record_meeting, take_seat
from safeguard.registers.filtering.keeping import (
    NewCheck,
    NewSystem,
    add_block,
    add_system,
    name_duty,
    record_check,
    record_review,
)
from safeguard.registers.policies.addressing import make_link
from safeguard.registers.policies.publishing import NewEdition, publish, publish_edition
from safeguard.registers.policies.queries import list_signatures
from safeguard.registers.policies.reading import acknowledge
from safeguard.registers.policies.reminding import expect
from safeguard.registers.policies.signing import Who, record_paper
from safeguard.registers.training.learning import NewEvent, Present, record_event, record_present
from safeguard.registers.voice.listening import NewImpact, NewSession, begin_impact, judge_impact, record_session
from safeguard.standards.frameworks import framework_of
from safeguard.standards.improving import Plan
from safeguard.standards.queries import LATEST_ITEM
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin

SCHOOL = profile_of("school")
LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh فاطمة الزهراء"
TEXT = (
    "We are kind online, as we are anywhere. We do not pass on what would hurt somebody.\n\n"
    "Phones stay in bags during lessons. Whoever sees something that worries them says so, and is thanked for it.\n\n"
    "Passwords are nobody else's. What we do on the school's devices is seen by the school, and it says so."
)


@dataclass(frozen=True, slots=True)
class Registered:
    """What there is to look at."""

    policy: UUID
    agreement: UUID
    signature: UUID
    signing: str
    """The secret of an address for signing on a shared device."""
    address: UUID
    """The same, as whoever made it looks after it."""
    event: UUID
    system: UUID
    block: UUID
    meeting: UUID
    impact: UUID


async def keep_registers(lead: Actor, head: Actor) -> Registered:
    """One of everything, and of signatures and checks many."""
    today = clock.now().date()
    policy = await _policy(lead, head, today)
    agreement, signature, secret, address = await _agreement(lead, today)
    system, block = await _filtering(lead, today)
    return Registered(
        policy, agreement, signature, secret, address, await _training(lead, head, today), system, block,
        await _committee(lead, today), await _voices(lead, today),
    )  # fmt: skip


async def _policy(lead: Actor, head: Actor, today: date) -> UUID:
    first = NewEdition(
        title="Online safety policy, for everybody who works or volunteers here", words=TEXT,
        readers=("reporter", "lead", "head"), effective_on=today - timedelta(days=400), summary="The first edition.",
        read_by=today - timedelta(days=380),
    )  # fmt: skip
    second = NewEdition(
        title=first.title, words=TEXT, readers=first.readers, summary="Phones stay in bags during lessons.",
        effective_on=today - timedelta(days=40), read_by=today - timedelta(days=3),
    )  # fmt: skip
    async with begin(lead) as work:
        policy = await publish(work, SCHOOL, "policy", first)
    async with begin(lead) as work:
        await publish_edition(work, SCHOOL, policy.id, second, policy.version)
    async with begin(head) as work:
        await acknowledge(work, policy.id, 2)
    return policy.id


async def _agreement(lead: Actor, today: date) -> tuple[UUID, UUID, str, UUID]:
    new = NewEdition(
        title="Acceptable use of devices and the network", words=TEXT, parties=("staff", "pupil", "visitor", "family"),
        effective_on=today - timedelta(days=300), lasts_months=12, summary="Ask before you install anything.",
    )  # fmt: skip
    pupils = tuple(Who(f"Pupil {number:03d} Sample") for number in range(60))
    async with begin(lead) as work:
        agreement = await publish(work, SCHOOL, "agreement", new)
        await record_paper(work, agreement.id, "visitor", (Who(LONG),), today - timedelta(days=390))
        await record_paper(work, agreement.id, "pupil", pupils, today - timedelta(days=320))
        await record_paper(work, agreement.id, "family", (Who("Mary Sample", LONG),), today - timedelta(days=20))
        await expect(work, agreement.id, {"visitor": 40}, agreement.version)
        device = await make_link(work, agreement.id, "family", "", many=True)
        await make_link(work, agreement.id, "visitor", LONG, many=False)
    async with begin(lead) as work:
        (signature,) = await list_signatures(work, agreement.id, LATEST_ITEM, 1)
    return agreement.id, signature.id, device.secret.text, device.link.id


async def _training(lead: Actor, head: Actor, today: date) -> UUID:
    course = NewEvent(
        title="Yearly update: filtering, phones and what to do when somebody tells you something",
        audiences=("staff", "governors"), held_on=today - timedelta(days=200), provider="Sample Training",
        words="How to listen, what to write down, whom to tell.", lasts_months=12,
    )  # fmt: skip
    evening = NewEvent(
        title="Evening for families", audiences=("families", "community"), held_on=today - timedelta(days=60),
        headcount=84,
    )  # fmt: skip
    assert lead.user_id and head.user_id
    async with begin(lead) as work:
        event = await record_event(work, SCHOOL, course)
        there = Present(members=(lead.user_id, head.user_id), names=(LONG,), outcome="certified")
        await record_present(work, event, there)
        await record_event(work, SCHOOL, evening)
    return event.id


async def _filtering(lead: Actor, today: date) -> tuple[UUID, UUID]:
    async with begin(lead) as work:
        system = await add_system(work, NewSystem(
            kind="filtering", name="Fence for schools", approach="technical", stance="both", provider="Sample Networks",
            covers="Every device on the school's network; school laptops at home too. Not phones on their own data.",
        ))  # fmt: skip
        await add_system(
            work, NewSystem(kind="monitoring", name="Screens face the teacher", approach="physical", stance="proactive")
        )
        block = await add_block(
            work, "Social networks", "Below 13 nobody may have an account; in lessons they distract.", "Years 7 to 9",
            today - timedelta(days=500),
        )  # fmt: skip
        for number in range(30):
            failed = number % 7 == 3
            await record_check(work, NewCheck(
                checked_on=today - timedelta(days=number * 9), device="A laptop in room 4", user_group="Year 9",
                tested="The public test pages for filters, and a search in another language.",
                result="failed" if failed else "passed", system_id=system.id,
                done="Told the provider; closed on the same day." if failed else "",
            ))  # fmt: skip
        await name_duty(work, "senior_lead", "Ana Sample")
        await record_review(
            work, SCHOOL, today - timedelta(days=380), "Ana Sample, the chair, the network manager",
            "Searches in other languages get through. Two science sites are blocked without need.",
            "Both are open now; the provider changes the rule.",
        )  # fmt: skip
    return system.id, block.id


async def _committee(lead: Actor, today: date) -> UUID:
    pies = framework_of("pies", SCHOOL)
    if pies is None:
        raise RuntimeError("there is no PIES")
    async with begin(lead) as work:
        await describe(work, "Online safety group", "Looks at incidents as figures, at policies, at filtering.", "", 0)
        for name, part, is_child in (("Ana Sample", "Chair", False), (LONG, "", False), ("Robin", "Year 9", True)):
            await take_seat(work, name, part, today - timedelta(days=200), is_child=is_child)
        meeting = await record_meeting(
            work, SCHOOL, today - timedelta(days=45), "Ana Sample\nRobin", "We talked about phones in lessons. " * 12
        )
        plan = Plan(words="Ask year 9 what would help.", owner=str(lead.user_id), due_on=today - timedelta(days=2))
        await plan_action(work, ACTIONS, meeting.id, pies, pies.controls[1], plan)
    return meeting.id


async def _voices(lead: Actor, today: date) -> UUID:
    pies = framework_of("pies", SCHOOL)
    if pies is None:
        raise RuntimeError("there is no PIES")
    change = NewImpact(
        kind="practice", title="Phones stay in bags during lessons", changed_on=today - timedelta(days=150),
        measure="total", months=3, expected="Fewer pictures taken in lessons.",
    )  # fmt: skip
    async with begin(lead) as work:
        await record_session(work, SCHOOL, NewSession(
            way="survey", title="Phones in lessons", held_on=today - timedelta(days=90), asked="Years 7 to 9",
            voices=212,
            said="Most would rather have them away. Many do not know whom to tell when a group chat turns nasty.",
            done="The posters now name three people.",
        ))  # fmt: skip
        await record_session(work, SCHOOL, NewSession(
            way="council", title="Group chats", held_on=today - timedelta(days=200), said="They never stop at night.",
        ))  # fmt: skip
        impact = await begin_impact(work, SCHOOL, pies, pies.controls[8], change)
        await judge_impact(work, impact.id, "helped", "Teachers say so, and nobody was filmed since.", 1)
    return impact.id
