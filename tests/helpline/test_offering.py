"""Addresses in what a caller wrote are offered for the list; a practitioner ticks them, and nothing is fetched."""

import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.channel.addresses import read_addresses
from safeguard.helpline.mail.parsing import read_mail
from safeguard.helpline.mail.taking import take_mail
from safeguard.helpline.offering import MOST_OFFERED, offered
from safeguard.helpline.queries import get_case, list_entries, list_urls_of
from safeguard.helpline.writing import add_to_case
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.helpline.mail.writing import CALLER, mail, raw

pytestmark = pytest.mark.anyio

MAIL = """It is at HTTPS://Social.Example/mr.hale#top, and javascript:alert(1) came up.
Another: http://xn--pple-43d.com/login. Our school: www.alder.example/staff
"""


@pytest.fixture
async def desk(sign_in):
    return await sign_in(Role.PRACTITIONER, kind="helpline")


@pytest.fixture
async def case(desk):
    async with begin(system(desk.actor.organisation_id)) as work:
        case_id = await take_mail(work, profile_of("helpline"), read_mail(raw(mail(MAIL)), CALLER), "")
    async with begin(desk.actor) as work:
        return await get_case(work, case_id)


async def on_the_list(desk, case) -> list[str]:
    async with begin(desk.actor) as work:
        return sorted(url.address for url in await list_urls_of(work, case.id))


async def test_what_stands_in_a_mail_is_offered_and_listed_when_it_is_ticked(desk, case):
    path = f"/helpline/cases/{case.id}"
    shown = (await desk.get(path)).text.partition("Found in what they wrote")[2].partition("</form>")[0]
    assert 'value="https://social.example/mr.hale"' in shown
    assert "letters that may deceive" in shown
    assert "javascript" not in shown
    assert await on_the_list(desk, case) == []  # nothing lists itself
    sent = await desk.send(f"{path}/addresses", {"found": "https://social.example/mr.hale"}, page=path)
    assert sent.status_code == 303
    assert await on_the_list(desk, case) == ["https://social.example/mr.hale"]
    again = (await desk.get(path)).text
    assert 'name="found" value="https://social.example/mr.hale"' not in again
    assert 'name="found" value="https://www.alder.example/staff"' in again


async def test_what_is_sent_as_ticked_is_read_as_a_paste_is(desk, case):
    path = f"/helpline/cases/{case.id}"
    wrong = await desk.send(f"{path}/addresses", {"found": "javascript:alert(1)"}, page=path)
    assert wrong.status_code == 422
    assert "None of this is an address of a page" in wrong.text
    nothing = await desk.send(f"{path}/addresses", {}, page=path)
    assert "tick one that was found" in nothing.text


async def test_what_was_said_in_confidence_or_by_the_desk_is_offered_to_nobody(desk, case):
    async with begin(desk.actor) as work:
        for kind in ("confidence", "answer", "note"):
            words = f"See https://{kind}.example/page."
            await add_to_case(work, case, kind, "phone", words, (), distressing=False)
        entries = await list_entries(work, case.id)
    found = {address.host for address in offered(case, entries, ())}
    assert found == {"social.example", "xn--pple-43d.com", "www.alder.example"}


async def test_so_many_are_offered_that_somebody_can_look_at(desk, case):
    words = " ".join(f"https://social.example/{number}" for number in range(500))
    async with begin(desk.actor) as work:
        await add_to_case(work, case, "contact", "email", words, (), distressing=False)
        entries = await list_entries(work, case.id)
    assert len(offered(case, entries, ())) == MOST_OFFERED
    assert len(read_addresses(words).addresses) == 500
