"""The counts that dashboards read are those that a recount finds, whatever happened and whenever it was folded in."""

import random
from typing import Any

import asyncpg
import msgspec
import psycopg
import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.errors import DomainError, Forbidden
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.adding import add_entry
from safeguard.incidents.closing import Closing, close, reopen
from safeguard.incidents.correcting import SAVE_PERSON
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.triaging import Classes, assess, classify
from safeguard.insights.combining import read_combined
from safeguard.insights.counting import fold, read_counts, read_narrowed, recount
from safeguard.insights.narrowing import find_narrowed
from safeguard.insights.recounting import rebuild
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL, SHORT

pytestmark = pytest.mark.anyio

VERSION = "select version from public.incidents where organisation_id = $1 and id = $2"
RESTRICT = "update public.incidents set restricted_at = now() where organisation_id = %s and id = %s"
AT = """
update public.incidents set recorded_at = %s, happened_from = %s, happened_precision = 'minute'
where organisation_id = %s and id = %s
"""
BUS = NewIncident(
    narrative="Messages were passed on from the bus.", place="online_only",
    people=tuple(NewPerson(name=f"Of {one}", role="affected", kind="child", group_name=one) for one in ("9B", "10A")),
)  # fmt: skip
CLOSING = Closing(summary="Over.", follow_up="Done.", decision="No referral.", outcome="Supported.")
COMPARED = (
    "total", "risk", "state", "four_c", "risk_area", "issue", "platform", "place", "hour", "control", "acknowledged",
    "triaged", "closed", "year",
)  # fmt: skip
NARROWED = (
    "risk|high",
    "risk|unassessed",
    "four_c|conduct",
    "issue|impersonation",
    "platform|tiktok",
    "place|online_only",
)
REMOVE = """
update public.incident_people set removed_at = case when removed_at is null then now() end
where organisation_id = %s and id = %s
"""
MOVE = "update public.incident_people set group_name = %s where organisation_id = %s and id = %s"
DELETE = (
    "delete from public.entries where organisation_id = %(organisation)s and incident_id = %(incident)s",
    "delete from public.incident_people where organisation_id = %(organisation)s and incident_id = %(incident)s",
    "delete from public.incidents where organisation_id = %(organisation)s and id = %(incident)s",
)


async def act(lead: Any, source: random.Random, incidents: list[Any], lessons: list[Any], people: list[Any]) -> None:
    """One thing that happens."""
    async with begin(lead) as work:
        if not incidents or source.random() < 0.3:
            story = await record_incident(work, source.choice((SHORT, IMPERSONATION, BUS)), SCHOOL)
            incidents.append(story.facts.id)
            people += [person.id for person in story.people]
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


async def happen_past_the_service(
    owner: Any, lead: Any, source: random.Random, incidents: list[Any], lessons: list[Any], people: list[Any]
) -> None:
    """What other rooms do to rows: a person is struck out or moves up, an incident is restricted or disposed of."""
    organisation, incident = lead.organisation_id, source.choice(incidents)
    match source.randrange(4):
        case 0 if people:
            await owner.execute(REMOVE, (organisation, source.choice(people)))
        case 1 if people:
            group = source.choice(("10C", "Year 9", "the choir"))
            await owner.execute(MOVE, (group, organisation, source.choice(people)))
        case 2:
            await owner.execute(RESTRICT, (organisation, incident))
        case _:
            for statement in DELETE:
                await owner.execute(statement, {"organisation": organisation, "incident": incident})
            incidents.remove(incident)
            lessons[:] = [one for one in lessons if one[0] != incident]


async def agree(lead: Any) -> None:
    async with begin(lead) as work:
        counted, again = await read_counts(work), await recount(work)
        assert {name: counted.by.get(name, {}) for name in COMPARED} == {
            name: again.by.get(name, {}) for name in COMPARED
        }
        for narrowed_to in NARROWED:
            kept = (await read_narrowed(work, narrowed_to)).by
            assert kept == (await recount(work, narrowed_to)).by, narrowed_to
            one = find_narrowed((narrowed_to.replace("|", ":"),), SCHOOL)
            assert (await read_combined(work, one, "2000-01", "2999-12")).by == kept, narrowed_to


@pytest.mark.parametrize("seed", range(4))
async def test_after_any_history_the_counts_are_those_of_a_recount(someone, addresses, seed):
    lead = await someone(Role.LEAD)
    source, incidents, lessons, people = random.Random(seed), [], [], []
    for step in range(40):
        try:
            await act(lead, source, incidents, lessons, people)
        except DomainError:
            continue
        if step % 11 == 9:
            async with await psycopg.AsyncConnection.connect(addresses.owner) as owner:
                await happen_past_the_service(owner, lead, source, incidents, lessons, people)
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
        narrowed = await read_narrowed(work, "platform|tiktok")
    assert kept.facts.id != hidden.facts.id
    assert counts.total("total") == narrowed.total("total") == 1
    assert counts.total("control", "M1") == 0
    assert counts.total("year", "09") == 2
    await agree(lead)


