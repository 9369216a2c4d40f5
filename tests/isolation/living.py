"""Two worlds with an ordinary life in both; what one of their people must not know of happens in one alone."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from litestar import Litestar

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.access.policy import Permission, may
from safeguard.access.roles import Role
from safeguard.channel import receiving
from safeguard.channel.bodies import Message
from safeguard.channel.keys import own_keys
from safeguard.concerns import handling, reading
from safeguard.concerns.handling import Said
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.evidence.sealing import FileKeySigner
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.intake.alert import NewAlert
from safeguard.intake.onward import give_onward
from safeguard.intake.receiving import receive_alert
from safeguard.intake.settling import close_alerts
from safeguard.people.correcting import correct_person
from safeguard.people.details import Details
from safeguard.people.queries import read_person
from safeguard.public_reports.arriving import Envelope, arrive
from safeguard.public_reports.doors import find_door
from safeguard.public_reports.replying import answer_in_concern, write_again
from safeguard.public_reports.sent import Sent
from safeguard.referrals.receiving import receive
from safeguard.referrals.referring import refer
from safeguard.standards.frameworks import framework_of
from safeguard.standards.improving import Plan, change_improvement, plan_improvement
from safeguard.tenancy.profiles import profile_of
from safeguard.webhooks import hooking, telling
from safeguard.work import begin
from tests.channel.conftest import Channel, Kept
from tests.factories.incidents import ACTION, IMPERSONATION, SCHOOL
from tests.isolation.worlds import NOON, Walk, World, copied, let_in, seeded, walk
from tests.referrals.making import OPENED

COOKIE, TOKEN = "c" * 22, "t" * 22
RECORDED = "incident.recorded"


@dataclass
class People:
    """Everybody of one organisation."""

    subject: Actor
    lead: Actor
    head: Actor
    reporter: Actor


@dataclass
class Two:
    """The two worlds, the service, and who lives there."""

    app: Litestar
    plain: World
    other: World
    people: People
    channel: Channel
    hook: UUID
    hidden: list[str]

    async def walks(self, starts: list[str], minutes: int, *, follow: bool = True) -> tuple[Walk, Walk]:
        """The same walk through both, or a look at these addresses alone."""
        at = NOON + timedelta(minutes=minutes)
        both: list[Walk] = []
        for world in (self.plain, self.other):
            world.hold_still(at)
            both.append(await walk(world, self.app, starts, COOKIE, TOKEN, at, follow=follow))
        return both[0], both[1]


STARTS = [
    "/", "/incidents", "/incidents?state=all", "/incidents?state=all#fragment", "/incidents?q=zebras&state=all",
    "/incidents?risk=emergency&state=all", "/incidents/new", "/concerns", "/concerns/new", "/concerns/people", "/audit",
    "/audit?log=restricted", "/evidence", "/approvals", "/people", "/notices", "/account", "/operations", "/settings",
    "/settings/people", "/settings/public", "/settings/webhooks", "/alerts", "/incidents/held",
    "/standards", "/standards/plan", "/insights", "/drafts",
    "/restricted", "/referrals", "/referrals#fragment", "/api/v1/referrals",
    "/api/v1/incidents", "/api/v1/incidents?state=all", "/api/v1/incidents?q=zebras", "/api/v1/evidence-packs",
    "/api/v1/people",
]  # fmt: skip
Ground = tuple[Any, Addresses, Any, ContextKey, Litestar]
"""What worlds are made on: how people are made, the database's addresses, its server, the key and the service."""


@asynccontextmanager
async def living(
    role: Role, ground: Ground, before: Callable[[People], Awaitable[None]] | None = None
) -> AsyncIterator[Two]:
    """Two worlds for a subject of this role; what is done `before` has happened in both."""
    someone, addresses, server, key, app = ground
    subject: Actor = await someone(role)
    here = subject.organisation_id
    lead = await someone(Role.LEAD, organisation=here)
    head = await someone(Role.HEAD, organisation=here)
    people = People(subject, lead, head, await someone(Role.REPORTER, organisation=here))
    helpline = await someone(Role.SUPERVISOR, kind="helpline")
    signer = FileKeySigner(b"l" * 32, "safeguard.test", addresses.signer)
    channel = Channel(lead, helpline, signer, Kept(), Kept())
    receiving.bind(helpline=channel.at_helpline, referrer=receive)
    hook = await ordinary_life(people, channel)
    if before:
        await before(people)
    await pool.current().close()
    with copied("plain", addresses, server, key) as plain, copied("other", addresses, server, key) as other:
        for world in (plain, other):
            world.hold_still(NOON)
            await let_in(world, subject, COOKIE, TOKEN)
        yield Two(app, plain, other, people, channel, hook, [])


