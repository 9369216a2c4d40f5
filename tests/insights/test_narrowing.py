"""The board narrowed to one thing, the way from a bar to its incidents, and who is involved again."""

import re
from datetime import date

import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.app import build
from safeguard.figures.suppressing import SMALLEST
from safeguard.incidents import routes as incident_routes
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewPerson
from safeguard.insights import api, routes
from safeguard.insights.involvement import Involved, count_involved, shown
from safeguard.insights.periods import chosen_period
from safeguard.people.details import Details
from safeguard.people.merging import merge
from safeguard.people.recording import record_person
from safeguard.tenancy.profiles import profile_of
from safeguard.web import assets, keys, surroundings
from safeguard.web.keys import ServerKey
from safeguard.web.surroundings import Surroundings
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL, SHORT
from tests.web.conftest import sign_in, surrounded  # noqa: F401  fixtures

pytestmark = pytest.mark.anyio
ALWAYS = date(2000, 1, 1), date(2999, 1, 1), "Europe/London"


@pytest.fixture
async def service(database, surrounded):  # noqa: F811
    keys.use(ServerKey(b"t" * 32))
    surroundings.use(Surroundings(public_url="https://safeguard.test", profile_of=profile_of))
    app = build([*routes.ROUTES, *incident_routes.ROUTES, *assets.ROUTES], api.API_ROUTES)
    async with app.lifespan():
        yield app


async def test_a_board_is_narrowed_by_its_address_and_every_bar_leads_to_its_incidents(sign_in):  # noqa: F811
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        story = await record_incident(work, IMPERSONATION, SCHOOL)
        other = await record_incident(work, msgspec.structs.replace(SHORT, platforms=("snapchat",)), SCHOOL)
    whole = (await lead.get("/insights")).text
    assert "Children named, by year group" in whole
    narrowed = (await lead.get("/insights?only=platform:tiktok")).text
    assert "TikTok: 1 of 2 incidents in this period." in narrowed
    assert "Safer Management" not in narrowed
    ways = set(re.findall(r'href="(/incidents\?[^"]*platform=tiktok[^"]*)"', narrowed))
    assert ways
    for href in ways:
        listed = (await lead.get(href.replace("&amp;", "&"))).text
        assert story.facts.reference in listed
        assert other.facts.reference not in listed
    both = (await lead.get("/incidents?state=all&platform=snapchat&q=bus")).text
    assert other.facts.reference in both
    assert story.facts.reference not in both
    assert "not something to filter by" in (await lead.get("/incidents?platform=nowhere")).text
    answer = await lead.get("/insights/tables/risk?only=platform:tiktok")
    assert "Not yet assessed,1" in answer.text.replace('"', "")
    assert "tiktok.csv" in answer.headers["content-disposition"]
    assert "1 of 2" not in (await lead.get("/insights?only=platform:nowhere")).text


async def test_nobody_narrows_figures_who_may_not_know_of_single_cases(sign_in):  # noqa: F811
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        for _ in range(6):
            await record_incident(work, IMPERSONATION, SCHOOL)
    for role in (Role.HEAD, Role.GOVERNOR):
        reader = await sign_in(role, organisation=lead.actor.organisation_id)
        shown_to = (await reader.get("/insights?only=platform:tiktok")).text
        assert "TikTok" not in shown_to
        assert "Safer Management" in shown_to
        assert 'name="only"' not in shown_to


@pytest.mark.parametrize("role", [Role.HEAD, Role.GOVERNOR])
async def test_an_organisation_with_one_incident_about_one_person_tells_nothing_of_it(sign_in, role):  # noqa: F811
    lead = await sign_in(Role.LEAD)
    reader = await sign_in(role, organisation=lead.actor.organisation_id)
    pages = [f"/insights?period={period}" for period in ("", "months", "year", "last-year")] + ["/insights/involvement"]
    tables = [
        f"/insights/tables/{code}?period={period}"
        for code in ("months", "four_c", "risk", "issue", "risk_area", "platform", "place", "hour", "year", "controls")
        for period in ("", "year", "last-year")
    ]

    async def told() -> list[str]:
        answers = [await reader.get(address) for address in pages + tables]
        return [answer.text.partition("<main")[2].partition("</main>")[0] or answer.text[:40] for answer in answers]

    before = await told()
    async with begin(lead.actor) as work:
        await record_incident(work, IMPERSONATION, SCHOOL)
    assert await told() == before


async def test_whoever_is_involved_again_is_counted_as_one_person_with_their_duplicates(sign_in):  # noqa: F811
    lead = await sign_in(Role.LEAD)
    child = NewPerson(name="Ravi Underhill", role="affected", kind="child", connection="pupil")
    async with begin(lead.actor) as work:
        details = Details(kind="child", given_name="Ravi", family_name="Underhill")
        one, two = [(await record_person(work, details, SCHOOL)).id for _ in range(2)]
        for record in (one, two, two):
            tied = msgspec.structs.replace(child, person_id=record)
            await record_incident(work, msgspec.structs.replace(SHORT, people=(tied,)), SCHOOL)
        apart = await count_involved(work, *ALWAYS)
        await merge(work, one, two, "The same child, recorded twice.")
        together = await count_involved(work, *ALWAYS)
    assert (apart.people, apart.affected) == (2, (1, 0, 0))
    assert (together.people, together.affected) == (1, (0, 1, 0))
    page = (await lead.get("/insights/involvement")).text
    assert "1 person was harmed in more than one incident" in page
    assert "Underhill" not in page


def test_those_who_see_no_small_figure_see_none_here():
    period = chosen_period("last-year", date(2026, 11, 22), exact=False)
    for number in range(SMALLEST):
        found = Involved(number, (number, 0, 0), (0, number, 0), number)
        said = shown(found, period, exact=False)
        assert said.so_what.startswith("Fewer than 5")
        assert {said.people, said.both, said.lines[0].affected} <= {0, "few"}
        assert (said.people == 0) == (number == 0)
