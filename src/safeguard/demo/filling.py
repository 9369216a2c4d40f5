"""An invented past made real: every step through the verbs of incidents, dated, and committed in batches.

It runs as the owner of the database, who alone may date an entry of the log. Each step is a unit of work of its own,
with its own request and its own leaves; many share a transaction, because thousands of commits would take minutes.
Time and chance come from the seed, so that the same seed gives the same records, salts and log.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from random import Random
from typing import cast
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.actors import Actor, ActorKind, system
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.demo import (
    acts,
    arriving,
    calling,
    concerning,
    desking,
    improving,
    inspecting,
    keeping,
    leaving,
    moving,
    registering,
    rostering,
    standing,
)
from safeguard.demo.acts import Step
from safeguard.demo.cast import House
from safeguard.demo.days import term_dates
from safeguard.demo.keeping_back import Later
from safeguard.demo.listing import People, list_people
from safeguard.demo.planning import begins
from safeguard.incidents import (
    acknowledging,
    adding,
    assigning,
    closing,
    correcting,
    identifying,
    informing,
    linking,
    recording,
    triaging,
)
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.queries import read_incident
from safeguard.incidents.reports import NewIncident
from safeguard.incidents.story import Facts, Person
from safeguard.registers.policies.reading import acknowledge
from safeguard.tenancy.choosing import change_setting
from safeguard.tenancy.organising import activate_when_ready, create_organisation
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.profiles import profile_of
from safeguard.tenancy.registry import TERMS, settings_of
from safeguard.work import ENTER, Work, begin

BATCH = 150
LIFETIME = 900
"""Seconds for which the context of one batch holds."""
REACHED = {
    "school": "Room 12, beside the library, or extension 204. If I am teaching, the front office will fetch me.",
    "club": "By the blue door before and after training, or by phone at any hour that matters.",
    "care": "The office on the ground floor, extension 3; at night the senior on duty rings me.",
    "childrens_home": "The manager on call, number on the staff room door, day and night.",
    "helpline": "The supervisor's desk, or the red line from any phone.",
}
ENROL = "select identity.enrol($1, $2, $3, $4, $5)"
ENROL_INVENTED = "select identity.enrol_invented($1)"
"""What stands for the second factor of people who do not exist: the page says so, and one button is enough."""


class Seeded:
    """Time and chance of an invented world: `at` is moved on by whoever tells it."""

    def __init__(self, seed: str, at: datetime) -> None:
        self.random = Random(seed)  # noqa: S311  an invented world: nothing in it is secret
        self.at = at

    def now(self) -> datetime:
        """The moment at which the story is."""
        return self.at

    def random_bytes(self, count: int) -> bytes:
        """The same bytes for the same seed."""
        return self.random.randbytes(count)


@dataclass(slots=True)
class Told:
    """What is known of one incident while it is being told."""

    facts: Facts
    people: tuple[Person, ...]
    new: NewIncident
    actions: list[UUID] = field(default_factory=list[UUID])
    asked: list[UUID] = field(default_factory=list[UUID])
    """Contacts that await an answer."""
    plans: dict[UUID | None, UUID] = field(default_factory=dict[UUID | None, UUID])
    """The newest plan of each person."""


@dataclass(slots=True)
class Filling:
    """One organisation being filled."""

    house: House
    profile: Profile
    organisation_id: UUID
    actors: tuple[Actor, ...]
    told: dict[int, Told] = field(default_factory=dict[int, Told])
    people: People = field(default_factory=People)
    concerns: int = 0
    """How many concerns about staff were told."""


async def fill(
    house: House, steps: list[Step], seed: int, until: datetime, password_hash: str, moved: Callable[[int], None]
) -> UUID:
    """Make the organisation, its people and its past; `moved` hears of each batch how many incidents were told."""
    source = Seeded(f"{seed} {house.new.slug} world", begins(until))
    with clock.use(source):
        filling = await _begin(house, source.at, password_hash)
        await _settle(filling, source, seed)
        meanwhile = improving.Meanwhile(house, filling.profile, filling.actors, until)
        whole = list(_batches(steps, meanwhile.moments))
        for number, batch in enumerate(whole, start=1):
            await meanwhile.reach(batch[0].at)
            await _commit(filling, batch, source)
            await _raise_concerns(filling, number / len(whole))
            moved(sum(isinstance(step.act, acts.Record) for step in batch))
        await meanwhile.reach(until)
        await _measure_again(filling, source, seed, meanwhile.known)
        await _work_desk(filling, seed)
        await _be_inspected(filling, source, password_hash)
        await _move_on(filling, source)
        await _keep(filling, source)
        return filling.organisation_id


def _batches(steps: list[Step], moments: Sequence[datetime]) -> Iterator[list[Step]]:
    """In their order, none of them over one of these moments."""
    for _, span in groupby(steps, lambda step: sum(moment <= step.at for moment in moments)):
        some = list(span)
        yield from (some[first : first + BATCH] for first in range(0, len(some), BATCH))


async def _begin(house: House, at: datetime, password_hash: str) -> Filling:
    async def people(work: Work, _profile: Profile) -> tuple[Actor, ...]:
        actors = [await _enrol(work, house, number, password_hash) for number in range(len(house.members))]
        await activate_when_ready(work)
        return tuple(actors)

    organisation_id, actors = await create_organisation(house.new, people, dated=at)
    return Filling(house, profile_of(house.kind, house.new.nation), organisation_id, actors)


async def _enrol(work: Work, house: House, number: int, password_hash: str) -> Actor:
    member = house.members[number]
    roles = [str(role) for role in member.roles]
    values = (clock.new_id(), member.email, member.name, password_hash, roles)
    user_id = cast("UUID", await work.driver.fetchval(ENROL, *values))
    await work.driver.execute(ENROL_INVENTED, user_id)
    work.record("membership.created", user_id)
    return Actor(ActorKind.PERSON, work.organisation_id, user_id, frozenset(member.roles), member.name)


async def _settle(filling: Filling, source: Seeded, seed: int) -> None:
    """What the lead does at the beginning: say how to be reached, and list the people."""
    source.at += timedelta(hours=1)
    async with begin(filling.actors[filling.house.holding_lead], dated=source.at) as work:
        await change_setting(work, "contact.lead", REACHED[filling.house.kind], seen=0)
        if TERMS in settings_of(filling.profile):
            await change_setting(work, TERMS, term_dates(source.at.year), seen=0)
        filling.people = await list_people(work, filling.house, filling.profile, filling.actors, seed)
    await _measure(filling, source, seed)


async def _measure(filling: Filling, source: Seeded, seed: int) -> None:
    """The organisation looks at itself, and those who govern sign."""
    pies = standing.pies_of(filling.house, filling.profile)
    if pies is None:
        return
    async with begin(filling.actors[filling.house.holding_lead], dated=source.at) as work:
        review = await standing.review_whole(work, pies, Random(f"{seed} {filling.house.new.slug} before"))  # noqa: S311
    source.at += timedelta(hours=1)
    async with begin(standing.who(filling.house, filling.actors, Role.GOVERNOR), dated=source.at) as work:
        await standing.sign(work, pies, review)


async def _raise_concerns(filling: Filling, share: float) -> None:
    """What is kept in the vault by then."""
    for tale in concerning.tales_of(filling.house, share, filling.concerns):
        await concerning.tell(filling.house, filling.actors, tale)
        filling.concerns += 1


async def _measure_again(filling: Filling, source: Seeded, seed: int, known: Mapping[str, int]) -> None:
    """It looks again, after all that happened, with what came of the improvements."""
    if pies := standing.pies_of(filling.house, filling.profile):
        async with begin(filling.actors[filling.house.holding_lead], dated=source.at) as work:
            random = Random(f"{seed} {filling.house.new.slug} now")  # noqa: S311
            await standing.go_on(work, pies, random, known)
        await _keep_registers(filling, source)


async def _work_desk(filling: Filling, seed: int) -> None:
    """A helpline's desk has its cases, its report and an alert."""
    house = filling.house
    if house.kind == "helpline" and house.incidents:
        supervisor = standing.who(house, filling.actors, Role.SUPERVISOR)
        await desking.work_desk(supervisor, filling.profile, f"{seed} {house.new.slug} desk")


