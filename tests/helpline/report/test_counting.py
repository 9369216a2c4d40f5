"""The figures of a period, against a truth that plain Python works out from the same cases."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import fmean, median, quantiles

import pytest

from safeguard.access.roles import Role
from safeguard.errors import Forbidden, Invalid
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.queries import list_urls_of
from safeguard.helpline.report.counted import Counted
from safeguard.helpline.report.counting import count_span
from safeguard.helpline.report.releasing import release
from safeguard.helpline.report.spans import Span
from safeguard.helpline.takedown import list_addresses, step_on
from safeguard.tenancy.calendars.counting import open_between
from safeguard.work import begin
from tests.helpline.conftest import taken
from tests.helpline.report.generating import (
    HELPLINE,
    PROFILE,
    Invented,
    add_cases,
    add_what_was_said,
    invent,
    mark,
    shares,
)

pytestmark = pytest.mark.anyio
SPAN = Span(date(2025, 3, 1), date(2025, 8, 31))
GROUPS = {code: each.family for code, each in PROFILE.platforms.items()}


def inside(case: Invented) -> bool:
    return SPAN.first <= case.received_at.astimezone(HELPLINE.zone).date() <= SPAN.last


def is_open(at: datetime) -> bool:
    return open_between(HELPLINE, at, at + timedelta(microseconds=1)) > timedelta()


def hours(cases: list[Invented], name: str) -> list[float]:
    ended = [(case.received_at, getattr(case, name)) for case in cases if getattr(case, name)]
    return sorted(open_between(HELPLINE, *pair).total_seconds() / 3600 for pair in ended)


@pytest.mark.parametrize("seed", [1, 2])
async def test_figures_are_what_the_cases_say(someone, seed):
    random = Random(seed)
    everything = invent(random, 400, datetime(2025, 1, 20, tzinfo=UTC), 260)
    async with begin(await someone(Role.SUPERVISOR, kind="helpline")) as work:
        await mark(work, random, everything)
        await add_cases(work, everything)
        await add_what_was_said(work, everything)
        found = await count_span(work, PROFILE, HELPLINE, SPAN)
    own = [case for case in everything if inside(case)]
    assert 100 < len(own) < 400
    assert (found.cases, found.contacts) == (len(own), sum(case.contacts for case in own))
    for family, name in (("channel", "channel"), ("caller", "caller"), ("sector", "sector"), ("gender", "gender"),
                         ("state", "state")):  # fmt: skip
        assert found.of(family) == Counter(getattr(case, name) for case in own), family
    assert found.of("ending") == Counter(case.ending for case in own if case.state == "closed")
    assert sum(found.of("ending").values()) == found.of("state")["closed"] > 0
    assert found.of("platform") == Counter(code for case in own for code in case.platforms)
    assert found.of("family") == Counter(group for case in own for group in {GROUPS[code] for code in case.platforms})
    labels = [{PROFILE.issues[code].helpline for code in case.issues} for case in own]
    assert found.of("issue") == Counter(label for each in labels for label in each)
    escalated = sum(case.escalated or case.state == "escalated" for case in own)
    assert found.of("escalated") == {"yes": escalated, "no": len(own) - escalated}
    assert found.of("arrived") == Counter("open" if is_open(case.received_at) else "closed" for case in own)
    assert found.of("month") == Counter(f"{case.received_at.astimezone(HELPLINE.zone):%Y-%m}" for case in own)
    assert found.of("guidance") == Counter(code for case in own for code in case.guidance)
    assert found.of("theme") == Counter(str(theme) for case in own for theme in case.themes)
    assert found.of("wave") == Counter("wave" if case.wave_id else "alone" for case in own)
    rated = [case.helpful for case in own if case.helpful]
    assert (found.rated, found.helpful) == (len(rated), pytest.approx(fmean(rated)))
    for figure, name in ((found.first_answer, "answered_at"), (found.closing, "ended_at")):
        waits = hours(own, name)
        assert figure and figure.number == len(waits)
        assert figure.half == pytest.approx(median(waits))
        assert figure.most == pytest.approx(quantiles(waits, n=10, method="inclusive")[8])
    assert found.open_hours == int(open_between(HELPLINE, *SPAN.moments(HELPLINE.zone)).total_seconds() // 3600)


@pytest.mark.parametrize(
    ("span", "cases", "contacts", "of", "escalated"),
    [
        (Span(date(2017, 1, 1), date(2017, 12, 31)), 931, 2_200, {}, 30),
        (Span(date(2021, 1, 1), date(2021, 3, 31)), 200, 334,
         {"Media literacy and education": 26, "Reputation management": 19, "Potentially harmful content": 17,
          "Cyberbullying": 10}, 0),
        (Span(date(2021, 11, 1), date(2022, 11, 30)), 4_078, 4_078, {}, 0),
    ],
    ids=["2017", "first-quarter-of-2021", "thirteen-months-to-November-2022"],
)  # fmt: skip
async def test_published_figures_come_out_again(someone, span, cases, contacts, of, escalated):
    issues = shares(cases, of)
    start, end = span.moments(HELPLINE.zone)
    step = (end - start) / cases
    made = [
        Invented(start + step * place, issues=issues[place], contacts=1 + (place < contacts - cases),
                 escalated=place < round(cases * escalated / 100))
        for place in range(cases)
    ]  # fmt: skip
    more = contacts - cases - sum(case.contacts - 1 for case in made)
    made[0].contacts += more
    async with begin(await someone(Role.SUPERVISOR, kind="helpline")) as work:
        await add_cases(work, made)
        found = release(await count_span(work, PROFILE, HELPLINE, span), GROUPS)
    assert (found.cases, found.contacts) == (cases, contacts)
    told = found.family("issue").cells
    assert {label: round(100 * (told[label] or 0) / cases) for label in of} == of
    if escalated:
        assert round(100 * (found.family("escalated").cells["yes"] or 0) / cases) == escalated


async def test_hours_of_platforms_are_what_their_addresses_took(someone):
    """The median and nine in ten, by the clock, worked out from what was put in."""
    random = Random(5)
    took: dict[str, list[tuple[float, float]]] = {"x": [], "tiktok": []}
    async with begin(await someone(Role.SUPERVISOR, kind="helpline")) as work:
        case = await taken(work)
        for number in range(30):
            platform = random.choice(("x", "tiktok"))
            await list_addresses(work, case, f"https://{platform}.example/{number}", platform)
        for url in await list_urls_of(work, case.id):
            answer, removal = random.randrange(1, 300), random.randrange(1, 700)
            first = work.now() - timedelta(days=60)
            steps = [(UrlState.REPORTED, first), (UrlState.REFUSED, first + timedelta(minutes=answer)),
                     (UrlState.RE_REPORTED, first + timedelta(minutes=answer)),
                     (UrlState.REMOVED, first + timedelta(minutes=answer + removal))]  # fmt: skip
            for state, at in steps:
                url = await step_on(work, url, state, at, "", "", url.version)
            took[url.platform].append((answer / 60, (answer + removal) / 60))
        today = work.now().astimezone(HELPLINE.zone).date()
        found = await count_span(work, PROFILE, HELPLINE, Span(today, today))
    assert {each.platform for each in found.platforms} == took.keys()
    for each in found.platforms:
        for figure, waits in zip((each.answer, each.removal), zip(*took[each.platform], strict=True), strict=True):
            assert figure and figure.number == len(waits)
            assert figure.half == pytest.approx(median(waits))
            assert figure.most == pytest.approx(quantiles(waits, n=10, method="inclusive")[8])


async def test_an_address_that_two_cases_name_counts_once_and_only_where_it_was_decided(someone):
    async with begin(await someone(Role.SUPERVISOR, kind="helpline")) as work:
        one, other = await taken(work), await taken(work)
        await list_addresses(work, one, " ".join(f"https://x.com/{number}" for number in range(6)), "x")
        await list_addresses(work, other, "https://x.com/0 https://x.com/1", "x")
        urls = sorted(await list_urls_of(work, one.id), key=lambda url: url.address)
        for url, state in zip(urls, (UrlState.REMOVED, UrlState.REFUSED, UrlState.PASSED_IWF), strict=False):
            reported = await step_on(work, url, UrlState.REPORTED, url.listed_at, "", "", url.version)
            await step_on(work, reported, state, url.listed_at, "", "", reported.version)
        today = work.now().astimezone(HELPLINE.zone).date()
        found: Counted = await count_span(work, PROFILE, HELPLINE, Span(today, today))
    assert found.addresses == 6
    assert found.of("address_state") == {"removed": 1, "refused": 1, "no_rate": 1, "not_reported": 3}
    (x,) = found.platforms
    assert (x.addresses, x.decided, x.removed) == (6, 2, 1)
    assert found.of("escalated") == {"yes": 2}


async def test_only_those_who_work_with_cases_count_them_and_each_helpline_its_own(someone):
    async with begin(await someone(Role.SUPERVISOR, kind="helpline")) as work:
        await add_cases(work, [Invented(datetime(2025, 5, 5, tzinfo=UTC))])
    async with begin(await someone(Role.PRACTITIONER, kind="helpline")) as work:
        assert (await count_span(work, PROFILE, HELPLINE, SPAN)).cases == 0
    async with begin(await someone(Role.LEAD, kind="helpline")) as work:
        with pytest.raises(Forbidden):
            await count_span(work, PROFILE, HELPLINE, SPAN)


def test_a_period_is_compared_with_the_same_days_of_the_year_before_and_never_with_itself():
    assert Span(date(2024, 2, 29), date(2024, 12, 31)).before(1) == Span(date(2023, 2, 28), date(2023, 12, 31))
    thirteen = Span(date(2021, 11, 1), date(2022, 11, 30))
    assert thirteen.before(1).last == date(2021, 10, 31)
    assert not thirteen.before(1).overlaps(thirteen)
    with pytest.raises(Invalid):
        Span(date(2024, 2, 2), date(2024, 2, 1))
