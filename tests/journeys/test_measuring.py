"""Standards and figures at their edges, in a real browser: two people at one control, and a group of many."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import msgspec
import pytest
from playwright.async_api import Browser, Page, expect

from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.insights.sharing import KEEP, Figures, Objective
from safeguard.standards.frameworks import framework_of
from safeguard.standards.queries import get_review
from safeguard.standards.reviewing import begin_review
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.factories.organisations import make_organisation, make_person
from tests.journeys.browser import DESK, PHONE, look, window
from tests.journeys.house import House

pytestmark = pytest.mark.anyio

LONG = "The Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh Academy for Boys and Girls, lower school"
AREAS = ("Conduct", "Content", "Contact", "Commerce")
OBJECTIVES = ("Safer Management", "Safer Access", "Safer Learning", "Safer Standards")


async def member(organisation, role: Role) -> Actor:
    user_id, name = await make_person(organisation, (role,))
    return Actor(ActorKind.PERSON, organisation, user_id, frozenset({role}), name)


async def judges(page: Page, level: int, words: str) -> None:
    await page.locator(f"input[name=level][value='{level}']").check()
    await page.get_by_label("How do you know?").fill(words)
    await page.get_by_role("button", name="Save", exact=True).click()


@pytest.mark.parametrize("script", [True, False])
async def test_two_people_who_rate_one_control_at_once_both_see_both(browser: Browser, house: House, database, script):
    school = await make_organisation("school")
    lead, head = await member(school, Role.LEAD), await member(school, Role.HEAD)
    pies = framework_of("pies", profile_of("school"))
    assert pies
    async with begin(lead) as work:
        review = await begin_review(work, pies, "full")
    at = f"{house.address}/standards/reviews/{review.id}/controls/A5"
    async with (
        window(browser, DESK, java_script_enabled=script) as desk,
        window(browser, PHONE, java_script_enabled=script) as phone,
    ):
        await house.let_in(desk, lead)
        await house.let_in(phone, head)
        first, second = await look(desk), await look(phone)
        for sight in (first, second):
            await sight.page.goto(at)
        await judges(first.page, 4, "Nobody reads the alerts.")
        await expect(first.page).to_have_url(re.compile(f"/standards/reviews/{review.id}(#.*)?$"))

        await judges(second.page, 2, "We test it each term.")
        refusal = second.page.get_by_role("alert")
        await expect(refusal).to_contain_text("Somebody else was first")
        await expect(refusal).to_contain_text("Nobody reads the alerts.")
        await expect(refusal).to_be_focused()
        await expect(second.page.get_by_label("How do you know?")).to_have_value("We test it each term.")
        await expect(second.page.locator("input[name=level][value='2']")).to_be_checked()
        assert (await second.page.title()).startswith("Not saved: ")
        if script:
            assert await second.problems() == []
        await second.picture(f"two-at-one-control-{'script' if script else 'plain'}")

        await second.page.get_by_role("button", name="Save", exact=True).click()
        await expect(second.page).to_have_url(re.compile(f"/standards/reviews/{review.id}(#.*)?$"))
        async with begin(lead) as work:
            [rating] = (await get_review(work, review.id)).ratings
        assert (rating.level, rating.commentary, rating.version) == (2, "We test it each term.", 2)


async def tell(group, members: int) -> None:
    async with begin(group) as work:
        for number in range(members):
            objectives = tuple(
                Objective(name, name, 1 + (number + place) % 9 / 2, 7, 7, number % 3, number % 4, 3.0)
                for place, name in enumerate(OBJECTIVES)
            )
            areas = tuple((area, "few" if (number + place) % 3 else 9) for place, area in enumerate(AREAS))
            member, name = uuid4(), f"{LONG} {number}"
            for year in (2025, 2026):
                total = None if (number + year) % 5 == 0 else 20 + (number * year) % 40
                told = Figures(
                    "school", f"{year}-08", total, areas, objectives, "", None if total is None else total - 3
                )
                values = (uuid4(), member, name, f"{year - 1}/{year % 100}", msgspec.json.encode(told).decode())
                await work.driver.execute(KEEP, *values, datetime(year, 9, 1, tzinfo=UTC))


@pytest.mark.parametrize("members", [0, 60])
async def test_a_board_of_no_organisation_and_of_sixty_with_long_names_is_whole(
    browser: Browser, house: House, database, members
):
    group = await member(await make_organisation("group"), Role.GROUP_LEAD)
    await tell(group, members)
    for size in (PHONE, DESK):
        async with window(browser, size) as opened:
            await house.let_in(opened, group)
            sight = await look(opened)
            await sight.page.goto(f"{house.address}/insights/group")
            assert await sight.problems() == []
            await sight.picture(f"group-of-{members}-{size[0]}")
            drawn = await sight.page.locator(".sg-bars tbody tr").count()
            assert drawn == (20 if members else 0), "ten organisations in each picture of bars"
            if members:
                listed = sight.page.get_by_role("table", name="Our organisations, the furthest to go first")
                assert await listed.locator("tbody tr").count() == 25
                await sight.page.get_by_role("link", name=f"Show all {members}").click()
                await expect(listed.locator("tbody tr")).to_have_count(members)