async def ordinary_life(people: People, channel: Channel) -> UUID:
    """What everybody may know of; the webhook that the lead makes, which is told of incidents."""
    for there in (channel.school, channel.helpline):
        async with begin(system(there.organisation_id)) as work:
            await own_keys(work)
    async with begin(people.reporter, purpose="session") as work:
        facts = (await record_incident(work, IMPERSONATION, SCHOOL)).facts
    async with begin(people.lead, purpose="session") as work:
        await add_entry(work, facts.id, ACTION)
    await referred(people, channel, facts.id, "An account pretends to be a teacher.")
    records = may(people.subject, Permission.INCIDENT_RECORD)  # a governor records nothing
    async with begin(people.subject if records else people.reporter, purpose="session") as work:
        await record_incident(work, NewIncident(narrative="Two pupils shared a password."), SCHOOL)
    async with begin(people.lead, purpose="session") as work:
        hook = (await hooking.make_hook(work, "Sample", "https://hooks.example/here", [RECORDED])).id
    await told_to_a_program(people, facts.id)
    return hook


async def told_to_a_program(people: People, incident: UUID) -> None:
    """An address that a lead chose is told that an incident was recorded."""
    async with begin(system(people.lead.organisation_id)) as work:
        assert await telling.fan_out(work, clock.new_request_id(), telling.NOTICE + RECORDED, incident) == 1


async def hidden_life(two: Two) -> None:
    """What the subject must not know of: an incident that alleges them, and a concern about them, both worked on."""
    people = two.people
    with seeded("hidden", NOON):
        async with two.other.entered():
            named = NewPerson(name=people.subject.name, role="alleged", kind="adult")
            new = NewIncident(narrative="Sends zebras at night to a pupil.", people=(named,), danger_now=True)
            async with begin(people.reporter, purpose="session") as work:
                incident = (await record_incident(work, new, SCHOOL)).facts
            await put_on_the_list(people)
            async with begin(people.lead, purpose="session") as work:
                await read_incident(work, incident.id)
                await add_entry(work, incident.id, NewEntry(words="Rang the designated officer about zebras."))
                await add_entry(work, incident.id, ACTION)
            await planned_because_of_it(people, incident.id)
            async with begin(people.reporter, purpose="session") as work:
                raised = NewConcern(subject_name=people.subject.name, narrative="Zebras again.")
                concern = (await raise_concern(work, raised)).id
            async with begin(people.head, purpose="session") as work:
                await reading.read_concern(work, concern)
                await handling.add(work, concern, Said(words="Asked the office."))
            helpline = FileKeySigner(b"l" * 32, "safeguard.test", two.other.url)
            channel = replace(two.channel, signer=helpline)
            referral = await referred(people, channel, incident.id, "Somebody sends zebras at night.")
            two.hidden[:] = [str(incident.id), str(concern), str(referral)]
            await told_to_a_program(people, incident.id)
            await given_to_the_vault(two, await noticed_by_a_product(people))
            await told_by_a_child(people)


async def noticed_by_a_product(people: People) -> UUID:
    """A grave alert about the subject comes, is told of, looked at and closed; another waits: its id."""
    async with begin(people.lead, purpose="session") as work:
        said = {"severity": "urgent", "user": people.subject.name, "words": "Zebras, searched for."}
        first, second = [
            await receive_alert(work, "Watchful", NewAlert(id=f"z-{number}", raised_at=NOON, **said))  # type: ignore[arg-type]
            for number in (1, 2)
        ]
    async with begin(people.lead, purpose="session") as work:
        await close_alerts(work, [first.id], "A lesson on zebras.")
    return second.id


