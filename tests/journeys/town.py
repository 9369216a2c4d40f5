"""A school and a care provider with everything that a page can show, made through the domain's own functions."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.evidence.requesting import request_period_pack
from safeguard.identity import acts, resetting, two_person
from safeguard.identity.approving import make_link
from safeguard.identity.assigning import Scope, assign
from safeguard.identity.inviting import invite
from safeguard.identity.managing import change_roles
from safeguard.incidents.adding import add_entry
from safeguard.incidents.closing import Closing, close
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident
from safeguard.incidents.story import Story
from safeguard.incidents.triaging import Classes, assess, classify
from safeguard.referrals.conversing import reopen, withdraw
from safeguard.sign_on import connecting
from safeguard.sign_on.connecting import Wish
from safeguard.tenancy.profiles import profile_of
from safeguard.web.paging import DEFAULT_LIMIT
from safeguard.work import begin
from tests.factories.incidents import ACTION, CONTACT, DECISION, IMPERSONATION, NOTE, SHORT
from tests.factories.organisations import make_organisation, make_person
from tests.journeys.announced import Announced, announce
from tests.journeys.attached import Attached, attach_files
from tests.journeys.desk import Desk, work_at
from tests.journeys.directory import connect_directory
from tests.journeys.handled import Handled, handle
from tests.journeys.homed import Homed, keep_home
from tests.journeys.hooked import tell_a_program
from tests.journeys.inspected import NOBODY_YET, Inspected
from tests.journeys.kept import Kept, keep_from
from tests.journeys.listed import Listed, list_them
from tests.journeys.moved import Moved, move_on
from tests.journeys.outlived import Outlived, outlive
from tests.journeys.received import Received, take_in
from tests.journeys.registered import Registered, keep_registers
from tests.journeys.reported import Reported, report_by_the_page
from tests.journeys.reviewed import Reviewed, review_standards
from tests.journeys.tokened import let_programs_in
from tests.referrals.making import make_referral

HOSTILE = NewIncident(
    narrative="<script>alert(1)</script> {{ 7*7 }} ${7*7} =HYPERLINK(1) فاطمة الزهراء 🦊 " + "Wolfeschlegelstein" * 30,
    accounts="https://example.test/" + "very-long-address/" * 12,
    danger_now=True,
)
CLOSING = Closing(
    summary="An account that pretended to be a teacher was taken down.",
    follow_up="The form tutors spoke with the pupils; the platform removed the account.",
    decision="No referral: no child was at risk of harm.",
    outcome="The teacher and the pupils are supported.",
)
ROLES = (Role.LEAD, Role.REPORTER, Role.ADMINISTRATOR, Role.HEAD, Role.GOVERNOR)


@dataclass(frozen=True, slots=True)
class Town:
    """Who lives here, and what has happened to them."""

    people: dict[Role, Actor]
    newcomer: Actor
    """The lead of an organisation in which nothing has happened yet."""
    carer: Actor
    followed: UUID
    """An incident with entries of every kind, classified, corrected once."""
    closed: UUID
    hostile: UUID
    action: UUID
    note: UUID
    invitation: str
    pack: UUID
    """An evidence pack that waits to be made: no worker runs here."""
    proposal: UUID
    """The deputy's role, which somebody else has to agree to."""
    approval: str
    """The outside second person's link to it."""
    reset: str
    """The reporter's link to another password."""
    assigned: Actor
    """A pastoral member who reads what happens in year 9."""
    handled: Handled
    """What the lead wrote into the incident that is followed."""
    kept: Kept
    """What is kept from a member of staff."""
    desk: Desk
    """A helpline, with a case."""
    announced: Announced
    """What it tells everybody."""
    attached: Attached
    """Files, and an incident that takes none."""
    listed: Listed
    """People whom the school knows."""
    received: Received
    """What came in from elsewhere."""
    reported: Reported
    """What came by the public page."""
    referral: UUID
    ended_referral: UUID
    resumed_referral: UUID
    """One that was withdrawn before its file had left, and goes on."""
    connection: UUID
    """A provider at which nobody signs in yet."""
    hook: UUID
    """An address that was told some things, and did not take them all."""
    directory: UUID
    """A directory that brings people and groups."""
    standards: Reviewed
    """A signed review, one under way, evidence, an improvement."""
    registers: Registered
    """Policies, training, filtering, the committee, voices."""
    moved: Moved
    """Somebody who goes to another school, and files that came."""
    homed: Homed
    """A children's home, and what it has ready."""
    outlived: Outlived
    """Records past their time, a hold, disposals."""
    inspected: Inspected = NOBODY_YET
    """An inspector, and what they read."""


async def person(organisation: UUID, role: Role) -> Actor:
    """Somebody with this role."""
    user_id, name = await make_person(organisation, (role,))
    return Actor(ActorKind.PERSON, organisation, user_id, frozenset({role}), name)


async def record(who: Actor, new: NewIncident, kind: str = "school") -> Story:
    """One report by one person."""
    async with begin(who) as work:
        return await record_incident(work, new, profile_of(kind))


async def describe_provider(lead: Actor) -> UUID:
    """Where members might sign in."""
    wish = Wish("Sample account", "https://login.example/sample", "safeguard", "secret", "oid", "amr", "mfa")
    async with begin(lead) as work:
        return await connecting.add(work, wish)


async def ask_for_pack(lead: Actor) -> UUID:
    """A pack of the last days."""
    async with begin(lead) as work:
        return await request_period_pack(work, date(2026, 1, 1), date(2026, 1, 31))


