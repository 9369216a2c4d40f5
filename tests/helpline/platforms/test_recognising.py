"""An address has its platform on every way in, by its host; what only looks alike has none; anybody may correct it."""

from uuid import UUID

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.channel.addresses import read_address
from safeguard.channel.bodies import Message, Url
from safeguard.errors import Conflict, Invalid
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.mail.parsing import read_mail
from safeguard.helpline.mail.taking import take_mail
from safeguard.helpline.platforms.preparing import prepared_report
from safeguard.helpline.platforms.recognising import platform_of
from safeguard.helpline.platforms.tracking import list_escalations
from safeguard.helpline.queries import get_url, list_urls_of
from safeguard.helpline.rates import read_rates
from safeguard.helpline.receiving import receive
from safeguard.helpline.takedown import list_addresses, place_on, step_on
from safeguard.tenancy.profiles import load_profiles, profile_of
from safeguard.work import begin
from tests.helpline.conftest import taken
from tests.helpline.importing.test_imports import EXPORT, imported, store, supervisor  # noqa: F401  fixtures
from tests.helpline.platforms.test_catching_up import FORGET
from tests.helpline.report.generating import HELPLINE
from tests.helpline.test_receiving import SENDER, opened
from tests.helpline.web_form.test_asking import path_of, sent, take_all
from tests.web.browsing import open_browser

# ruff: noqa: F811  what is imported are fixtures
pytestmark = pytest.mark.anyio
PROFILE = profile_of("helpline")
ADDRESS = "https://vm.tiktok.com/ZM8abc/"


@pytest.fixture
async def practitioner(someone):
    return await someone(Role.PRACTITIONER, kind="helpline")


@pytest.mark.parametrize(
    ("address", "platform"),
    [
        ("https://www.tiktok.com/@a", "tiktok"), ("HTTPS://VM.TIKTOK.COM./a", "tiktok"),
        ("http://m.facebook.com/a", "facebook"),
        ("https://x.com:443/a", "x"), ("https://mobile.twitter.com/a", "x"), ("https://youtu.be/a", "youtube"),
        ("https://www.youtubekids.com/watch", "youtube_kids"), ("https://www.google.co.uk/search?q=a", "google_search"),
        ("https://name.blogspot.com/2024", "blogger"), ("https://docs.google.com/d/1", "google_classroom"),
        ("https://uk.linkedin.com/in/a", "linkedin"), ("https://www.bing.com/images", "bing"),
        ("https://account.xbox.com/a", "xbox"), ("https://join.skype.com/a", "skype"),
        ("https://www.minecraft.net/a", "minecraft"), ("https://www.instagram.com/p/a", "instagram"),
        ("https://web.snapchat.com/a", "snapchat"), ("https://www.roblox.com/users/1", "roblox"),
        ("https://ｔｉｋｔｏｋ.com/@a", "tiktok"),
    ],
)  # fmt: skip
def test_a_platform_is_known_by_its_host(address, platform):
    read = read_address(address)
    assert read
    assert platform_of(PROFILE, read.host) == platform


