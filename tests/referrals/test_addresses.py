"""An address is one at both ends: what leaves is listed there, and each that was typed hears of every step."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeguard.channel.addresses import key_of, read_address
from safeguard.channel.bodies import Message, Url
from safeguard.clock import new_request_id
from safeguard.errors import Invalid
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.queries import list_urls_of
from safeguard.helpline.takedown import step_on
from safeguard.referrals.addresses import as_sent, one_each, read_addresses, say_bad
from safeguard.referrals.conversing import write
from safeguard.referrals.referring import refer
from safeguard.work import begin
from tests.channel.conftest import opened
from tests.referrals.making import make_referral
from tests.referrals.test_ending import case_of, settle, told

pytestmark = pytest.mark.anyio
TYPED = [
    "HTTPS://WWW.TikTok.com/@False.Hale", "https://x.com/a?utm_source=share&s=20#reply", "https://x.com/a/",
    "https://x.com/a", "https://x.com:443/a#top", "https://x.com/%61", "tïktok.com/@a", "https://xn--tktok-7sa.com/@a",
    "http://x.com/a", "https://x.com/a%2fb", "https://en.wikipedia.org/wiki/A_(b", "https://x.com/ä|b^c",
    "https://social.example:8443/a", "https://x.com./a",
]  # fmt: skip


@pytest.mark.parametrize("typed", TYPED)
async def test_whatever_was_typed_hears_of_its_steps(both, incident, typed):
    (leaves,) = read_addresses(typed).good
    referral = await refer_with(both, incident, leaves)
    await step_all(both, referral, UrlState.PASSED_POLICE)
    (row,) = (await told(both, referral)).urls
    assert (row.url, row.state) == (leaves, "passed_to_police")


async def test_several_that_are_one_there_are_each_told_what_became_of_it(both, incident):
    same = ("https://x.com/a", "HTTPS://X.COM/a#top", "https://x.com:443/a", "https://x.com/%61")
    sent = one_each((*same, "https://x.com/other"))
    assert sent == ("https://x.com/a", "https://x.com/a#top", "https://x.com/%61", "https://x.com/other")
    referral = await refer_with(both, incident, *sent)
    async with begin(both.helpline) as work:
        urls = sorted(await list_urls_of(work, (await case_of(both, referral)).id), key=lambda url: url.address)
        assert [url.address for url in urls] == ["https://x.com/a", "https://x.com/other"]
        await step_on(work, urls[0], UrlState.GONE, work.now(), "", "", urls[0].version)
    await settle(both)
    rows = (await told(both, referral)).urls
    assert [row.url for row in rows] == list(sent)
    assert [row.state for row in rows] == ["gone_before_report"] * 3 + ["listed"]


async def test_what_the_helpline_adds_has_a_row_of_its_own(both, incident):
    referral = await refer_with(both, incident, "https://x.com/a")
    more = Message(referral=referral.id, id=new_request_id(), author="Sam", words="Another.",
                   urls=(Url(url="https://X.com/b#1"),))  # fmt: skip
    await both.send(more)
    await settle(both)
    await step_all(both, referral, UrlState.PASSED_IWF)
    rows = (await told(both, referral)).urls
    assert [(row.url, row.state) for row in rows] == [
        ("https://x.com/a", "passed_to_iwf"), ("https://x.com/b", "passed_to_iwf"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "none", ["javascript:alert(1)", "ftp://x.com/a", "https://x.com/" + "ä" * 700, "https://a b", "https://1.2.3.999/a"]
)
def test_what_the_helpline_would_not_list_does_not_leave(none):
    assert read_address(none) is None or " " in none
    assert read_addresses(none).bad
    assert one_each((none,)) is None


def test_a_line_that_is_no_address_is_handed_back_as_it_was_typed():
    pasted = read_addresses("1. https://x.com/a\nthe false profile\nsee https://x.com/b, thanks, not data:text/html,x")
    assert pasted.good == ("https://x.com/a", "https://x.com/b")
    assert pasted.bad == ("the false profile", "data:text/html,x")
    said = say_bad(pasted.bad)
    assert "“the false profile”, “data:text/html,x”" in said and "copy it from there" in said


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\t "), min_size=1, max_size=60))
def test_what_leaves_is_the_same_address_as_what_was_typed(tail):
    typed = f"https://Social.Example/{tail}"
    leaves = as_sent(typed)
    assert (leaves is None) == (read_address(typed) is None)
    if leaves:
        assert key_of(leaves) == key_of(typed)
        assert as_sent(leaves) == leaves


async def test_more_addresses_than_a_message_carries_do_not_leave(channel, incident):
    referral = await make_referral(channel.school, incident)
    many = tuple(f"https://x.com/{number}" for number in range(501))
    with pytest.raises(Invalid) as refusal:
        async with begin(channel.school) as work:
            await write(work, referral, "All of these.", many)
    assert [error.field for error in refusal.value.errors] == ["urls"]


async def refer_with(both, incident, *urls: str):
    body = opened(urls=tuple(Url(url=url) for url in urls))
    async with begin(both.school) as work:
        referral = await refer(work, incident, body, both.helpline.organisation_id, ())
    await settle(both)
    return referral


async def step_all(both, referral, state: UrlState) -> None:
    async with begin(both.helpline) as work:
        for url in await list_urls_of(work, (await case_of(both, referral)).id):
            await step_on(work, url, state, work.now(), "", "", url.version)
    await settle(both)
