"""What a referral says of having reported already is where its addresses begin."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from msgspec import UNSET

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.channel.bodies import PlatformReport, Url
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.prompts import Prompt, prompt_of
from safeguard.helpline.queries import list_urls_of
from safeguard.helpline.receiving import receive
from safeguard.helpline.takedown import list_addresses, step_on
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.helpline.conftest import taken
from tests.helpline.test_receiving import SENDER, opened
from tests.helpline.test_telling_steps import told

pytestmark = pytest.mark.anyio
LIMITS = {"platform_self_report": timedelta(hours=48), "platform_silent": timedelta(days=7)}
ON_TIKTOK, ON_X = "https://www.tiktok.com/@a/video/1", "https://x.com/a"
ELSEWHERE = "https://forum.example/a"


@pytest.fixture
async def practitioner(someone):
    return await someone(Role.PRACTITIONER, kind="helpline")


async def refer(work, said: PlatformReport | None, *addresses: str):
    body = msgspec.structs.replace(
        opened(clock.new_id()), reported=said, child_at_risk=False,
        urls=tuple(Url(url=each) for each in addresses or (ON_TIKTOK,)),
    )  # fmt: skip
    case = await receive(work, body, sender=SENDER, profile=profile_of("helpline"))
    return case, await list_urls_of(work, case.id)


async def test_an_address_that_was_reported_comes_in_as_such_with_its_day_reference_and_answer(practitioner):
    said = PlatformReport(
        platform="TikTok", platforms=("tiktok",), reported_on="2025-03-07", reference="REF-77", answered=True,
        answer="No breach.",
    )  # fmt: skip
    async with begin(practitioner) as work:
        case, (url,) = await refer(work, said)
        (step,) = url.steps
    noon = datetime(2025, 3, 7, 12, tzinfo=UTC)
    assert (url.state, url.self_reported_at) == (UrlState.SELF_REPORTED, noon)
    assert (step.happened_at, step.day_only, step.platform_reference, step.answer) == (
        noon,
        True,
        "REF-77",
        "No breach.",
    )
    assert prompt_of(url, case, noon + timedelta(hours=1), LIMITS) is Prompt.REPORT_ANSWERED


async def test_while_the_platform_is_silent_the_desk_waits_from_the_day_on_which_it_was_reported(practitioner):
    async with begin(practitioner) as work:
        case, (url,) = await refer(work, PlatformReport(reported_on="2025-03-07"))
    assert url.self_reported_at
    assert prompt_of(url, case, url.self_reported_at + timedelta(hours=47), LIMITS) is Prompt.WAIT
    assert prompt_of(url, case, url.self_reported_at + timedelta(hours=49), LIMITS) is Prompt.REPORT


@pytest.mark.parametrize("words", ["Friday", "2999-01-01", "7/3", ""])
async def test_a_day_that_is_none_is_kept_as_it_was_said_and_no_hours_are_counted(practitioner, words):
    async with begin(practitioner) as work:
        case, (url,) = await refer(work, PlatformReport(reported_on=words, reference="REF-77"))
        assert (url.state, url.self_reported_at) == (UrlState.SELF_REPORTED, None)
        assert words in url.steps[0].answer
        assert url.steps[0].undated, "the day of sending is not the day of the report"
        assert prompt_of(url, case, work.now(), LIMITS) is Prompt.ASK_WHEN


async def test_a_report_to_one_platform_says_nothing_of_an_address_on_another(practitioner):
    async with begin(practitioner) as work:
        _, urls = await refer(work, PlatformReport(platform="tiktok"), ON_TIKTOK, ON_X)
        case, (silent,) = await refer(work, None, "https://x.com/b")
        assert {url.address: url.state for url in urls} == {
            ON_TIKTOK: UrlState.SELF_REPORTED, ON_X: UrlState.LISTED
        }  # fmt: skip
        assert prompt_of(silent, case, work.now(), LIMITS) is Prompt.ASK_SELF_REPORT


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (PlatformReport(platform="TikTok, Instagram", platforms=("tiktok", "instagram")), {ON_TIKTOK}),
        (PlatformReport(platform="TikTok app"), {ON_TIKTOK}),
        (PlatformReport(platform="TikTok, Instagram"), {ON_TIKTOK}),
        (PlatformReport(platform="Twitter"), {ON_X}),
        (PlatformReport(platform="Axiom"), {ELSEWHERE}),
        (PlatformReport(platform="Kik", platforms=()), {ELSEWHERE}),
        (PlatformReport(platform="Instagram"), {ELSEWHERE}),
        (PlatformReport(), set()),
    ],
    ids=["chosen", "a-word-beside", "two", "an-earlier-name", "unknown", "another", "none-of-it", "not-named"],
)
async def test_a_report_is_written_down_of_the_addresses_that_it_can_mean_alone(practitioner, said, meant):
    async with begin(practitioner) as work:
        _, urls = await refer(work, said, ON_TIKTOK, ON_X, ELSEWHERE)
    assert {url.address for url in urls if url.state is UrlState.SELF_REPORTED} == meant


@pytest.mark.parametrize(
    ("said", "prompt"),
    [
        ({"answered": False, "answer": ""}, Prompt.WAIT),
        ({"answer": "Nothing yet"}, Prompt.WAIT),
        ({"answered": True}, Prompt.REPORT_ANSWERED),
    ],
    ids=["silent", "words-of-an-older-sender", "answered"],
)
async def test_a_platform_has_answered_where_they_say_so_and_not_where_there_are_words(practitioner, said, prompt):
    async with begin(practitioner) as work:
        case, (url,) = await refer(work, PlatformReport(reported_on="2025-03-07", **said))
    assert prompt_of(url, case, url.self_reported_at + timedelta(hours=1), LIMITS) is prompt


async def test_whoever_referred_reads_that_the_day_is_not_known(practitioner):
    async with begin(practitioner) as work:
        await refer(work, PlatformReport(platforms=("tiktok",)))
        assert [(step.state, step.undated) for step in await told(work)] == [("self_reported", True)]


async def test_what_was_answered_to_one_is_not_said_to_another_and_an_address_that_went_on_stays(practitioner):
    said = PlatformReport(reported_on="2025-03-07", reference="REF-77", answer="No breach.")
    async with begin(practitioner) as work:
        await refer(work, None, ON_X)
        _, (url,) = await refer(work, said, ON_X)
        assert url.state is UrlState.SELF_REPORTED
        assert {(step.state, step.words, step.platform_reference, step.undated) for step in await told(work)} == {
            ("self_reported", "", "", UNSET)
        }  # fmt: skip
        call = await taken(work)
        await list_addresses(work, call, ON_TIKTOK)
        (known,) = await list_urls_of(work, call.id)
        await step_on(work, known, UrlState.REPORTED, work.now(), "T-1", "", known.version)
        _, (met,) = await refer(work, said, ON_TIKTOK)
        assert (met.state, met.platform_reference, len(met.steps)) == (UrlState.REPORTED, "T-1", 1)


async def test_five_hundred_that_were_reported_are_each_noted_and_told_once_by_a_few_statements(practitioner):
    said = PlatformReport(platform="X", reported_on="2025-03-07", reference="REF-77", answer="No breach.")
    addresses, sent = [f"https://x.com/{number}" for number in range(500)], 0

    def count(_query: object) -> None:
        nonlocal sent
        sent += 1

    async with begin(practitioner) as work:
        await refer(work, None, addresses[0])
        with work.driver.query_logger(count):
            case, urls = await refer(work, said, *addresses)
        assert sent < 100
        assert [url.address for url in urls] == addresses
        assert {(url.state, url.version, len(url.steps), url.steps[0].platform_reference) for url in urls} == {
            (UrlState.SELF_REPORTED, 2, 1, "REF-77")
        }  # fmt: skip
        heard = [each for each in await told(work) if each.referral == case.referrer.referral]
        assert [(each.url, each.state, each.words) for each in heard] == [(at, "self_reported", "") for at in addresses]
        assert len(await told(work)) == 501, "and whoever named the first of them before"
        await step_on(work, urls[7], UrlState.REPORTED, work.now(), "", "", urls[7].version)
        assert len(await told(work)) == 502
