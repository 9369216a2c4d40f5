"""The board narrowed to one thing, the way from a bar to its incidents, and who is involved again."""

import random
import re
from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.figures.suppressing import SMALLEST
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import Happened, NewIncident, NewPerson
from safeguard.insights import combining
from safeguard.insights.involvement import Involved, blurred, count_involved, shown
from safeguard.insights.periods import chosen_period, school_years
from safeguard.people.details import Details
from safeguard.people.merging import merge
from safeguard.people.recording import record_person
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL, SHORT
from tests.factories.owning import owning

pytestmark = pytest.mark.anyio
AT_NIGHT = datetime(2026, 7, 14, 20, 15, tzinfo=ZoneInfo("Europe/London"))
EARLY = AT_NIGHT.replace(hour=7)


async def test_a_board_is_narrowed_by_its_address_and_every_bar_leads_to_its_incidents(sign_in):
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
    kept = (await lead.get("/insights?only=platform:nowhere&only=platform:tiktok&only=&period=foo")).text
    assert "1 of 2" not in (await lead.get("/insights?only=platform:nowhere")).text
    for said in ("platform:nowhere", "foo"):
        assert f"“{said}” is not something to narrow these figures by." in kept
    assert kept.count("is not something to narrow") == 2
    assert "is not something to narrow" not in narrowed


async def test_a_board_is_narrowed_to_several_things_at_once_and_its_bars_keep_them(sign_in):
    lead = await sign_in(Role.LEAD)
    child = NewPerson(name="Ravi Underhill", role="affected", kind="child", connection="pupil", group_name="9B")
    evening = NewIncident(
        narrative="It went on after dinner.", platforms=("tiktok", "snapchat"), place="at_home", people=(child,),
        happened=Happened(precision="minute", from_=AT_NIGHT),
    )  # fmt: skip
    apart = {
        "four": evening,
        "morning": msgspec.structs.replace(evening, happened=msgspec.structs.replace(evening.happened, from_=EARLY)),
        "snapchat": msgspec.structs.replace(evening, platforms=("snapchat",)),
        "ten": msgspec.structs.replace(evening, people=(msgspec.structs.replace(child, group_name="Year 10"),)),
        "site": msgspec.structs.replace(evening, place="on_site"),
    }  # fmt: skip
    async with begin(lead.actor) as work:
        told = {name: (await record_incident(work, new, SCHOOL)).facts.reference for name, new in apart.items()}
    asked = "only=platform:tiktok&only=place:at_home&only=year:09&only=hour:evening"
    narrowed = (await lead.get(f"/insights?{asked}&only=risk:&only=platform:nowhere")).text
    assert "At home, Year 9, In the evening, 18 to 22: 1 of 5 incidents in this period." in narrowed
    ways = set(re.findall(r'href="(/incidents\?[^"]*)"', narrowed))
    assert any("platform=snapchat" not in href and "time=evening" in href and "year=09" in href for href in ways)
    for href in ways:
        listed = (await lead.get(href.replace("&amp;", "&"))).text
        assert [name for name, reference in told.items() if reference in listed] == ["four"], href
    assert 'href="/insights?only=platform%3Atiktok&amp;only=place%3Aat_home&amp;only=hour%3Aevening"' in narrowed
    less = (await lead.get("/insights?only=place:at_home&only=hour:evening")).text
    assert "3 of 5 incidents" in less
    table = await lead.get(f"/insights/tables/platform?{asked}")
    assert "tiktok-at_home-09-evening.csv" in table.headers["content-disposition"]
    assert "Snapchat,1" in table.text.replace('"', "")
    none = (await lead.get("/insights?only=place:on_site&only=year:09&only=hour:morning")).text
    assert "0 of 5 incidents" in none