async def given_to_the_vault(two: Two, alert: UUID) -> None:
    """It may mean the lead as well, so nobody who handles incidents may know of it: it becomes a concern."""
    with psycopg.connect(two.other.owner) as owner:
        meant = "update alerts set kept_from = kept_from || %s where id = %s"
        owner.execute(meant, (two.people.lead.user_id, alert))
    async with begin(system(two.people.lead.organisation_id)) as work:
        assert await give_onward(work, alert)


async def planned_because_of_it(people: People, incident: UUID) -> None:
    """What is to be done better goes into the action plan, and is begun."""
    pies = framework_of("pies", profile_of("school"))
    assert pies
    plan = Plan(words="Ask at night who writes, of zebras too.", owner="The chair", due_on=NOON.date())
    async with begin(people.lead, purpose="session") as work:
        made = await plan_improvement(work, pies, pies.controls[0], plan, "incident", incident)
        assert made.origin_id == incident
    async with begin(people.lead, purpose="session") as work:
        await change_improvement(work, made.id, plan, "doing", "Asked about zebras.", "", 1)


async def put_on_the_list(people: People) -> None:
    """Another report that alleges the subject puts a child on the list of people, whom the lead reads and corrects."""
    child = NewPerson(name="Morgan Zebra", role="affected", kind="child", add=True)
    named = NewPerson(name=people.subject.name, role="alleged", kind="adult")
    async with begin(people.lead, purpose="session") as work:
        story = await record_incident(work, NewIncident(narrative="Zebras.", people=(child, named)), SCHOOL)
    person_id = story.people[0].person_id
    assert person_id
    async with begin(people.lead, purpose="session") as work:
        version = (await read_person(work, person_id)).version
        await correct_person(work, person_id, version, Details(kind="child", given_name="Morgan"), SCHOOL)


async def referred(people: People, channel: Channel, incident: UUID, question: str) -> UUID:
    """The lead refers it, it is carried and received, and the helpline answers."""
    async with begin(people.lead, purpose="session") as work:
        opened = msgspec.structs.replace(OPENED, question=question)
        referral = (await refer(work, incident, opened, channel.helpline.organisation_id, ())).id
    await channel.carry()
    await channel.open()
    answer = Message(referral=referral, id=clock.new_request_id(), author="Desk", words="What do you need?", asks=True)
    await channel.reply(answer)
    await channel.reply_all()
    return referral


async def told_by_a_child(people: People) -> None:
    """By the public page a child names the subject, the head answers, and the child writes again."""
    door = await find_door(f"sample-{people.subject.organisation_id.hex[-12:]}")
    sent = Sent(about="staff", words="Zebras, every night.", in_charge="no", subject_name=people.subject.name)
    envelope = Envelope("2222-3333-4444-5555", bytes(16), "en_GB", clock.new_request_id(), timedelta(minutes=3))
    told = await arrive(door, sent, envelope)
    assert told.concern_id
    async with begin(people.head, purpose="session") as work:
        await answer_in_concern(work, told.concern_id, "We have read about the zebras.")
    await write_again(door, envelope.code, "More zebras.", clock.new_request_id())


def nearly(two: Two) -> list[str]:
    """The addresses at which it would be, in the one world and in the other."""
    incident, concern, referral = two.hidden
    below = ("", "/correct", "/close", "/risk", "/versions/1", "/entries/new", "/assign", "/circle")
    return [
        *(f"/incidents/{incident}{path}" for path in below),
        f"/api/v1/incidents/{incident}",
        f"/evidence/new?incident={incident}",
        f"/audit?reference={incident}",
        *(f"/concerns/{concern}{path}" for path in ("", "/decide", "/close", "/messages")),
        f"/concerns/incidents/{incident}",
        f"/incidents/{incident}/refer",
        f"/incidents/{incident}/referrals",
        f"/api/v1/referrals/{referral}",
        *(f"/referrals/{referral}{path}" for path in ("", "/withdraw", "/close", "/reopen")),
        f"/settings/webhooks/{two.hook}",
    ]