async def test_a_report_that_alleges_a_member_is_restricted_at_once_and_leaves_no_figure(someone):
    lead = await someone(Role.LEAD)
    alleged = await someone(Role.LEAD, organisation=lead.organisation_id)
    children = BUS.people
    people = (children[0], NewPerson(name=alleged.name, role="alleged", kind="adult", connection="staff"), children[1])
    async with begin(lead) as work:
        await record_incident(work, msgspec.structs.replace(BUS, people=people), SCHOOL)
    for reader in (lead, alleged):
        async with begin(reader) as work:
            assert (await read_counts(work)).by == {}
            assert (await read_narrowed(work, "place|online_only")).by == {}
    async with begin(system(lead.organisation_id)) as work:
        await fold(work)
    async with begin(alleged) as work:
        assert (await read_counts(work)).by == {}


async def test_a_person_who_is_corrected_counts_once_as_they_are_now(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        story = await record_incident(work, BUS, SCHOOL)
    child = story.people[0]
    for group in ("Year 11", "Year 11", "unknown", "11A"):
        async with begin(lead) as work:
            await work.driver.execute(
                SAVE_PERSON, story.facts.id, child.id, 1, "affected", "child", None, child.name, group, "", None, None
            )
    async with begin(lead) as work:
        assert (await read_counts(work)).totals("year") == {"10": 1, "11": 1}


async def test_counting_everything_anew_changes_nothing_that_was_right_and_mends_what_was_not(someone, addresses):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        story = await record_incident(work, IMPERSONATION, SCHOOL)
    async with begin(lead) as work:
        await assess(work, story.facts.id, story.facts.version, "high", "Because.")
    async with begin(lead) as work:
        before = await read_counts(work), await read_narrowed(work, "risk|high")
    owner = await asyncpg.connect(addresses.owner)
    try:
        for table in ("incident_counts", "incident_pair_counts", "incident_count_changes"):
            await owner.execute(f"delete from public.{table} where organisation_id = $1", lead.organisation_id)
        assert await rebuild(owner) >= 1
    finally:
        await owner.close()
    async with begin(lead) as work:
        assert (await read_counts(work), await read_narrowed(work, "risk|high")) == before
    await agree(lead)


@pytest.mark.parametrize(
    ("moment", "month", "hour"),
    [
        ("2026-12-31 23:59:59+00", "2026-12", "23"),
        ("2027-01-01 00:00:00+00", "2027-01", "00"),
        ("2026-08-31 23:30:00+00", "2026-09", "00"),
        ("2026-03-29 00:59:59+00", "2026-03", "00"),
        ("2026-03-29 01:00:00+00", "2026-03", "02"),
        ("2026-10-25 00:30:00+00", "2026-10", "01"),
        ("2026-10-25 01:30:00+00", "2026-10", "01"),
        ("2026-10-31 23:30:00+00", "2026-10", "23"),
    ],
)
async def test_an_incident_counts_in_the_month_and_hour_of_the_place_also_when_clocks_change(
    someone, addresses, moment, month, hour
):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        incident = (await record_incident(work, SHORT, SCHOOL)).facts.id
    async with await psycopg.AsyncConnection.connect(addresses.owner) as owner:
        await owner.execute(AT, (moment, moment, lead.organisation_id, incident))
    async with begin(lead) as work:
        counts = await read_counts(work)
    assert dict(counts.months("total")) == {month: 1}
    assert dict(counts.months("hour", hour)) == {month: 1}


@pytest.mark.parametrize(
    ("said", "year"),
    [
        ("Year 9", "09"), ("9B", "09"), ("Yr 09", "09"), ("y10", "10"), ("Blwyddyn 13", "13"), ("10", "10"),
        ("Reception", "00"), ("Year 14", None), ("2019 intake", None), ("under 13s", None), ("", None), ("the 9", None),
    ],
)  # fmt: skip
async def test_a_year_group_is_understood_as_schools_write_it_and_nothing_else_is_one(addresses, said, year):
    async with await psycopg.AsyncConnection.connect(addresses.owner) as owner:
        await owner.execute("set local role safeguard_definer")
        found = await (await owner.execute("select public.year_group(%s)", (said,))).fetchone()
    assert found == (year,)


async def test_a_report_that_says_danger_has_not_been_judged_yet(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        story = await record_incident(work, msgspec.structs.replace(SHORT, danger_now=True), SCHOOL)
    async with begin(lead) as work:
        assert (await read_counts(work)).totals("triaged") == {}
        await assess(work, story.facts.id, story.facts.version, "high", "Seen with the family.")
        assert (await read_counts(work)).totals("triaged") == {"1": 1}


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
