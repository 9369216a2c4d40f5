"""Whatever happens to records, in any order and whenever it is folded in: the figures are those of a recount.

Everything is done by the verbs of the service, disposals and merges among it; only an organisation that moves to
another zone is not, whose verb asks for more than it changes here.
"""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import psycopg
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from safeguard.access.actors import Actor, ActorKind, system
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.errors import DomainError
from safeguard.identity import acts, approving
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.adding import add_entry
from safeguard.incidents.closing import Closing, close, reopen
from safeguard.incidents.correcting import correct
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.hiding import ending
from safeguard.incidents.hiding.circle import confine, exclude, release
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import Happened, NewIncident, NewPerson
from safeguard.incidents.triaging import Classes, assess, classify
from safeguard.insights.counting import fold
from safeguard.people.merging import merge, separate
from safeguard.people.recording import record_person
from safeguard.records import disposing
from safeguard.records.holding import About
from safeguard.strongbox import masters
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL
from tests.factories.organisations import make_organisation, make_person
from tests.factories.people import called
from tests.insights.agreeing import NARROWED, agree, agree_on_people
from tests.records.making import disposed

PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
"""A failure is shown as it was found: making it smaller takes minutes."""
PICK = st.integers(0, 7)
GROUPS = st.sampled_from(["9B", "Year 10", "Year 11", ""])
ROLES = st.sampled_from(["affected", "alleged", "affected"])
CONTROLS = st.lists(st.sampled_from(["M1", "L7", "S2"]), unique=True, min_size=1)
CLOSING = Closing(summary="Over.", follow_up="Done.", decision="No referral.", outcome="Supported.")
MOVED = "update public.organisations set time_zone = %s where id = %s"
MOMENTS = st.sampled_from([
    None, datetime(2025, 8, 31, 23, 30, tzinfo=UTC), datetime(2026, 1, 1, 2, 30, tzinfo=UTC),
    datetime(2026, 10, 31, 22, 30, tzinfo=UTC), datetime(2024, 9, 1, 0, 10, tzinfo=UTC),
])  # fmt: skip
"""Now, and nights in which a month or a school year ends here and not elsewhere."""
ZONES = st.sampled_from(["Europe/London", "Atlantic/Bermuda", "Europe/Gibraltar"])


async def agreed(actor: Actor, proposal_id: UUID) -> None:
    """Somebody else agrees to what was asked."""
    async with begin(actor) as work:
        await approving.approve(work, proposal_id)


