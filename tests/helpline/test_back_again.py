"""What comes back after its removal: its hours begin anew, and the desk is reminded to report it again."""

from datetime import timedelta
from runpy import run_path

import msgspec
import psycopg
import pytest

from safeguard import clock, paths
from safeguard.access.roles import Role
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.platforms.preparing import prepared_report
from safeguard.helpline.prompts import Prompt, prompt_of
from safeguard.helpline.queries import get_url, list_urls_of
from safeguard.helpline.rates import read_rates
from safeguard.helpline.report.counting import count_span
from safeguard.helpline.report.spans import Span
from safeguard.helpline.takedown import list_addresses, step_on
from safeguard.work import begin
from tests.helpline.conftest import taken
from tests.helpline.report.generating import HELPLINE, PROFILE

pytestmark = pytest.mark.anyio
LIMITS = {"platform_self_report": timedelta(hours=48), "platform_silent": timedelta(days=7)}


@pytest.fixture
async def practitioner(someone):
    return await someone(Role.PRACTITIONER, kind="helpline")


async def go(work, url, *steps):
    for state, at in steps:
        url = await step_on(work, url, state, at, "", "", url.version)
    return url


@pytest.mark.parametrize("noted", ["seen_first", "reported_at_once"])
async def test_what_comes_back_counts_its_hours_from_when_it_was_seen_again_everywhere(practitioner, noted):
    start = clock.now() - timedelta(days=200)
    back = start + timedelta(days=150)
    returns = {
        "seen_first": ((UrlState.LISTED, back), (UrlState.REPORTED, back + timedelta(hours=4))),
        "reported_at_once": ((UrlState.RE_REPORTED, back),),
    }  # fmt: skip
    answered = {"seen_first": 3.0, "reported_at_once": 7.0}
    async with begin(practitioner) as work:
        case = await taken(work)
        await list_addresses(work, case, "https://x.com/a", "x")
        (url,) = await list_urls_of(work, case.id)
        url = await step_on(work, url, UrlState.REPORTED, start, "", "", url.version, day_only=True)
        url = await go(work, url, (UrlState.REMOVED, start + timedelta(hours=2)), *returns[noted])
        assert url.hours_to_removal is None
        await go(work, url, (UrlState.REMOVED, back + timedelta(hours=7)))
        found = await get_url(work, url.id)
        (rate,) = await read_rates(work)
        today = work.now().astimezone(HELPLINE.zone).date()
        (told,) = (await count_span(work, PROFILE, HELPLINE, Span(today, today))).platforms
    assert found.hours_to_removal == 7.0
    assert (rate.decided, rate.removed, rate.removal, rate.answer) == (1, 1, (7.0, 7.0), (answered[noted],) * 2)
    assert told.removal and told.answer
    assert (told.removal.half, told.answer.half) == (7.0, answered[noted])


async def test_what_is_back_and_not_yet_reported_again_still_counts_as_escalated_and_is_to_be_reported(practitioner):
    start = clock.now() - timedelta(days=9)
    async with begin(practitioner) as work:
        case = await taken(work)
        await list_addresses(work, case, "https://x.com/a", "x")
        (url,) = await list_urls_of(work, case.id)
        removed = await go(work, url, (UrlState.REPORTED, start), (UrlState.REMOVED, start + timedelta(hours=2)))
        assert prompt_of(removed, case, clock.now(), LIMITS) is Prompt.ASK_WHETHER_BACK
        earlier = msgspec.structs.replace(case, received_at=start - timedelta(hours=1))
        assert prompt_of(removed, earlier, clock.now(), LIMITS) is None
        back = await go(work, removed, (UrlState.LISTED, start + timedelta(days=2)))
        assert prompt_of(back, case, clock.now(), LIMITS) is Prompt.REPORT_AGAIN
        assert "We reported it before, on " in prepared_report(PROFILE, back, [case], HELPLINE.zone)
        today = work.now().astimezone(HELPLINE.zone).date()
        found = await count_span(work, PROFILE, HELPLINE, Span(today, today))
    assert found.of("escalated") == {"yes": 1}


async def test_what_came_back_before_the_day_was_kept_came_back_when_it_was_reported_again(practitioner, addresses):
    start = clock.now() - timedelta(days=9)
    moves = (UrlState.REPORTED, UrlState.REMOVED, UrlState.RE_REPORTED, UrlState.REFUSED, UrlState.RE_REPORTED)
    async with begin(practitioner) as work:
        case = await taken(work)
        await list_addresses(work, case, "https://x.com/a https://x.com/b", "x")
        url, other = await list_urls_of(work, case.id)
        await go(work, url, *((state, start + timedelta(hours=number)) for number, state in enumerate(moves)))
        await go(work, other, (UrlState.REPORTED, start), (UrlState.REFUSED, start), (UrlState.RE_REPORTED, start))
    (migration,) = (paths.MIGRATIONS / "versions").glob("*_seen_again.py")
    fill = run_path(str(migration))["STATEMENTS"][-1]
    async with await psycopg.AsyncConnection.connect(addresses.owner) as owner:
        await owner.execute("update helpline_urls set seen_again_at = null where id = %s", [url.id])
        await owner.execute(fill)
        rows = await owner.execute(
            "select id, seen_again_at from helpline_urls where id = any (%s)", [[url.id, other.id]]
        )
        assert dict(await rows.fetchall()) == {url.id: start + timedelta(hours=2), other.id: None}
        await owner.rollback()
