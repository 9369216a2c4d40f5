"""How an invented organisation keeps its registers: mostly in good order, with something late in each."""

from datetime import date, timedelta
from typing import Final

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.people.queries import list_people
from safeguard.registers.acting import plan_action
from safeguard.registers.committee.gathering import ACTIONS, describe, record_meeting, take_seat
from safeguard.registers.duties.doing import record_done
from safeguard.registers.duties.duty import NewDone, duties_of
from safeguard.registers.filtering.keeping import (
    NewCheck,
    NewSystem,
    add_block,
    add_system,
    name_duty,
    record_check,
    record_review,
)
from safeguard.registers.policies.policy import Policy
from safeguard.registers.policies.publishing import NewEdition, publish
from safeguard.registers.policies.queries import list_policies
from safeguard.registers.policies.reminding import expect
from safeguard.registers.policies.signing import AT_ONCE, Who, record_paper
from safeguard.registers.policies.signing import sign as sign_agreement
from safeguard.registers.training.learning import NewEvent, Present, record_event, record_present
from safeguard.registers.voice.listening import NewImpact, NewSession, begin_impact, judge_impact, record_session
from safeguard.standards.frameworks import BUILT_IN, framework_of
from safeguard.standards.improving import Plan
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

READERS: Final = frozenset({Role.REPORTER, Role.PASTORAL, Role.LEAD, Role.DEPUTY, Role.HEAD})
TEXT: Final = (
    "We are kind online as we are anywhere, and do not pass on what would hurt somebody.\n\n"
    "Whoever sees or hears something that worries them says so on the same day. Nobody has to be sure.\n\n"
    "Photographs are taken on our own devices only. Nobody befriends a child on their own account.\n\n"
    "What is done on our devices and our network is filtered and looked at, and everybody knows that it is."
)
USE: Final = (
    "I keep my passwords to myself. I ask before I install anything.\n\n"
    "I am kind. I tell an adult whom I trust when something online worries me, even if I made a mistake."
)
YEARLY: Final = (710, 340)
"""Days since something was done that comes round every twelve months."""
FIRST_NAMES: Final = ("Robin", "Casey", "Alex")
PARENTS: Final = ("Mary", "Noor", "Olu", "Piotr")
VISITORS: Final = ("Ola Sample", "Pat Sample", "Quinn Sample")
SIGNED: Final = ("Ari Sample", "Bo Sample", "Cam Sample", "Dee Sample", "Eli Sample", "Fay Sample", "Gus Sample")


async def keep(work: Work, profile: Profile, people: tuple[Actor, ...]) -> tuple[Policy, Policy]:
    """Everything but the readings; the policy that people read, and the agreement that they sign."""
    today = work.now().date()
    published = await _policies(work, profile, today)
    await _training(work, profile, today, people)
    await _filtering(work, profile, today)
    await _others(work, profile, today)
    await _duties(work, profile, today)
    return published


async def _duties(work: Work, profile: Profile, today: date) -> None:
    """What comes round every year was done twice, and is nearly due again. (A home's visits: `calling`.)"""
    for duty in duties_of(profile):
        for ago in YEARLY if duty.value == 12 else ():
            done = NewDone(
                duty=duty.code, done_on=today - timedelta(days=ago), done_by="The committee, with two parents",
                kept_at="Minutes of the meeting", note="Two sentences about messages at night were made plainer.",
            )  # fmt: skip
            await record_done(work, profile, done, today)


async def _policies(work: Work, profile: Profile, today: date) -> tuple[Policy, Policy]:
    policy = await publish(work, profile, "policy", NewEdition(
        title="Online safety policy", readers=tuple(sorted(READERS)), words=TEXT,
        effective_on=today - timedelta(days=70), read_by=today - timedelta(days=30),
        summary="New: what we look at on our network, and why.",
    ))  # fmt: skip
    agreement = await publish(work, profile, "agreement", NewEdition(
        title="Acceptable use of devices and the network", parties=("staff", "pupil", "visitor", "family"), words=USE,
        effective_on=today - timedelta(days=410), read_by=today - timedelta(days=380),
        renew_on=today + timedelta(days=45), lasts_months=12,
    ))  # fmt: skip
    children = tuple(Who(name) for name in SIGNED)
    await record_paper(work, agreement.id, "pupil", children, today - timedelta(days=310))
    await record_paper(work, agreement.id, "family", (Who("Mary Sample", SIGNED[0]),), today - timedelta(days=300))
    await expect(work, agreement.id, {"visitor": 12}, agreement.version)
    return policy, agreement


async def sign_long_ago(work: Work, agreement: Policy) -> None:
    """Somebody signed more than a year ago: it ran out, and they have not signed again."""
    day = work.now().date() - timedelta(days=395)
    await sign_agreement(work, agreement, (Who(work.actor.name),), "staff", "account", day, user_id=work.actor.user_id)


