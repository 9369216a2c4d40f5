"""How a platform is asked: the words prepared for it, and what waits for its answer."""

from datetime import timedelta

import msgspec
import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.platforms.preparing import prepared_report
from safeguard.helpline.platforms.tracking import list_escalations
from safeguard.helpline.queries import list_urls_of
from safeguard.helpline.takedown import list_addresses, step_on
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.helpline.conftest import CALL, taken
from tests.helpline.report.generating import HELPLINE

pytestmark = pytest.mark.anyio
PROFILE = profile_of("helpline")


def test_every_platform_that_the_helpline_reaches_says_where_and_with_what_and_how():
    for platform in PROFILE.platforms.values():
        if platform.helpline_route:
            assert platform.report_at and platform.wants and "[address]" in platform.asks, platform.code
            assert not set("{}") & set(platform.asks), platform.code


async def test_a_report_is_prepared_without_anybody_in_it_and_says_what_came_before(someone):
    async with begin(await someone(Role.PRACTITIONER, kind="helpline")) as work:
        case = await taken(work)
        await list_addresses(work, case, "https://www.tiktok.com/@false.hale", "tiktok")
        (url,) = await list_urls_of(work, case.id)
        url = await step_on(work, url, UrlState.SELF_REPORTED, clock.now(), "", "", url.version)
        words = prepared_report(PROFILE, url, [case], HELPLINE.zone)
        assert url.address in words
        assert PROFILE.issues["impersonation"].name.lower() in words
        assert "[" not in words
        assert not any(name in words for name in (CALL.caller_name, CALL.caller_organisation, CALL.caller_contact))
        again = msgspec.structs.replace(url, platform_reference="TT-99")
        assert "TT-99" in prepared_report(PROFILE, again, [case], HELPLINE.zone)
        assert prepared_report(PROFILE, msgspec.structs.replace(url, platform=""), [case], HELPLINE.zone) == ""
        assert "before" not in words
        for state in (UrlState.REPORTED, UrlState.REFUSED):
            url = await step_on(work, url, state, clock.now(), "", "", url.version)
        (url,) = await list_urls_of(work, case.id)
        words = prepared_report(PROFILE, url, [msgspec.structs.replace(case, issues=())], HELPLINE.zone)
    assert "We reported it before, on " in words
    assert "That was refused." in words
    assert "(say here what it is)" in words


async def test_what_waits_for_a_platform_is_listed_with_how_often_it_was_asked(someone):
    start = clock.now() - timedelta(days=10)
    async with begin(await someone(Role.PRACTITIONER, kind="helpline")) as work:
        case, risky = await taken(work), await taken(work, msgspec.structs.replace(CALL, at_risk=True))
        await list_addresses(work, case, "https://x.com/1 https://x.com/2 https://x.com/3", "x")
        await list_addresses(work, risky, "https://x.com/4", "x")
        listed = (*await list_urls_of(work, case.id), *await list_urls_of(work, risky.id))
        for number, url in enumerate(sorted(listed, key=lambda each: each.address)):
            url = await step_on(work, url, UrlState.REPORTED, start, "", "", url.version)
            if number == 0:
                url = await step_on(work, url, UrlState.REFUSED, start, "", "", url.version)
                url = await step_on(work, url, UrlState.RE_REPORTED, start + timedelta(days=8), "", "", url.version)
            if number == 1:
                await step_on(work, url, UrlState.REMOVED, start, "", "", url.version)
        found = await list_escalations(work, "x")
        assert await list_escalations(work, "tiktok") == ()
    assert [each.address for each in found] == ["https://x.com/4", "https://x.com/3", "https://x.com/1"]
    assert [(each.asked, each.silent_days(clock.now()), each.at_risk) for each in found] == [
        (1, 10, True), (1, 10, False), (2, 2, False)
    ]  # fmt: skip