async def _be_inspected(filling: Filling, source: Seeded, password_hash: str) -> None:
    """An inspector is here, and asks."""
    body, lead = inspecting.body_of(filling.house), filling.actors[filling.house.holding_lead]
    if body is None:
        return
    async with begin(system(filling.organisation_id), purpose="provision", dated=source.at) as work:
        visit = await inspecting.enrol(work, filling.house, body, password_hash)
    async with begin(lead, dated=source.at) as work:
        inspection = await inspecting.let_in(work, visit)
        if not await inspecting.lasts(work, inspection):
            return
    async with begin(visit.inspector, dated=source.at) as work:
        question = await inspecting.ask(work, inspection)
    async with begin(lead, dated=source.at) as work:
        await inspecting.reply(work, inspection, question)


async def _move_on(filling: Filling, source: Seeded) -> None:
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
        run = await rostering.send(work, filling.house)
    for step in (rostering.choose, rostering.look):
        async with begin(lead, dated=source.at) as work:
            await step(work, run)


async def _keep(filling: Filling, source: Seeded) -> None:
    """What is past its time, on hold, asked for."""
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
        policy = await registering.keep(work, filling.profile, filling.actors)
    async with begin(filling.actors[filling.house.holding_lead], dated=source.at) as work:
        await calling.be_visited(work, filling.profile)
        await calling.notify(work, filling.profile)
    for place, (member, actor) in enumerate(zip(filling.house.members, filling.actors, strict=True)):
        if place % 3 != 1 and not registering.READERS.isdisjoint(member.roles):
            source.at += timedelta(minutes=7)
            async with begin(actor, dated=source.at) as work:
                await acknowledge(work, policy.id, policy.edition)


