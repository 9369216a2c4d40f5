"""Who reads it, and when: said on the public page before anybody writes, from the organisation's own term dates."""

from datetime import UTC, datetime
from html import unescape

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.tenancy.choosing import change_setting
from safeguard.tenancy.registry import PUBLIC_NOTE, TERMS
from safeguard.work import begin

pytestmark = pytest.mark.anyio

TERM_DATES = "Summer term: 13 April 2026 to 21 July 2026\nAutumn term: 2 September 2026 to 18 December 2026"
HOLIDAYS = "It is the school holidays."
SCHOOL_DAYS = "It is read on school days, in the daytime. Nobody sits and waits for it at night."
WHO = "The people here whose job is to keep others safe. Nobody else."


@pytest.fixture
def page_at(sign_in, visitor, slug_of, monkeypatch):
    """What the page of a school says at a moment; `terms` are its term dates."""

    async def ask(moment: datetime, terms: str = TERM_DATES, note: str = "", language: str = "en") -> str:
        administrator = await sign_in(Role.ADMINISTRATOR)
        for name, typed in ((TERMS, terms), (PUBLIC_NOTE, note)):
            if typed:
                async with begin(administrator.actor) as work:
                    await change_setting(work, name, typed, 0)
        slug = slug_of(administrator.actor.organisation_id)
        with monkeypatch.context() as then:
            then.setattr(clock, "now", lambda: moment)
            return unescape((await visitor.get(f"/r/{slug}?lang={language}")).text)

    return ask


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (datetime(2026, 8, 2, 21, 40, tzinfo=UTC), "it may not be read before 2 September"),
        (datetime(2026, 7, 21, 23, 30, tzinfo=UTC), "it may not be read before 2 September"),  # past midnight there
        (datetime(2026, 12, 25, 9, tzinfo=UTC), "we can't say when it is read"),  # nobody has entered the next term
    ],
)
async def test_in_the_holidays_it_says_so_before_anybody_writes_and_when_it_is_read(page_at, moment, said):
    page = await page_at(moment)
    assert HOLIDAYS in page and said in page and WHO in page
    assert SCHOOL_DAYS not in page
    assert page.index(said) < page.index("Can it stay secret?")


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 9, 7, 9, tzinfo=UTC),
        datetime(2026, 10, 10, 12, tzinfo=UTC),  # a Saturday within the term
        datetime(2026, 8, 31, 9, tzinfo=UTC),  # two days before school begins: no more than a weekend
    ],
)
async def test_in_term_it_is_read_on_school_days(page_at, moment):
    page = await page_at(moment)
    assert SCHOOL_DAYS in page and WHO in page and HOLIDAYS not in page


async def test_in_half_term_it_says_the_first_day_back(page_at):
    halves = "First half: 2 September 2026 to 23 October 2026\nSecond half: 2 November 2026 to 18 December 2026"
    page = await page_at(datetime(2026, 10, 24, 9, tzinfo=UTC), halves)
    assert "it may not be read before 2 November" in page


async def test_without_term_dates_it_promises_nothing_and_says_what_the_organisation_says(page_at):
    moment = datetime(2026, 8, 2, 21, 40, tzinfo=UTC)
    assert "It is not read at once, and perhaps not for a few days." in await page_at(moment, "")
    own = await page_at(moment, "", "Morgan Hale reads this each morning.")
    assert "Morgan Hale reads this each morning." in own and "perhaps not for a few days" not in own


async def test_the_holidays_are_said_in_welsh_too(page_at):
    page = await page_at(datetime(2026, 8, 2, 21, 40, tzinfo=UTC), language="cy")
    assert "2 Medi" in page and HOLIDAYS not in page