@pytest.mark.parametrize(
    "address",
    [
        "https://tïktok.com/@a", "https://tiktоk.com/@a", "https://xn--tktok-7sa.com/@a", "https://tiktok.com.example/@a",
        "https://tiktok.com@evil.example/@a", "https://eviltiktok.com/@a", "https://evil.example/tiktok.com",
        "https://tiktok.co/@a", "https://photos.google.com/a", "https://evil.google.com.example/a", "https://10.0.0.1/a",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_platform_is_none(address):
    read = read_address(address)
    assert read
    assert platform_of(PROFILE, read.host) == ""


def test_every_platform_that_the_helpline_reaches_has_hosts_and_every_kind_knows_the_same():
    for profile in load_profiles().values():
        assert {code: each.hosts for code, each in profile.platforms.items()} == {
            code: each.hosts for code, each in PROFILE.platforms.items()
        }
    assert [each.code for each in PROFILE.platforms.values() if each.helpline_route and not each.hosts] == []


async def test_a_referral_and_what_is_written_to_it_bring_addresses_with_their_platforms(practitioner):
    body = opened(clock.new_id())
    more = Message(referral=body.referral, id=clock.new_id(), author="Lee", words="Another.",
                   urls=(Url(url=ADDRESS), Url(url="https://unknown.example/a", platform="roblox")))  # fmt: skip
    async with begin(practitioner) as work:
        case = await receive(work, body, sender=SENDER, profile=PROFILE)
        await receive(work, more, sender=SENDER, profile=PROFILE)
        assert await platforms_of(work, case.id) == {
            "https://x.com/a": "x", ADDRESS: "tiktok", "https://unknown.example/a": "roblox",
        }  # fmt: skip


async def test_a_call_and_a_paste_bring_them_too_unless_somebody_says_otherwise(practitioner, service, sign_in):
    desk = await sign_in(actor=practitioner)
    call = {"channel": "phone", "summary": "It is up again.", "state": "acknowledged", "addresses": ADDRESS}
    case = (await desk.send("/helpline/new", call)).headers["location"]
    pasted = {"addresses": "https://youtu.be/a https://unknown.example/b", "platform": ""}
    assert (await desk.send(f"{case}/addresses", pasted, page=case)).status_code == 303
    said = {"addresses": "https://unknown.example/c", "platform": "discord"}
    assert (await desk.send(f"{case}/addresses", said, page=case)).status_code == 303
    async with begin(practitioner) as work:
        assert await platforms_of(work, UUID(case.rpartition("/")[2])) == {
            ADDRESS: "tiktok", "https://youtu.be/a": "youtube", "https://unknown.example/b": "",
            "https://unknown.example/c": "discord",
        }  # fmt: skip


async def test_the_web_form_brings_them_too(service, practitioner):
    async with open_browser(service) as client:
        await sent(client, path_of(practitioner), addresses=ADDRESS)
    (case,) = await take_all(practitioner)
    async with begin(practitioner) as work:
        assert await platforms_of(work, case.id) == {ADDRESS: "tiktok"}


async def test_earlier_cases_bring_them_too(supervisor):
    await imported(supervisor, EXPORT.replace("https://social.example/a", ADDRESS).encode())
    async with begin(supervisor.actor) as work:
        (case_id,) = [row["case_id"] for row in await work.driver.fetch("select case_id from helpline_case_urls")]
        assert await platforms_of(work, case_id) == {ADDRESS: "tiktok"}


async def test_a_mail_offers_them_and_they_have_them_once_they_are_listed(practitioner, service, sign_in):
    async with begin(practitioner) as work:
        written = f"From: sam@alder.example\r\nSubject: Help\r\n\r\nIt stands at {ADDRESS} now."
        case_id = await take_mail(work, PROFILE, read_mail(written.encode(), "sam@alder.example"), "")
    desk = await sign_in(actor=practitioner)
    at = f"/helpline/cases/{case_id}"
    assert f'name="found" value="{ADDRESS}"' in (await desk.get(at)).text
    assert (await desk.send(f"{at}/addresses", {"found": ADDRESS}, page=at)).status_code == 303
    async with begin(practitioner) as work:
        assert await platforms_of(work, case_id) == {ADDRESS: "tiktok"}


async def test_what_was_known_before_gets_its_platform_when_it_is_named_again_or_moves_on(practitioner):
    async with begin(practitioner) as work:
        case, other = await taken(work), await taken(work)
        await list_addresses(work, case, f"{ADDRESS} https://x.com/a")
        await work.driver.execute(FORGET)
        await list_addresses(work, other, ADDRESS)
        (left,) = [url for url in await list_urls_of(work, case.id) if not url.platform]
        await step_on(work, left, UrlState.REPORTED, work.now(), "", "", left.version)
        assert await platforms_of(work, case.id) == {ADDRESS: "tiktok", "https://x.com/a": "x"}


async def test_a_practitioner_corrects_the_platform_and_everything_that_follows_from_it(practitioner, service, sign_in):
    desk = await sign_in(actor=practitioner)
    async with begin(practitioner) as work:
        case = await taken(work)
        await list_addresses(work, case, "https://unknown.example/a")
        (url,) = await list_urls_of(work, case.id)
        assert prepared_report(PROFILE, url, [case], HELPLINE.zone) == ""
    at = f"/helpline/addresses/{url.id}"
    wrong = await desk.send(f"{at}/platform", {"platform": "no such", "seen": str(url.version)}, page=at)
    assert wrong.status_code == 422
    assert "Choose from the platforms on the page" in wrong.text
    assert (
        await desk.send(f"{at}/platform", {"platform": "roblox", "seen": str(url.version)}, page=at)
    ).status_code == 303
    late = await desk.send(f"{at}/platform", {"platform": "discord", "seen": str(url.version)}, page=at)
    assert late.status_code == 409
    async with begin(practitioner) as work:
        placed = await get_url(work, url.id)
        assert (placed.platform, placed.version) == ("roblox", url.version + 1)
        await step_on(work, placed, UrlState.REPORTED, work.now(), "", "", placed.version)
        assert [each.id for each in await list_escalations(work, "roblox")] == [url.id]
        assert [rate.platform for rate in await read_rates(work)] == ["roblox"]
    assert "https://unknown.example/a" in (await desk.get(at)).text.partition('id="prepared-words"')[2]
    with pytest.raises(Conflict):
        async with begin(practitioner) as work:
            await place_on(work, placed, "x", placed.version)
    with pytest.raises(Invalid):
        async with begin(practitioner) as work:
            await place_on(work, await get_url(work, url.id), "no such", 3)


async def platforms_of(work, case_id) -> dict[str, str]:
    return {url.address: url.platform for url in await list_urls_of(work, case_id)}
