"""Incidents that touched a control: read by those who read incidents, a figure that tells of nobody for the others."""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

import pytest
from litestar import Litestar
from markupsafe import escape

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.hiding.circle import confine
from safeguard.incidents.recording import record_incident
from safeguard.insights.counting import fold, read_counts
from safeguard.insights.lessons import read_lessons
from safeguard.insights.periods import chosen_period
from safeguard.insights.pictures import FEW, LEFT
from safeguard.insights.touching import TOUCHED, read_touched, say, what_touched
from safeguard.standards import panels, routes
from safeguard.standards.frameworks import BUILT_IN, framework_of
from safeguard.standards.panels import Touched, together
from safeguard.work import begin
from tests.factories.incidents import SCHOOL, SHORT
from tests.insights.agreeing import agree
from tests.web.rooms import put_together

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def built() -> Litestar:
    """The standards, on whose pages it is told."""
    return put_together(routes.ROUTES)


@pytest.fixture(autouse=True)
def touching() -> Iterator[None]:
    """What touched a control is told as the application tells it."""
    bound = panels.bound()
    panels.bind(what_touched)
    yield
    panels.bind(bound)


def lesson(words: str, *controls: str, supersedes: UUID | None = None) -> NewEntry:
    why = "A slip." if supersedes else ""
    return NewEntry(kind="lesson", words=words, controls=controls or ("M5",), supersedes_id=supersedes, reason=why)


async def recorded(lead: Actor, number: int, lessons: int = 0, at: str = "") -> list:
    """Incidents of that day, each with so many lessons that name M5."""
    async with begin(lead) as work:
        work.dated = datetime.fromisoformat(f"{at}T12:00Z") if at else None
        told = [(await record_incident(work, SHORT, SCHOOL)).facts.id for _ in range(number)]
        for incident in told:
            for place in range(lessons):
                await add_entry(work, incident, lesson(f"The {place}."))
        work.dated = None  # the log's entry is of now
    return told


async def learnt(lead: Actor, moment: str, *entries: tuple[UUID, NewEntry]) -> list:
    """Lessons of incidents, written down then."""
    async with begin(lead) as work:
        work.dated = datetime.fromisoformat(moment)
        found = [(await add_entry(work, incident, entry)).id for incident, entry in entries]
        work.dated = None
    return found


async def figure(reader: Actor, control: str, today: date):
    async with begin(reader) as work:
        return (await read_touched(work, control, today))[1]


async def test_five_lessons_of_one_incident_are_one_incident_and_below_five_nothing_is_told(someone):
    lead = await someone(Role.LEAD)
    governor = await someone(Role.GOVERNOR, organisation=lead.organisation_id)
    year = chosen_period("last-year", clock.now().date(), exact=False)
    today = date(int(year.first[:4]) + 1, 9, 20)
    for month in (0, 4, 9):
        await recorded(lead, 12, at=f"{year.months[month]}-15")
    await recorded(lead, 1, lessons=6, at=f"{year.months[0]}-15")
    assert await figure(governor, "M5", today) == FEW
    assert await figure(governor, "M1", today) == FEW, "none is told from a few by nobody"
    await recorded(lead, 4, lessons=1, at=f"{year.months[4]}-15")
    assert await figure(governor, "M5", today) == 5
    async with begin(governor) as work:
        shown, value = await read_touched(work, "M5", today)
    assert "lessons of 5 incidents named it" in say(shown, value)
    await recorded(lead, 1, lessons=1, at=f"{year.months[9]}-15")
    assert await figure(governor, "M5", today) == LEFT, "the sixth would tell itself beside the five of before"


async def test_what_is_counted_is_the_month_of_the_first_lesson_that_stands_and_nothing_restricted(someone):
    lead = await someone(Role.LEAD)
    head, stranger = await someone(Role.HEAD, organisation=lead.organisation_id), await someone(Role.HEAD)
    corrected, moved_on, twice, hidden = await recorded(lead, 4)
    first, gone, *_others = await learnt(
        lead, "2026-01-31T23:30Z", *((each, lesson("One.")) for each in (corrected, moved_on, twice, hidden))
    )
    await learnt(
        lead, "2026-03-31T23:30Z", (corrected, lesson("Two.", supersedes=first)),
        (moved_on, lesson("Two.", "L7", supersedes=gone)), (twice, lesson("Two.", "M5", "L7", "L7")),
    )  # fmt: skip
    async with begin(lead) as work:
        await confine(work, hidden, (), "About somebody here.")
    for _ in range(2):
        async with begin(head) as work:
            counts = await read_counts(work)
        assert counts.months(TOUCHED, "M5") == {"2026-01": 2}
        assert counts.months(TOUCHED, "L7") == {"2026-04": 2}, "in summer time"
        async with begin(system(lead.organisation_id)) as work:
            await fold(work)
    await agree(lead)
    async with begin(lead) as work:
        behind = {
            (code, month): await read_lessons(work, SCHOOL, code, month)
            for code, month in (("M5", "2026-01"), ("M5", "2026-04"), ("L7", "2026-04"))
        }
    lists = {cell: {row.incident_id for row in found.rows} for cell, found in behind.items()}
    assert lists == {
        ("M5", "2026-01"): {corrected, twice},
        ("M5", "2026-04"): set(),
        ("L7", "2026-04"): {moved_on, twice},
    }
    assert [row.words for row in behind["M5", "2026-01"].rows] == ["Two.", "Two.", "One."]
    assert behind["L7", "2026-04"].says == "Lessons of 2 incidents first named this control then."
    async with begin(stranger) as work:
        assert (await read_counts(work)).by == {}


async def test_each_reader_is_told_what_they_may_know_of_a_control(sign_in):
    lead = await sign_in(Role.LEAD)
    organisation = lead.actor.organisation_id
    began = await lead.send("/standards/reviews", {"framework": "pies", "scope": "first"}, page="/standards")
    control = f"{began.headers['location']}/controls/M5"
    await recorded(lead.actor, 1, lessons=1)
    assert "The 0." in (await lead.get(control)).text
    for role in (Role.HEAD, Role.GOVERNOR):
        shown = (await (await sign_in(role, organisation=organisation)).get(control)).text
        assert "Incidents that touched it" in shown
        assert "The 0." not in shown
        assert "lessons of fewer than 5 incidents named it, or of none" in shown
    several = {"framework": "dfe-filtering-and-monitoring", "scope": "full"}
    began = await lead.send("/standards/reviews", several, page="/standards")
    governor = await sign_in(Role.GOVERNOR, organisation=organisation)
    shown = (await governor.get(f"{began.headers['location']}/controls/F1")).text
    names = [framework_of(BUILT_IN, SCHOOL).control(code).name for code in ("M1", "A5")]
    assert f"{escape('; '.join(names))}: From " in shown, "which of the controls of PIES it is that is counted"
    async with begin((await sign_in(Role.REPORTER, organisation=organisation)).actor) as work:
        told = await what_touched(work, "M5")
        assert (told.latest, told.readable, told.says) == ((), False, ())


def test_what_is_said_of_several_controls_says_of_which_it_is_and_what_is_said_of_one_does_not():
    few, left = Touched(says=("Fewer than 5 incidents named it.",)), Touched(says=("How many is left out.",))
    assert together({"Filtering": left, "Recording": few, "Leading": few}).says == (
        "Filtering: How many is left out.", "Recording; Leading: Fewer than 5 incidents named it.",
    )  # fmt: skip
    assert together({"Filtering": left}).says == left.says
