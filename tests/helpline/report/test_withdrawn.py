"""A report that was withdrawn has been read: whoever kept it learns nothing more from the one that takes its place."""

from datetime import UTC, date, datetime
from random import Random

import pytest

from safeguard.access.roles import Role
from safeguard.helpline.queries import get_case
from safeguard.helpline.report.annual import Annual, begin_annual, get_annual, list_annuals
from safeguard.helpline.report.publishing import ask_to_publish, make_annual, withdraw_annual
from safeguard.helpline.report.reading import read_published
from safeguard.helpline.report.spans import Span
from safeguard.helpline.report.theming import code_case, open_theme
from safeguard.work import begin
from tests.helpline.report.generating import add_cases, invent
from tests.helpline.report.test_annual import YEAR, published, refused, slug_of

pytestmark = pytest.mark.anyio
BEGAN = datetime(2024, 1, 2, tzinfo=UTC)


@pytest.fixture
async def supervisor(someone):
    """Of a helpline whose report of a year was published and taken back."""
    supervisor = await someone(Role.SUPERVISOR, kind="helpline")
    async with begin(supervisor) as work:
        await add_cases(work, invent(Random(4), 130, BEGAN, 360))
    await published(supervisor, "2024", YEAR)
    await take_back(supervisor, "2024")
    return supervisor


async def take_back(supervisor, code: str) -> None:
    async with begin(supervisor) as work:
        annual = next(each for each in await list_annuals(work) if each.code == code)
        await withdraw_annual(work, annual, "A figure was wrong.", annual.version)


async def first_paper(supervisor):
    async with begin(supervisor) as work:
        paper = next(each.paper for each in await list_annuals(work) if each.code == "2024")
    assert paper
    return paper


async def test_its_days_are_taken_except_for_the_very_same(supervisor):
    async with begin(supervisor) as work:
        later = await begin_annual(work, "2024-2", "From the fifth", Span(date(2024, 1, 5), date(2024, 12, 31)))
        with refused("subtracted"):
            await ask_to_publish(work, later, later.version)


async def test_the_same_days_say_the_same_again_and_leave_out_the_same(supervisor, addresses):
    await published(supervisor, "2024-2", YEAR)
    again = await read_published(await slug_of(addresses, supervisor.organisation_id), "2024-2")
    before = await first_paper(supervisor)
    assert (again.top, again.parts) == (before.top, before.parts)
    assert any(row.value is None for part in again.parts for row in part.rows)  # else there is little to leave out


async def test_a_few_cases_more_are_not_told_by_the_difference(supervisor, addresses):
    async with begin(supervisor) as work:
        await add_cases(work, invent(Random(5), 3, BEGAN, 300))
    await published(supervisor, "2024-2", YEAR)
    again = await read_published(await slug_of(addresses, supervisor.organisation_id), "2024-2")
    assert [each.value for each in again.top if each.code in {"cases", "contacts", "addresses"}] in ([], [""] * 3)
    assert all(part.silent or not part.rows for part in again.parts)


async def test_what_was_left_out_stays_so_and_many_cases_more_are_told(supervisor, addresses):
    async with begin(supervisor) as work:
        await add_cases(work, invent(Random(6), 90, BEGAN, 360))
    await published(supervisor, "2024-2", YEAR)
    again = await read_published(await slug_of(addresses, supervisor.organisation_id), "2024-2")
    now = {part.code: {row.code: row.value for row in part.rows} for part in again.parts if not part.silent}
    compared = 0
    for part in (await first_paper(supervisor)).parts:
        for row in part.rows if part.code in now else ():
            here = now[part.code].get(row.code)
            compared += here is not None
            assert here is None or (row.value is not None and abs(here - row.value) not in range(1, 5)), row
    assert compared > 10


async def test_a_theme_that_was_taken_back_is_not_followed_by_one_that_shares_a_case(supervisor):
    async with begin(supervisor) as work:
        themes = [await open_theme(work, name, "Where it was shared.") for name in ("Intimate images", "Deepfakes")]
        cases = await work.driver.fetch("select id from helpline_cases where state <> 'draft' order by received_at, id")
        for place, row in enumerate(cases[:60]):
            case = await get_case(work, row["id"])
            await code_case(work, case, tuple(themes) if place == 0 else (themes[place % 2],), case.version)
    first = await begun(supervisor, "images", themes[0])
    async with begin(supervisor) as work:
        await ask_to_publish(work, first, first.version)
    async with begin(supervisor) as work:
        await make_annual(work, first.id)
        assert (await get_annual(work, first.id)).state == "published"
    await take_back(supervisor, "images")
    second = await begun(supervisor, "fakes", themes[1])
    async with begin(supervisor) as work:
        with refused("side by side"):
            await ask_to_publish(work, second, second.version)


async def begun(supervisor, code: str, theme) -> Annual:
    async with begin(supervisor) as work:
        return await begin_annual(work, code, f"Of {code}", YEAR, theme)
