"""The counts that dashboards read are those that a recount finds, whatever happened and whenever it was folded in."""

import asyncpg
import msgspec
import pytest

from safeguard import clock
from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.errors import Forbidden
from safeguard.incidents.adding import add_entry
from safeguard.incidents.correcting import SAVE_PERSON
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.parts import YEARS
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.triaging import assess
from safeguard.insights import counting
from safeguard.insights.counting import MOST_FOLDS, fold, fold_all, read_counts, read_narrowed
from safeguard.insights.involvement import count_involved
from safeguard.insights.periods import school_years
from safeguard.insights.recounting import rebuild
from safeguard.people.recording import record_person
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL, SHORT
from tests.factories.owning import owning
from tests.factories.people import called
from tests.insights.agreeing import agree

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


async def test_a_restricted_incident_counts_nowhere_and_its_lessons_neither_as_long_as_it_is_so(someone, addresses):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        kept = await record_incident(work, IMPERSONATION, SCHOOL)
        hidden = await record_incident(work, IMPERSONATION, SCHOOL)
        await add_entry(work, hidden.facts.id, NewEntry(kind="lesson", words="We learnt.", controls=("M1",)))
    async with owning(addresses.owner) as owner:
        await owner.execute(RESTRICT, (lead.organisation_id, hidden.facts.id))
    async with begin(lead) as work:
        counts = await read_counts(work)
        narrowed = await read_narrowed(work, "platform|tiktok")
    assert kept.facts.id != hidden.facts.id
    assert counts.total("total") == narrowed.total("total") == 1
    assert counts.total("control", "M1") == 0
    assert counts.total("year", "09") == 2
    await agree(lead)
    async with owning(addresses.owner) as owner:
        await owner.execute(RESTRICT.replace("now()", "null"), (lead.organisation_id, hidden.facts.id))
    async with begin(lead) as work:
        counts = await read_counts(work)
    assert (counts.total("total"), counts.total("control", "M1"), counts.total("year", "09")) == (2, 1, 4), "again"
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


MATCHING = "select code from unnest(%s::text[]) code where %s ~* public.year_pattern(code)"
DAMAGE = """
update public.{table} set {column} = {column} + 2
where organisation_id = $1 and ctid = (select min(ctid) from public.{table} where organisation_id = $1)
"""


async def test_counting_everything_anew_mends_what_was_damaged_says_so_and_changes_nothing_else(someone, alone):
    lead, elsewhere = await someone(Role.LEAD), await someone(Role.LEAD)
    async with begin(elsewhere) as work:
        await record_incident(work, BUS, SCHOOL)
    async with begin(lead) as work:
        child = await record_person(work, called("Ana", "Brook"), SCHOOL)
        tied = msgspec.structs.replace(BUS.people[0], connection="pupil", person_id=child.id)
        for _ in range(2):
            story = await record_incident(work, msgspec.structs.replace(BUS, people=(tied,)), SCHOOL)
    async with begin(lead) as work:
        await assess(work, story.facts.id, story.facts.version, "high", "Because.")
    year = school_years("", clock.now().date())[0].label

    async def told() -> tuple[object, ...]:
        async with begin(lead) as work:
            found = await read_counts(work), await read_narrowed(work, "risk|high"), await count_involved(work, year)
            return found

    before = await told()
    owner = await asyncpg.connect(alone.owner)
    try:
        await rebuild(owner)
        assert (await rebuild(owner)).mended == []
        tables = {"incident_counts": "incidents", "incident_pair_counts": "incidents", "involvement_counts": "people"}
        for table, column in tables.items():
            await owner.execute(DAMAGE.format(table=table, column=column), lead.organisation_id)
        await owner.execute("delete from public.incident_counts where organisation_id = $1 and dimension = 'total'",
                            lead.organisation_id)  # fmt: skip
        assert await told() != before
        found = await rebuild(owner)
    finally:
        await owner.close()
    mended = found.mended
    assert {one.organisation_id for one in mended} == {lead.organisation_id}
    assert 3 <= len(mended) <= 4
    assert any(one.figure.endswith(" total") and one.now == 2 for one in mended)
    assert any(one.figure.startswith(year) and one.was - one.now == 2 for one in mended)
    assert found.incidents == 3
    assert await told() == before
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
    async with owning(addresses.owner) as owner:
        await owner.execute(AT, (moment, moment, lead.organisation_id, incident))
    async with begin(lead) as work:
        counts = await read_counts(work)
    assert dict(counts.months("total")) == {month: 1}
    assert dict(counts.months("hour", hour)) == {month: 1}


@pytest.mark.parametrize(
    ("said", "year"),
    [
        ("Year 9", "09"), ("9B", "09"), ("Yr 09", "09"), ("y10", "10"), ("Blwyddyn 13", "13"), ("10", "10"),
        ("Reception", "00"), ("EYFS 2", "00"), ("Yr. 001", "01"), ("  y1", "01"), ("11", "11"), ("110", None),
        ("Year 14", None), ("2019 intake", None), ("under 13s", None), ("", None), ("the 9", None),
    ],
)  # fmt: skip
async def test_a_year_group_is_understood_as_schools_write_it_and_nothing_else_is_one(addresses, said, year):
    async with owning(addresses.owner) as owner:
        await owner.execute("set local role safeguard_definer")
        found = await (await owner.execute("select public.year_group(%s)", (said,))).fetchone()
        patterns = await (await owner.execute(MATCHING, (list(YEARS), said))).fetchall()
    assert found == (year,)
    assert patterns == ([(year,)] if year else []), "what looks for a year group finds the same"


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


@pytest.mark.parametrize(("left", "turns"), [(0, 1), (3, 4), (1000, MOST_FOLDS)], ids=["none", "some", "too-many"])
async def test_folding_goes_on_until_nothing_is_left_or_enough_was_done(someone, monkeypatch, left, turns):
    done = []

    async def one_turn(work):
        done.append(work)
        return 20_000 if len(done) <= left else 0

    monkeypatch.setattr(counting, "fold", one_turn)
    async with begin(await someone(Role.LEAD)) as work:
        await fold_all(work)
    assert len(done) == turns
