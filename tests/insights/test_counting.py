"""The counts that dashboards read are those that a recount finds, whatever happened and whenever it was folded in."""

import random
from typing import Any

import msgspec
import psycopg
import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.errors import DomainError, Forbidden
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.adding import add_entry
from safeguard.incidents.closing import Closing, close, reopen
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.recording import record_incident
from safeguard.incidents.triaging import Classes, assess, classify
from safeguard.insights.counting import fold, read_counts, recount
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL, SHORT

pytestmark = pytest.mark.anyio

VERSION = "select version from public.incidents where organisation_id = $1 and id = $2"
RESTRICT = "update public.incidents set restricted_at = now() where organisation_id = %s and id = %s"
CLOSING = Closing(summary="Over.", follow_up="Done.", decision="No referral.", outcome="Supported.")
COMPARED = ("total", "risk", "state", "four_c", "risk_area", "issue", "platform", "place", "hour", "control")


async def act(lead: Any, source: random.Random, incidents: list[Any], lessons: list[Any]) -> None:
    """One thing that happens."""
    async with begin(lead) as work:
        if not incidents or source.random() < 0.3:
            incidents.append((await record_incident(work, source.choice((SHORT, IMPERSONATION)), SCHOOL)).facts.id)
            return
        incident = source.choice(incidents)
        version = await work.driver.fetchval(VERSION, lead.organisation_id, incident)
        match source.randrange(6):
            case 0:
                await acknowledge(work, incident, version)
            case 1:
                await assess(work, incident, version, source.choice(("low", "high")), "Because.")
            case 2:
                areas = tuple(source.sample(("conduct", "contact", "content"), source.randrange(3)))
                await classify(work, incident, version, Classes(four_c=areas, issue_types=("impersonation",)), SCHOOL)
            case 3:
                await close(work, incident, version, CLOSING)
            case 4:
                await reopen(work, incident, version, "More came to light.")
            case _:
                earlier = source.choice([None, *(one for one in lessons if one[0] == incident)])
                lesson = NewEntry(
                    kind="lesson", words="We learnt.", controls=tuple(source.sample(("M1", "L7", "S2"), 2))
                )
                if earlier:
                    lesson = msgspec.structs.replace(lesson, supersedes_id=earlier[1])
                lessons.append((incident, (await add_entry(work, incident, lesson)).id))


async def agree(lead: Any) -> None:
    async with begin(lead) as work:
        counted, again = await read_counts(work), await recount(work)
    assert {name: counted.by.get(name, {}) for name in COMPARED} == {name: again.by.get(name, {}) for name in COMPARED}


@pytest.mark.parametrize("seed", range(4))
async def test_after_any_history_the_counts_are_those_of_a_recount(someone, seed):
    lead = await someone(Role.LEAD)
    source, incidents, lessons = random.Random(seed), [], []
    for step in range(40):
        try:
            await act(lead, source, incidents, lessons)
        except DomainError:
            continue
        if step % 13 == 7:
            async with begin(system(lead.organisation_id)) as work:
                await fold(work)
        if step % 5 == 0:
            await agree(lead)
    await agree(lead)


async def test_a_restricted_incident_counts_nowhere_and_its_lessons_neither(someone, addresses):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        kept = await record_incident(work, IMPERSONATION, SCHOOL)
        hidden = await record_incident(work, IMPERSONATION, SCHOOL)
        await add_entry(work, hidden.facts.id, NewEntry(kind="lesson", words="We learnt.", controls=("M1",)))
    async with await psycopg.AsyncConnection.connect(addresses.owner) as owner:
        await owner.execute(RESTRICT, (lead.organisation_id, hidden.facts.id))
    async with begin(lead) as work:
        counts = await read_counts(work)
    assert kept.facts.id != hidden.facts.id
    assert counts.total("total") == 1
    assert counts.total("control", "M1") == 0
    await agree(lead)


async def test_counts_of_another_organisation_are_not_there(someone):
    lead, stranger = await someone(Role.LEAD), await someone(Role.LEAD)
    async with begin(lead) as work:
        await record_incident(work, SHORT, SCHOOL)
    async with begin(system(lead.organisation_id)) as work:
        await fold(work)
    async with begin(stranger) as work:
        assert (await read_counts(work)).by == {}


async def test_a_reporter_reads_no_figures(someone):
    async with begin(await someone(Role.REPORTER)) as work:
        with pytest.raises(Forbidden):
            await read_counts(work)