async def test_of_too_many_incidents_the_latest_months_are_narrowed(sign_in, addresses, monkeypatch):
    """Where there are more than can be looked through at once: whole months, and the page says from which on."""
    monkeypatch.setattr(combining, "MOST", 3)
    lead = await sign_in(Role.LEAD)
    new = msgspec.structs.replace(SHORT, platforms=("tiktok",), place="at_home")
    async with begin(lead.actor) as work:
        told = [(await record_incident(work, new, SCHOOL)).facts.id for _ in range(6)]
    months = chosen_period("months", clock.now().date(), exact=True).months
    async with owning(addresses.owner) as owner:
        for place, incident in enumerate(told):
            await owner.execute(
                A_YEAR_AGO, (f"{months[-1 - place // 2]}-01 12:00Z", lead.actor.organisation_id, incident)
            )
    several = (await lead.get("/insights?only=platform:tiktok&only=place:at_home")).text
    assert "Counted from " in several
    assert "2 of 2 incidents in this period" in several
    assert f"since={months[-1]}-01" in several
    one = (await lead.get("/insights?only=platform:tiktok")).text
    assert "6 of 6 incidents in this period" in one
    assert "Counted from " not in one


@pytest.mark.parametrize(
    ("now", "before", "left"),
    [({}, {}, 3), ({"2026-11": 4}, {}, 1), ({"2026-10": 3, "2026-11": 1}, {}, 1), ({"2026-11": 9}, {}, 1),
     ({}, {"2025-09": 2, "2025-10": 2}, 2)],
)  # fmt: skip
def test_the_months_within_reach_hold_no_more_than_can_be_looked_through(monkeypatch, now, before, left):
    monkeypatch.setattr(combining, "MOST", 3)
    found = combining.within_reach(("2026-09", "2026-10", "2026-11"), now, before)
    assert (len(found), found[-1]) == (left, "2026-11")


A_YEAR_AGO = "update public.incidents set recorded_at = %s, risk = risk where organisation_id = %s and id = %s"
ADDRESSES = (
    "platform:tiktok", "platform:snapchat", "place:online_only", "risk:high", "risk:unassessed", "year:09", "year:10",
    "hour:evening", "hour:night", "four_c:conduct", "issue:impersonation", "risk_area:bullying", "nothing", "",
)  # fmt: skip


@pytest.mark.parametrize("role", [Role.HEAD, Role.GOVERNOR])
async def test_nobody_narrows_figures_who_may_not_know_of_single_cases(sign_in, addresses, role):
    """No two addresses tell them different figures, so that no figure can be had by taking one from another."""
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        told = [(await record_incident(work, new, SCHOOL)).facts.id for new in (IMPERSONATION, SHORT, SHORT) * 6]
    months = chosen_period("last-year", clock.now().date(), exact=False).months
    async with owning(addresses.owner) as owner:
        for place, incident in enumerate(told):
            await owner.execute(A_YEAR_AGO, (f"{months[place // 6]}-15", lead.actor.organisation_id, incident))
    reader = await sign_in(role, organisation=lead.actor.organisation_id)
    pages = ["/insights?", "/insights?period=year&", "/insights?period=last-year&"]
    pages += [f"/insights/tables/{code}?period=last-year&" for code in ("months", "platform", "risk")]
    whole = {page: await _figures(reader, page) for page in pages}
    assert ",6\r\n" in whole["/insights/tables/months?period=last-year&"]
    source = random.Random(role.value)
    for _ in range(12):
        asked = urlencode([("only", source.choice(ADDRESSES)) for _ in range(source.randrange(1, 5))])
        for page in pages:
            assert await _figures(reader, page + asked) == whole[page], page + asked
    assert 'name="only"' not in whole["/insights?"]
    assert "Safer Management" in whole["/insights?"]


async def _figures(reader, address: str) -> str:
    said = (await reader.get(address)).text
    return said.partition("<main")[2].partition("</main>")[0] or said


@pytest.mark.parametrize("role", [Role.HEAD, Role.GOVERNOR])
async def test_an_organisation_with_one_incident_about_one_person_tells_nothing_of_it(sign_in, role):
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