async def follow(lead: Actor, story: Story) -> tuple[UUID, UUID]:
    """Assess, classify, add an entry of every kind, correct; returns the note and the action."""
    incident = story.facts.id
    async with begin(lead) as work:
        facts = await assess(work, incident, story.facts.version, "high", "The account messages pupils.")
    async with begin(lead) as work:
        chosen = Classes(four_c=("conduct",), risk_areas=("bullying",), issue_types=("impersonation",))
        facts = await classify(work, incident, facts.version, chosen, profile_of("school"))
    ids: list[UUID] = []
    for entry in (NOTE, DECISION, ACTION, CONTACT):
        async with begin(lead) as work:
            ids.append((await add_entry(work, incident, entry)).id)
    async with begin(lead) as work:
        lesson = NewEntry(kind="lesson", words="Two people own each account now.", controls=("M5", "L7"))
        await add_entry(work, incident, lesson)
    return ids[0], ids[2]


async def ask_for_deputy(lead: Actor, reporter: Actor) -> UUID:
    """A proposal."""
    assert reporter.user_id
    async with begin(lead) as work:
        roles = [Role.REPORTER, Role.DEPUTY]
        proposal = await change_roles(work, reporter.user_id, roles, reason="The lead is away from May to July.")
        assert proposal
        return proposal.id


async def ask_outside(lead: Actor, reporter: Actor) -> str:
    """The outside link to a proposal of somebody who is alone."""
    proposal = await ask_for_deputy(lead, reporter)
    async with begin(lead) as work:
        return (await make_link(work, proposal)).path.removeprefix("/approve/")


async def assign_to(lead: Actor, pastoral: Actor) -> Actor:
    """Year 9, to a pastoral member."""
    assert pastoral.user_id
    async with begin(lead) as work:
        await assign(work, pastoral.user_id, Scope(groups=("Year 9",), risk_areas=("bullying",)))
    return pastoral


async def ended(lead: Actor, referral: UUID) -> UUID:
    """A referral that was withdrawn."""
    async with begin(lead) as work:
        await withdraw(work, referral, "The platform acted by itself.")
    return referral


async def resumed(lead: Actor, referral: UUID) -> UUID:
    """A referral that goes on after it was withdrawn."""
    await ended(lead, referral)
    async with begin(lead) as work:
        await reopen(work, referral, "The account is back, under another name.")
    return referral


async def refer_often(lead: Actor, incident: UUID) -> None:
    """So many referrals that their list has a second page."""
    helpline = await make_organisation("helpline")
    for _ in range(DEFAULT_LIMIT):
        await make_referral(lead, incident, to=helpline)


async def lose_password(lead: Actor, reporter: Actor) -> str:
    """A link to another password."""
    assert reporter.user_id
    async with begin(lead) as work:
        return (await resetting.make_link(work, reporter.user_id)).removeprefix("/reset/")


async def settle() -> Town:
    """Build the town."""
    acts.bind(*two_person.ACTS)
    school = await make_organisation("school")
    people = {role: await person(school, role) for role in ROLES}
    lead, reporter = people[Role.LEAD], people[Role.REPORTER]
    newcomer = await person(await make_organisation("club"), Role.LEAD)
    carer = await person(await make_organisation("care"), Role.LEAD)
    await record(carer, SHORT, "care")
    for _ in range(27):
        await record(lead, SHORT)
    followed = await record(reporter, IMPERSONATION)
    note, action = await follow(lead, followed)
    handled = await handle(lead, followed, await record(lead, SHORT))
    hostile = await record(reporter, HOSTILE)
    closed = await record(lead, SHORT)
    async with begin(lead) as work:
        await close(work, closed.facts.id, closed.facts.version, CLOSING)
    async with begin(lead) as work:
        invited = await invite(work, "newcomer@example.org", (Role.REPORTER,))
    reset = await lose_password(lead, reporter)
    proposal = await ask_for_deputy(lead, reporter)
    approval = await ask_outside(newcomer, await person(newcomer.organisation_id, Role.REPORTER))
    attached = await attach_files(lead, followed.facts.id)
    desk = await work_at(await person(await make_organisation("helpline"), Role.SUPERVISOR))
    listed = await list_them(lead, followed.facts.id)
    await let_programs_in(lead)
    await refer_often(lead, followed.facts.id)
    return Town(
        people, newcomer, carer, followed.facts.id, closed.facts.id, hostile.facts.id, action, note, invited.token,
        await ask_for_pack(lead), proposal=proposal, approval=approval, reset=reset,
        assigned=await assign_to(lead, await person(school, Role.PASTORAL)), handled=handled,
        kept=await keep_from(await person(school, Role.REPORTER), lead, people[Role.HEAD], reporter),
        attached=attached,
        listed=listed,
        received=await take_in(lead),
        reported=await report_by_the_page(f"sample-{school.hex[-12:]}", lead, people[Role.HEAD]),
        referral=await make_referral(lead, followed.facts.id, files=[attached.file]),
        ended_referral=await ended(lead, await make_referral(lead, followed.facts.id)),
        resumed_referral=await resumed(lead, await make_referral(lead, followed.facts.id, files=[attached.file])),
        connection=await describe_provider(lead),
        directory=await connect_directory(lead),
        hook=await tell_a_program(lead),
        standards=await review_standards(lead, people[Role.HEAD]),
        registers=await keep_registers(lead, people[Role.HEAD]),
        moved=await move_on(lead),
        homed=await keep_home(await person(await make_organisation("childrens_home"), Role.LEAD)),
        outlived=await outlive(lead, people[Role.HEAD], listed.person, desk.supervisor),
        desk=desk,
        announced=await announce(desk.supervisor, desk.case, school),
    )  # fmt: skip
