"""Incidents that touched a control: read by those who read incidents, a figure that tells of nobody for the others."""

from datetime import date
from uuid import UUID

import psycopg
import pytest

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.app import build
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.hiding.circle import confine
from safeguard.incidents.recording import record_incident
from safeguard.insights.periods import chosen_period
from safeguard.insights.pictures import FEW, LEFT
from safeguard.insights.touching import READ, read_touched, say, what_touched
from safeguard.standards import panels, routes
from safeguard.tenancy.profiles import profile_of
from safeguard.web import assets, keys, surroundings
from safeguard.web.keys import ServerKey
from safeguard.web.surroundings import Surroundings
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL, SHORT
from tests.web.conftest import sign_in, surrounded  # noqa: F401  fixtures

pytestmark = pytest.mark.anyio
RECORDED = "update public.incidents set recorded_at = %s where organisation_id = %s and id = any (%s)"
LEARNT = "update public.entries set written_at = %s where organisation_id = %s and incident_id = %s and words = %s"


@pytest.fixture
async def service(database, surrounded):  # noqa: F811
    keys.use(ServerKey(b"t" * 32))
    surroundings.use(Surroundings(public_url="https://safeguard.test", profile_of=profile_of))
    bound = panels.bound()
    panels.bind(what_touched)
    app = build([*routes.ROUTES, *assets.ROUTES], [])
    async with app.lifespan():
        yield app
    panels.bind(bound)


def lesson(words: str, *controls: str, supersedes: UUID | None = None) -> NewEntry:
    why = "A slip." if supersedes else ""
    return NewEntry(kind="lesson", words=words, controls=controls or ("M5",), supersedes_id=supersedes, reason=why)


async def recorded(lead: Actor, number: int, lessons: int = 0) -> list:
    """Incidents, each with so many lessons that name M5."""
    async with begin(lead) as work:
        told = [(await record_incident(work, SHORT, SCHOOL)).facts.id for _ in range(number)]
        for incident in told:
            for place in range(lessons):
                await add_entry(work, incident, lesson(f"The {place}."))
    return told


async def moved(addresses, lead: Actor, moment: str, incidents: list, *words: str) -> None:
    """The incidents, and those of their lessons, happened then."""
    async with await psycopg.AsyncConnection.connect(addresses.owner) as owner:
        await owner.execute(RECORDED, (moment, lead.organisation_id, incidents))
        for each in incidents:
            for said in words:
                await owner.execute(LEARNT, (moment, lead.organisation_id, each, said))


async def figure(reader: Actor, control: str, today: date):
    async with begin(reader) as work:
        return (await read_touched(work, control, today))[1]


async def test_five_lessons_of_one_incident_are_one_incident_and_below_five_nothing_is_told(someone, addresses):
    lead = await someone(Role.LEAD)
    governor = await someone(Role.GOVERNOR, organisation=lead.organisation_id)
    year = chosen_period("last-year", clock.now().date(), exact=False)
    today = date(int(year.first[:4]) + 1, 9, 20)
    quiet = await recorded(lead, 12)
    loud = await recorded(lead, 1, lessons=6)
    await moved(addresses, lead, f"{year.months[0]}-15", [*quiet, *loud], *(f"The {place}." for place in range(6)))
    assert await figure(governor, "M5", today) == FEW
    assert await figure(governor, "M1", today) == FEW, "none is told from a few by nobody"
    more = await recorded(lead, 4, lessons=1)
    await moved(addresses, lead, f"{year.months[4]}-15", more, "The 0.")
    assert await figure(governor, "M5", today) == 5
    async with begin(governor) as work:
        shown, value = await read_touched(work, "M5", today)
    assert "lessons of 5 incidents named it" in say(shown, value)
    late = await recorded(lead, 1, lessons=1)
    await moved(addresses, lead, f"{year.months[9]}-15", late, "The 0.")
    assert await figure(governor, "M5", today) == LEFT, "the sixth would tell itself beside the five of before"


async def test_what_is_counted_is_the_month_of_the_first_lesson_that_stands_and_nothing_restricted(someone, addresses):
    lead = await someone(Role.LEAD)
    head, stranger = await someone(Role.HEAD, organisation=lead.organisation_id), await someone(Role.HEAD)
    async with begin(lead) as work:
        told = [await record_incident(work, IMPERSONATION, SCHOOL) for _ in range(4)]
        corrected, moved_on, twice, hidden = (each.facts for each in told)
        first = await add_entry(work, corrected.id, lesson("One."))
        await add_entry(work, corrected.id, lesson("Two.", supersedes=first.id))
        gone = await add_entry(work, moved_on.id, lesson("One."))
        await add_entry(work, moved_on.id, lesson("Two.", "L7", supersedes=gone.id))
        await add_entry(work, twice.id, lesson("One."))
        await add_entry(work, twice.id, lesson("Two.", "M5", "L7"))
        await add_entry(work, hidden.id, lesson("One."))
        await confine(work, hidden.id, (), "About somebody here.")
    async with await psycopg.AsyncConnection.connect(addresses.owner) as owner:
        for moment, words in (("2026-01-31T23:30Z", "One."), ("2026-03-31T23:30Z", "Two.")):
            for each in (corrected, moved_on, twice, hidden):
                await owner.execute(LEARNT, (moment, lead.organisation_id, each.id, words))
    async with begin(head) as work:
        assert dict(await work.driver.fetch(READ, "M5", "2025-01", "2026-12")) == {"2026-01": 2}
        assert dict(await work.driver.fetch(READ, "L7", "2025-01", "2026-12")) == {"2026-04": 2}, "in summer time"
        assert not await work.driver.fetch(READ, "M5", "2026-02", "2026-12"), "first named before"
    async with begin(stranger) as work:
        assert not await work.driver.fetch(READ, "M5", "2025-01", "2026-12")


async def test_each_reader_is_told_what_they_may_know_of_a_control(sign_in):  # noqa: F811
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
    async with begin((await sign_in(Role.REPORTER, organisation=organisation)).actor) as work:
        told = await what_touched(work, "M5")
        assert (told.latest, told.readable, told.says) == ((), False, "")