async def sign(work: Work) -> None:
    """Most of those on the list of people signed, fewer of their families, and some visitors; some so long ago that it
    ran out."""
    today = work.now().date()
    agreement = next((line.policy for line in await list_policies(work, today) if line.policy.is_agreement), None)
    if agreement is None:
        return
    known = [one.name for one in await list_people(work, limit=AT_ONCE) if one.connection == "pupil" and one.name]
    children = tuple(Who(name) for place, name in enumerate(known) if place % 4)
    parents = tuple(Who(f"{PARENTS[place % 4]} Sample", name) for place, name in enumerate(known) if place % 3)
    for party, people in (("pupil", children), ("family", parents), ("visitor", tuple(map(Who, VISITORS)))):
        ran_out = people[:5] if len(people) > 5 else ()
        for who, days in ((people[len(ran_out) :], 20), (ran_out, 400)):
            if who:
                await record_paper(work, agreement.id, party, who, today - timedelta(days=days))


async def _training(work: Work, profile: Profile, today: date, people: tuple[Actor, ...]) -> None:
    ids = tuple(person.user_id for person in people if person.user_id)
    for days, title, who in (
        (400, "Online safety: the yearly update", ids),
        (150, "Filtering and monitoring", ids[::2]),
    ):
        event = await record_event(work, profile, NewEvent(
            title=title, audiences=("staff", "governors"), held_on=today - timedelta(days=days), lasts_months=12,
            provider="Northfold Training", words="How to listen, what to write down, whom to tell.",
        ))  # fmt: skip
        if who:
            await record_present(work, event, Present(members=who, outcome="completed"))
    await record_event(work, profile, NewEvent(
        title="An evening about games and group chats", audiences=("families", "community"), headcount=46,
        held_on=today - timedelta(days=45),
    ))  # fmt: skip


async def _filtering(work: Work, profile: Profile, today: date) -> None:
    system = await add_system(work, NewSystem(
        kind="filtering", name="Filter of our internet provider", approach="technical", stance="both",
        covers="Every device on our network. Not phones on their own data.", provider="Northfold Networks",
    ))  # fmt: skip
    await add_system(work, NewSystem(
        kind="monitoring", name="Screens face whoever is in charge", approach="physical", stance="proactive",
    ))  # fmt: skip
    year = today - timedelta(days=365)
    await add_block(work, "Social networks", "Many ask for 13 years, and they distract.", "Children", year)
    await add_block(work, "Gambling", "Nobody here is old enough, and adults can wait.", "", year)
    for number, result in enumerate(("passed", "passed", "failed", "passed")):
        await record_check(work, NewCheck(
            checked_on=today - timedelta(days=20 + 30 * number), device="A laptop and a phone on our network",
            user_group="A child's account", tested="The public test pages for filters.", result=result,
            system_id=system.id, done="Told the provider; open to nobody since." if result == "failed" else "",
        ))  # fmt: skip
    await name_duty(work, "senior_lead", work.actor.name)
    await record_review(
        work, profile, today - timedelta(days=340), f"{work.actor.name}, and whoever runs the network",
        "It works where we tried it. Two sites that we need were blocked.", "Both are open now.",
    )  # fmt: skip


async def _others(work: Work, profile: Profile, today: date) -> None:
    name = profile.title("committee")
    await describe(work, name, "Looks at figures, policies, filtering, and at what children say.", "Each term", 0)
    since = today - timedelta(days=300)
    await take_seat(work, work.actor.name, "Chair", since, is_child=False)
    for child in FIRST_NAMES[:2]:
        await take_seat(work, child, "", since, is_child=True)
    met = await record_meeting(
        work, profile, today - timedelta(days=50), "\n".join((work.actor.name, *FIRST_NAMES[:2])),
        "We looked at the figures of the term. Robin said that group chats go on all night. We ask more children.",
    )  # fmt: skip
    pies = framework_of(BUILT_IN, profile)
    if pies and (control := pies.control("L6")):
        due = today + timedelta(days=25)
        words = "Ask two groups what they would change about chats at night."
        plan = Plan(words=words, owner=str(work.actor.user_id), due_on=due)
        await plan_action(work, ACTIONS, met.id, pies, control, plan)
    await record_session(work, profile, NewSession(
        way="survey", title="Life online, in ten questions", held_on=today - timedelta(days=35), voices=64,
        said="Most know whom to tell. One in five would not tell anybody about a photograph.",
        done="We talked about it with every group, and put three names on the posters.",
    ))  # fmt: skip
    await _changes(work, profile, today)


async def _changes(work: Work, profile: Profile, today: date) -> None:
    """A policy whose effect was judged, and a practice of which it is too early to say."""
    pies = framework_of(BUILT_IN, profile)
    social, reporting = (pies.control(code) if pies else None for code in ("M5", "L12"))
    if not (pies and social and reporting):
        return
    policy = await begin_impact(work, profile, pies, social, NewImpact(
        kind="policy", title="What to do about accounts in our name", changed_on=today - timedelta(days=170),
        measure="control:M5", months=3, expected="Fewer incidents whose lesson is that nobody knew what to do.",
    ))  # fmt: skip
    why = "What came since was reported on the day on which somebody saw it, along the page that the policy names."
    await judge_impact(work, policy.id, "helped", why, policy.version)
    await begin_impact(work, profile, pies, reporting, NewImpact(
        kind="practice", title="The way to report stands on every start page", changed_on=today - timedelta(days=40),
        measure="total", months=3, expected="More reports at first, and earlier ones.",
    ))  # fmt: skip