async def test_whoever_is_involved_again_is_counted_as_one_person_with_their_duplicates(sign_in):
    lead = await sign_in(Role.LEAD)
    child = NewPerson(name="Ravi Underhill", role="affected", kind="child", connection="pupil")
    async with begin(lead.actor) as work:
        details = Details(kind="child", given_name="Ravi", family_name="Underhill")
        one, two = [(await record_person(work, details, SCHOOL)).id for _ in range(2)]
        for record in (one, two, two):
            tied = msgspec.structs.replace(child, person_id=record)
            await record_incident(work, msgspec.structs.replace(SHORT, people=(tied,)), SCHOOL)
        year = school_years("", clock.now().date())[0].label
        apart = (await count_involved(work, year))[year]
        await merge(work, one, two, "The same child, recorded twice.")
        together = (await count_involved(work, year))[year]
    assert (apart.people, apart.affected) == (2, (1, 0, 0))
    assert (together.people, together.affected) == (1, (0, 1, 0))
    page = (await lead.get("/insights/involvement")).text
    assert "1 person was harmed in more than one incident" in page
    assert "Underhill" not in page
    file = await lead.get("/insights/tables/harmed?period=year")
    assert "In three incidents,1" in file.text.replace('"', "")
    assert f"harmed-{year.replace('/', '-')}.csv" in file.headers["content-disposition"]
    assert (await lead.get("/insights/tables/caused")).status_code == 200


def test_those_who_see_no_small_figure_see_none_here():
    period = chosen_period("last-year", date(2026, 11, 22), exact=False)
    for number in range(SMALLEST):
        found = Involved(number, (number, 0, 0), (0, number, 0), number)
        said = shown(found, found, period, exact=False)
        figures = {bar.value for picture in said.pictures for bar in picture.bars}
        then = {bar.before for picture in said.pictures for bar in picture.bars}
        assert said.so_what.startswith("Fewer than 5 people were" if number else "Nobody with a record was harmed")
        assert {said.people, said.both, *figures} <= {0, "few"}
        assert {said.people_before, *then} <= {0, "few", None}
        assert (said.people == 0) == (number == 0)


@pytest.mark.parametrize(("affected", "alleged", "figures", "begins"), [
    ((0, 0, 0), (0, 0, 0), [0, 0, 0], "Nobody with a record was harmed in more than one incident, or said"),
    ((0, 0, 0), (1, 0, 0), [0, 0, 0], "Nobody with a record was harmed in more than one incident of this year."),
    ((2, 1, 0), (0, 0, 0), ["few", "few", 0], "Fewer than 5 people were harmed"),
    ((4, 4, 0), (0, 0, 0), ["few", "few", 0], "A few people were harmed"),
    ((9, 1, 0), (0, 0, 0), [10, "few", 0], "About 10 people were harmed"),
])  # fmt: skip
def test_the_sentence_for_those_who_see_no_small_figure_says_what_the_table_says(affected, alleged, figures, begins):
    period = chosen_period("last-year", date(2026, 11, 22), exact=False)
    said = shown(Involved(20, affected, alleged), Involved(), period, exact=False)
    assert [bar.value for bar in said.pictures[0].bars] == figures
    assert said.so_what.startswith(begins)


async def test_a_year_before_the_organisation_began_is_not_called_one_without_repeated_harm(sign_in):
    """Its zeros stand in the table, and tell of nothing."""
    governor = await sign_in(Role.GOVERNOR)
    page = (await governor.get("/insights/involvement")).text
    assert "Nothing was recorded here before" in page
    assert "Nobody with a record" not in page and "or nobody" not in page


@given(st.integers(0, 100_000))
def test_a_blurred_figure_is_a_multiple_of_five_near_by_or_nothing(value):
    blur = blurred(value)
    assert (blur is None) == (0 < value < SMALLEST)
    assert blur is None or (blur % 5 == 0 and abs(blur - value) <= 2)
