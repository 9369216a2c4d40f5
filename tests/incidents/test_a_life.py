"""An incident's life in any order: record, acknowledge, add, correct, assess, close, reopen.

Whatever happens, nothing that was said is lost or changed, every version is committed in order, a closed incident holds
its four closing fields and takes nothing, and what is refused leaves no trace.
"""

import asyncio
import json

import anyio
import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.errors import Conflict, DomainError, Invalid
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.adding import add_entry
from safeguard.incidents.closing import Closing, close, reopen
from safeguard.incidents.correcting import correct
from safeguard.incidents.documents import incident_document
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, tidy
from safeguard.incidents.triaging import assess
from safeguard.work import begin
from tests.factories.incidents import SCHOOL, SHORT
from tests.factories.organisations import make_organisation, make_person

WORDS = st.text(st.characters(codec="utf-8"), max_size=40)
RISKS = st.sampled_from(["low", "medium", "high", "emergency"])
COMMITTED = "select version, fields from audit.documents where kind = 'incident' and id = $1 order by version"


class Life(RuleBasedStateMachine):
    """One incident, and what must be true of it. `loop` and `lead` are set by the test."""

    loop: asyncio.AbstractEventLoop
    lead: object

    def act(self, verb, *values):
        """Do one thing as the lead, in a transaction of its own; returns the refusal, if it was refused."""

        async def do():
            async with begin(self.lead) as work:
                return await verb(work, *values)

        try:
            self.loop.run_until_complete(do())
        except DomainError as refusal:
            return refusal
        return None

    def look(self):
        async def do():
            async with begin(self.lead) as work:
                story = await read_incident(work, self.id)
                return story, await work.driver.fetch(COMMITTED, self.id)

        return self.loop.run_until_complete(do())

    @initialize()
    def record(self):
        async def do():
            async with begin(self.lead) as work:
                return await record_incident(work, SHORT, SCHOOL)

        self.facts = self.loop.run_until_complete(do()).facts
        self.id = self.facts.id
        self.said = []
        self.documents = [incident_document(self.facts, ())]

    @property
    def version(self):
        return self.facts.version

    @rule()
    def acknowledge(self):
        refused = self.act(acknowledge, self.id, self.version)
        assert (refused is None) == (self.facts.state == "new")

    @rule(words=WORDS, shared=st.booleans())
    def add(self, words, shared):
        refused = self.act(add_entry, self.id, NewEntry(words=words, shared=shared))
        if not tidy(words):
            assert isinstance(refused, Invalid)
        else:
            assert isinstance(refused, Conflict) == (self.facts.state == "closed")

    @rule(words=WORDS)
    def correct(self, words):
        refused = self.act(correct, self.id, self.version, NewIncident(narrative=words), SCHOOL)
        allowed = tidy(words) and self.facts.state != "closed" and tidy(words) != self.facts.narrative
        assert (refused is None) == bool(allowed)

    @rule(risk=RISKS, reason=WORDS)
    def assess(self, risk, reason):
        refused = self.act(assess, self.id, self.version, risk, reason)
        allowed = tidy(reason) and self.facts.state != "closed"  # the same risk again confirms it
        assert (refused is None) == bool(allowed)

    @rule(words=st.tuples(WORDS, WORDS, WORDS, WORDS))
    def close(self, words):
        closing = Closing(summary=words[0], follow_up=words[1], decision=words[2], outcome=words[3])
        refused = self.act(close, self.id, self.version, closing)
        assert (refused is None) == (all(map(tidy, words)) and self.facts.state != "closed")

    @rule(reason=WORDS)
    def reopen(self, reason):
        refused = self.act(reopen, self.id, self.version, reason)
        assert (refused is None) == (bool(tidy(reason)) and self.facts.state == "closed")

    @precondition(lambda self: self.version > 1)
    @rule()
    def act_on_an_earlier_version(self):
        assert isinstance(self.act(reopen, self.id, self.version - 1, "Because."), Conflict)

    @invariant()
    def nothing_is_overwritten(self):
        story, committed = self.look()
        entries = [msgspec.json.encode(entry) for entry in story.entries]
        assert entries[: len(self.said)] == self.said
        assert [row["version"] for row in committed] == list(range(1, story.facts.version + 1))
        assert [plain(row["fields"]) for row in committed][: len(self.documents)] == self.earlier
        assert plain(committed[-1]["fields"]) == dict(incident_document(story.facts, story.people).fields)
        closing = [getattr(story.facts, f"closing_{name}") for name in ("summary", "follow_up", "decision", "outcome")]
        assert all(closing) if story.facts.state == "closed" else not any(closing)
        self.facts, self.said = story.facts, entries
        self.documents = [plain(row["fields"]) for row in committed]

    @property
    def earlier(self):
        return [one if isinstance(one, dict) else dict(one.fields) for one in self.documents]


def plain(fields):
    return {name: json.loads(value) for name, (value, _salt) in json.loads(fields).items()}


def test_in_any_order_nothing_is_lost_and_the_rules_hold(addresses, key):
    with asyncio.Runner() as runner:
        loop = runner.get_loop()

        async def prepare():
            pool.use(pool.Database(addresses.app, key))
            organisation = await make_organisation()
            user, name = await make_person(organisation, [Role.LEAD])
            return Actor(ActorKind.PERSON, organisation, user, frozenset({Role.LEAD}), name)

        Life.loop, Life.lead = loop, loop.run_until_complete(prepare())
        try:
            run_state_machine_as_test(
                Life,
                settings=settings(
                    max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
                ),
            )
        finally:
            loop.run_until_complete(pool.current().close())
            pool.use(None)


@pytest.mark.anyio
async def test_of_fifty_who_change_the_same_version_at_once_one_wins(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        facts = (await record_incident(work, SHORT, SCHOOL)).facts
        facts = await acknowledge(work, facts.id, facts.version)
    outcomes = []

    async def change(number):
        try:
            async with begin(lead) as work:
                await assess(work, facts.id, facts.version, "high", f"Reason {number}.")
        except Conflict:
            outcomes.append("refused")
        else:
            outcomes.append(number)

    async with anyio.create_task_group() as group:
        for number in range(50):
            group.start_soon(change, number)
    winners = [outcome for outcome in outcomes if outcome != "refused"]
    assert (len(winners), len(outcomes)) == (1, 50)
    async with begin(lead) as work:
        story = await read_incident(work, facts.id)
    reasons = [entry.reason for entry in story.entries if entry.kind == "risk_change"]
    assert reasons == [f"Reason {winners[0]}."]
    assert story.facts.version == facts.version + 1