async def _commit(filling: Filling, batch: list[Step], source: Seeded) -> None:
    """One transaction of many units of work."""
    database = pool.current()
    context = database.key.sign(filling.organisation_id, None, "job", LIFETIME)
    async with database.connection() as connection:
        await connection.fetchval(ENTER, context)
        later = Later(connection)
        for step in batch:
            source.at = step.at
            actor = filling.actors[step.member]
            work = Work(actor, cast("pool.Connection", later), clock.new_request_id(), dated=step.at)
            await perform(work, filling, step)
            await work.finish()
        await later.append()
        await connection.execute(pool.COMMIT)


async def perform(work: Work, filling: Filling, step: Step) -> None:
    """Do one step, as its member, at its moment."""
    if isinstance(step.act, acts.Record):
        story = await recording.record_incident(work, step.act.new, filling.profile)
        filling.told[step.incident] = Told(story.facts, story.people, step.act.new)
        return
    told = filling.told[step.incident]
    match step.act:
        case acts.Add():
            await _add(work, filling, told, step.act)
        case acts.Answer(contact, words):
            new = NewEntry(kind="answer", action_id=told.asked[contact], words=words)
            await adding.add_entry(work, told.facts.id, new)
        case acts.Link(other, words):
            await linking.link(work, told.facts.id, filling.told[other].facts.id, words)
        case acts.Complete(action, words):
            await adding.complete_action(work, told.facts.id, told.actions[action], words)
        case acts.View():
            await read_incident(work, told.facts.id)
        case acts.Identify():
            told.facts = await _identify(work, filling, told)
        case _:
            told.facts = await _change(work, filling, told, step)


async def _add(work: Work, filling: Filling, told: Told, act: acts.Add) -> None:
    owner_id = filling.actors[act.owner].user_id if act.owner is not None else None
    person_id = told.people[act.about].id if act.about is not None else None
    entry = msgspec.structs.replace(act.entry, owner_id=owner_id, person_id=person_id)
    if entry.kind == "plan":
        entry = msgspec.structs.replace(entry, supersedes_id=told.plans.get(person_id))
    added = await adding.add_entry(work, told.facts.id, entry)
    if added.kind == "action":
        told.actions.append(added.id)
    if added.awaits_answer:
        told.asked.append(added.id)
    if added.kind == "plan":
        told.plans[person_id] = added.id


async def _change(work: Work, filling: Filling, told: Told, step: Step) -> Facts:
    """The acts that make a new version of the incident."""
    which = (work, told.facts.id, told.facts.version)
    match step.act:
        case acts.Acknowledge():
            return await acknowledging.acknowledge(*which)
        case acts.Assess(risk, reason):
            return await triaging.assess(*which, risk, reason) if told.facts.risk != risk else told.facts
        case acts.Assign(member):
            return await assigning.assign(*which, filling.actors[member].user_id)
        case acts.Classify(classes):
            return await triaging.classify(*which, classes, filling.profile)
        case acts.Parents(informed, reason):
            known = told.facts.parents_informed == informed
            return told.facts if known else await informing.note_parents(*which, informed, reason)
        case acts.Correct(wrong, right, reason):
            told.new = corrected(told, wrong, right)
            return await correcting.correct(*which, told.new, filling.profile, reason)
        case _:
            return await _end(which, step)


async def _end(which: tuple[Work, UUID, int], step: Step) -> Facts:
    match step.act:
        case acts.Close(how):
            return await closing.close(*which, how)
        case acts.Reopen(reason):
            return await closing.reopen(*which, reason)
        case _:
            raise TypeError(step.act)


async def _identify(work: Work, filling: Filling, told: Told) -> Facts:
    """Say who is who. Somebody alleged who has an account is left to a lead who sees to it by hand."""
    known = {person.id: filling.people.get((person.name, person.group_name)) for person in told.people}
    staff = {person.id for person in told.people if person.connection == "staff" and person.role == "alleged"}
    ties = {one: person_id for one, person_id in known.items() if person_id and one not in staff}
    if not ties:
        return told.facts
    return await identifying.identify_several(work, told.facts.id, told.facts.version, ties)


def corrected(told: Told, wrong: str, right: str) -> NewIncident:
    """The report as it should have read."""
    people = tuple(
        msgspec.structs.replace(new, id=person.id) for new, person in zip(told.new.people, told.people, strict=True)
    )
    narrative = told.facts.narrative.replace(wrong, right, 1)
    return msgspec.structs.replace(told.new, narrative=narrative, people=people)