class History(RuleBasedStateMachine):
    """One organisation. `loop` and `owner` are set by the test."""

    loop: asyncio.AbstractEventLoop
    owner: psycopg.Connection

    def run(self, coroutine):
        """What came of it; nothing where it was refused."""
        try:
            return self.loop.run_until_complete(coroutine)
        except DomainError:
            return None

    def act(self, verb, *values, at=None):
        async def do():
            async with begin(self.lead) as work:
                work.dated = at  # what is done is of then; the log's entry is of now
                found = await verb(work, *values)
                work.dated = None
                return found

        return self.run(do())

    def past_the_service(self, statement, *values):
        self.owner.execute(statement, values)

    def story(self, pick):
        return self.act(read_incident, self.incidents[pick % len(self.incidents)])

    @initialize()
    def begin_with_people(self):
        async def do():
            organisation = await make_organisation()
            made = [(await make_person(organisation, [role]), role) for role in (Role.LEAD, Role.LEAD, Role.DEPUTY)]
            self.lead, self.other, self.excluded = (
                Actor(ActorKind.PERSON, organisation, user, frozenset({role}), name) for (user, name), role in made
            )
            async with begin(self.lead) as work:
                return [
                    (await record_person(work, called(name, "Brook"), SCHOOL)).id for name in ("Ana", "Ann", "Anne")
                ]

        self.people = self.run(do())
        self.incidents, self.lessons, self.merges, self.kept = [], [], [], []

    @rule(pick=PICK, role=ROLES, group=GROUPS, moment=MOMENTS, known=st.booleans())
    def record(self, pick, role, group, moment, known):
        """About somebody whom the organisation knows, and somebody whom it does not."""
        person = self.people[pick % len(self.people)] if self.people else None
        tied = NewPerson(name="Ana", role=role, kind="child", connection="pupil", group_name=group, person_id=person)
        other = NewPerson(name="Sam", role="witness", kind="child", group_name="Year 9")
        at = Happened(precision="minute", from_=moment or datetime(2026, 7, 14, 9, tzinfo=UTC))
        new = NewIncident(narrative="Messages were passed on.", place="online_only", people=(tied, other), happened=at)
        if story := self.act(record_incident, new if known else IMPERSONATION, SCHOOL, at=moment):
            self.incidents.append(story.facts.id)

    @precondition(lambda self: self.incidents)
    @rule(pick=PICK, step=st.integers(0, 5), areas=st.lists(st.sampled_from(["conduct", "contact"]), unique=True))
    def handle(self, pick, step, areas):
        story = self.story(pick)
        at = (story.facts.id, story.facts.version)
        match step:
            case 0:
                self.act(acknowledge, *at)
            case 1:
                self.act(assess, *at, "high" if areas else "low", "Because.")
            case 2:
                classes = Classes(four_c=tuple(areas), issue_types=("impersonation",))
                self.act(classify, *at, classes, SCHOOL)
            case 3 | 4:
                self.act(close, *at, CLOSING)
            case _:
                self.act(reopen, *at, "More came to light.")

    @precondition(lambda self: self.incidents)
    @rule(pick=PICK, controls=CONTROLS, again=st.booleans(), moment=MOMENTS)
    def learn(self, pick, controls, again, moment):
        incident = self.incidents[pick % len(self.incidents)]
        earlier = [lesson for one, lesson in self.lessons if one == incident] if again else []
        new = NewEntry(kind="lesson", words="We learnt.", controls=tuple(controls))
        new = msgspec.structs.replace(new, supersedes_id=earlier[pick % len(earlier)]) if earlier else new
        if entry := self.act(add_entry, incident, new, at=moment):
            self.lessons.append((incident, entry.id))

    @precondition(lambda self: self.incidents)
    @rule(pick=PICK, group=GROUPS, role=ROLES, platforms=st.sampled_from([(), ("tiktok",)]), leave_out=st.booleans())
    def correct(self, pick, group, role, platforms, leave_out):
        """The account, where it was, and who they are: somebody is struck out, or moves up, or has another part."""
        story = self.story(pick)
        people = [
            NewPerson(name=one.name, role=role if one.person_id else one.role, kind=one.kind, connection=one.connection,
                      group_name=group or one.group_name, id=one.id, person_id=one.person_id)
            for one in story.people
        ]  # fmt: skip
        new = NewIncident(narrative="It was otherwise.", platforms=platforms, people=tuple(people[leave_out:]))
        self.act(correct, story.facts.id, story.facts.version, new, SCHOOL)

    @precondition(lambda self: len(self.incidents) > 1)
    @rule(pick=PICK, few=st.booleans())
    def keep_from_somebody(self, pick, few):
        incident = self.incidents[pick % len(self.incidents)]
        if few:
            self.act(confine, incident, (), "It is about a colleague.")
        else:
            self.act(exclude, incident, self.excluded.user_id)
        self.kept.append(incident)

    @precondition(lambda self: self.kept)
    @rule(pick=PICK, mistaken=st.booleans())
    def let_in_again(self, pick, mistaken):
        """Two people end an exclusion, or what was kept to a few is opened: where nothing is left, it counts again."""
        incident, why = self.kept[pick % len(self.kept)], "Another person of that name."
        self.act(release, incident, why)
        ground, told_how = ("mistaken", "") if mistaken else ("told", "By the head, in person.")
        if asked := self.act(ending.ask, incident, self.excluded.user_id, ground, told_how, why):
            self.run(agreed(self.other, asked.id))

    @precondition(lambda self: len(self.incidents) > 1)
    @rule(pick=PICK)
    def dispose_of_an_incident(self, pick):
        story = self.story(pick)
        self.act(close, story.facts.id, story.facts.version, CLOSING)
        if self.run(disposed(self.lead, self.other, About("incident", story.facts.id), "mistake")):
            self.incidents.remove(story.facts.id)
            self.lessons = [one for one in self.lessons if one[0] != story.facts.id]

    @precondition(lambda self: len(self.people) > 1)
    @rule(pick=PICK)
    def dispose_of_a_person(self, pick):
        person = self.people[pick % len(self.people)]
        if self.run(disposed(self.lead, self.other, About("person", person), "erasure")):
            self.people.remove(person)

    @precondition(lambda self: len(self.people) > 1)
    @rule(kept=PICK, absorbed=PICK)
    def merge(self, kept, absorbed):
        one, two = self.people[kept % len(self.people)], self.people[absorbed % len(self.people)]
        if found := self.act(merge, one, two, "One child, recorded twice."):
            self.merges.append(found)

    @precondition(lambda self: self.merges)
    @rule(pick=PICK)
    def undo_a_merge(self, pick):
        self.act(separate, self.merges[pick % len(self.merges)], "Two cousins.")

    @rule(zone=ZONES)
    def move(self, zone):
        self.past_the_service(MOVED, zone, self.lead.organisation_id)

    @rule()
    def fold(self):
        async def do():
            async with begin(system(self.lead.organisation_id)) as work:
                await fold(work)

        self.run(do())

    @invariant()
    def the_figures_are_those_of_a_recount(self):
        self.loop.run_until_complete(agree(self.lead, (NARROWED[len(self.lessons) % len(NARROWED)],)))
        self.loop.run_until_complete(agree_on_people(self.lead, self.owner))


def test_after_any_history_the_figures_are_those_of_a_recount(addresses, key, data):
    acts.bind(*disposing.ACTS, *ending.ACTS)
    with asyncio.Runner() as runner, psycopg.connect(addresses.owner, autocommit=True) as owner:
        loop = runner.get_loop()

        async def opened():
            pool.use(pool.Database(addresses.app, key))
            masters.use(masters.Masters(data / "keys"))

        loop.run_until_complete(opened())
        History.loop, History.owner = loop, owner
        try:
            run_state_machine_as_test(
                History,
                settings=settings(
                    max_examples=10,
                    stateful_step_count=24,
                    deadline=None,
                    phases=PHASES,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            loop.run_until_complete(pool.current().close())
            pool.use(None)
