"""The pages: a lead sends by a link and on paper, a stranger fetches once, and a file from outside is taken in."""

import re
import zipfile
from html import unescape
from io import BytesIO

import psycopg
import pytest
from pypdf import PdfReader

from safeguard.access.roles import Role
from safeguard.records.logs.writing import write_disagreement
from safeguard.transfers import age, late, queries
from safeguard.work import begin
from tests.transfers.making import OTHER, filed

pytestmark = pytest.mark.anyio

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
LINK = re.compile(r'id="link">https://safeguard.test(/transfer/[^<]+)<')
PASSPHRASE = re.compile(r'id="passphrase">([^<]+)<')
ASKED = {"way": "link", "recipient": "Birch Academy", "basis": "Moves there in January.", "role": "Lead"}
CHASED = "select exists (select from jobs.job where kind = 'transfer.chase' and subject_id = $1 and run_at = $2)"
TAKER = {"name": "Sam Reed", "role": "Lead", "place": "Birch Academy", "meant": "yes"}


@pytest.fixture
def owner(addresses):
    """The database's owner, who can say that a file was checked."""
    with psycopg.connect(addresses.owner, autocommit=True) as connection:
        yield connection


async def preview(browser, person, **said):
    """The exact list; its form, ready to be sent."""
    at = f"/people/{person}/transfer"
    shown = await browser.send(at, ASKED | said | {"step": "check"})
    assert shown.status_code == 200, shown.text
    return shown.text, at, {name: unescape(value) for name, value in HIDDEN.findall(shown.text)}


async def sent_by_link(browser, person, **said):
    """The path of the link and the passphrase."""
    _, at, fields = await preview(browser, person, **said)
    shown = await browser.send(at, fields | {"step": "send"}, token=fields["csrf_token"])
    assert shown.status_code == 200, shown.text
    return LINK.search(shown.text)[1], PASSPHRASE.search(shown.text)[1], at, fields


async def test_a_file_goes_by_a_link_is_fetched_once_and_is_taken_in_elsewhere(sign_in, stranger, owner) -> None:
    lead = await sign_in(Role.LEAD)
    ana = await filed(lead.actor, owner)
    text, at, fields = await preview(lead, ana.person)
    assert "Nothing has been sent yet" in text and "letter.pdf" in text
    link, passphrase, at, fields = await sent_by_link(lead, ana.person)
    again = await lead.send(at, fields | {"step": "send"}, token=fields["csrf_token"])
    assert PASSPHRASE.search(again.text)[1] == passphrase, "the same form sent twice is one file"
    async with begin(lead.actor) as work:
        (transfer,) = await queries.list_sent(work)
    assert "tried again" not in (await lead.get(f"/transfers/{transfer.id}")).text
    wrong = await stranger.send(link, TAKER | {"passphrase": "2222-2222", "form": "read"})
    assert wrong.status_code == 422 and "Tries left: 4" in wrong.text and "Sam Reed" in wrong.text
    assert "Ana" not in wrong.text
    got = await stranger.send(link, TAKER | {"passphrase": passphrase.lower(), "form": "sealed"})
    assert got.status_code == 200 and age.is_sealed(got.content)
    asked = {"passphrase": passphrase, "form": "sealed"}
    twice = await stranger.send(link, TAKER | asked | {"name": "Somebody else"})
    assert twice.status_code == 410 and "works once" in twice.text
    broken = await stranger.send(link, TAKER | asked | {"passphrase": "3333"})
    assert broken.status_code == 422 and "Tries left: 1" in broken.text
    seen = (await stranger.get(link)).text
    assert "The file was handed over" in seen and "It was me, and the file did not arrive" in seen
    assert "problem" not in seen.partition("<main")[2].partition("</form>")[0], "the right one is not alarmed"
    assert "It was not us" in seen and "at a number that you knew before" in seen
    again = await stranger.send(link, TAKER | asked)
    assert again.status_code == 200 and again.content == got.content, "the same one, whose download broke off"
    spent = await stranger.send(link, TAKER | asked)
    assert spent.status_code == 410 and "It was me" not in spent.text
    page = (await lead.get(f"/transfers/{transfer.id}")).text
    assert "Sam Reed" in page and "Birch Academy" in page
    told = page.partition("It was tried again")[2].partition("</ul>")[0]
    assert told.count("<time") == 4, "somebody else, a wrong passphrase, the same one again, and one too many"
    receipt = (await lead.get(f"/transfers/{transfer.id}/receipt.json")).json()
    assert receipt["sha256"] == transfer.sha256.hex() and receipt["by"] == "Sam Reed"
    there = await sign_in(Role.LEAD)
    refused = await upload(there, got.content, "2222")
    assert refused.status_code == 422 and "does not open the file" in refused.text
    altered = await upload(there, got.content[:-1] + b"x", passphrase)
    assert altered.status_code == 422 and "altered or cut short" in altered.text
    other = await upload(there, b"%PDF-1.7 not one", passphrase)
    assert other.status_code == 422 and "not a file that was sealed" in other.text
    taken = await upload(there, got.content, passphrase)
    assert taken.status_code == 303
    place = taken.headers["location"]
    assert (await upload(there, got.content, passphrase)).headers["location"] == place
    shown = (await there.get(place)).text
    assert "Nothing of it stands in your records yet" in shown and OTHER in shown
    assert "no virus scanner" in shown and "file.pdf" not in shown
    assert (await there.get(f"{place}/file.pdf")).status_code == 503, "nothing could check it"
    done = await there.send(f"{place}/import", {"person": "new", "looked": "yes"}, page=place)
    assert done.status_code == 303
    shown = (await there.get(place)).text
    assert "2 incidents are new here" in shown
    assert "Ana Brook" in (await there.get("/people")).text


async def upload(browser, content, passphrase):
    """Send a sealed file in."""
    found = await browser.token("/transfers/received/new")
    return await browser.client.post(
        "/transfers/received/new", data={"csrf_token": found, "passphrase": passphrase},
        files={"file": ("file.age", content)}, headers={"sec-fetch-site": "same-origin"},
    )  # fmt: skip


async def test_what_is_fetched_to_be_read_is_a_zip_with_a_document_and_nothing_of_what_was_left_out(
    sign_in, stranger, owner
) -> None:
    lead = await sign_in(Role.LEAD)
    ana = await filed(lead.actor, owner)
    said = {"names": "yes", "leave": str(ana.open), "why": "About another child."}
    link, passphrase, _, _ = await sent_by_link(lead, ana.person, **said)
    got = await stranger.send(link, TAKER | {"passphrase": passphrase, "form": "read"})
    with zipfile.ZipFile(BytesIO(got.content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert [name.partition("/")[0] for name in members] == ["manifest.json", "file.json", "file.pdf"]
    told = "".join(one.extract_text() for one in PdfReader(BytesIO(members["file.pdf"])).pages)
    for whole in (told, members["file.json"].decode()):
        assert "Featherstone" not in whole and "wrote to Ana at night" not in whole
        assert "About another child." in whole


async def test_five_wrong_passphrases_end_a_link_and_the_sender_is_told(sign_in, stranger) -> None:
    lead = await sign_in(Role.LEAD)
    ana = await filed(lead.actor)
    link, *_ = await sent_by_link(lead, ana.person)
    answers = [await stranger.send(link, TAKER | {"passphrase": "3333", "form": "read"}) for _ in range(5)]
    assert [one.status_code for one in answers] == [422] * 4 + [410]
    page = await stranger.get(link)
    assert page.status_code == 410 and "This link is over" in page.text
    async with begin(lead.actor) as work:
        (transfer,) = await queries.list_sent(work)
        told = await work.driver.fetchval("select count(*) from jobs.job where kind = 'notice.transfer.locked'")
    assert (transfer.state, told) == ("locked", 1)


async def test_a_link_that_ran_out_unused_says_so_to_whoever_sent_it_and_leads_to_sending_again(
    sign_in, stranger, owner
) -> None:
    lead = await sign_in(Role.LEAD)
    ana = await filed(lead.actor)
    link, *_ = await sent_by_link(lead, ana.person)
    async with begin(lead.actor) as work:
        (transfer,) = await queries.list_sent(work)
        asked = await work.driver.fetchval(CHASED, transfer.id, transfer.expires_at)
        assert (asked, await late.count_late(work)) == (True, 0)
    at, again = f"/transfers/{transfer.id}", f'href="/people/{ana.person}/transfer"'
    before = [(await lead.get(path)).text for path in ("/transfers", at)]
    assert not any("has run out" in text for text in before) and again not in before[1]
    owner.execute("update transfers set expires_at = now() - interval '1 minute' where id = %s", (transfer.id,))
    assert "This link is over" in (await stranger.get(link)).text
    listed, one, sending = [
        (await lead.get(path)).text for path in ("/transfers", at, f"/people/{ana.person}/transfer")
    ]
    assert ("The link has run out" in listed, "No receipt yet" in listed) == (True, False)
    assert ("nobody can open it any more" in one, again in one) == (True, True)
    assert not any(words in one for words in ("On its way", "tries left", "The link works until"))
    assert "the link has run out" in sending
    async with begin(lead.actor) as work:
        assert await late.count_late(work) == 1
    await lead.send(f"{at}/cancel", {"reason": "It ran out."}, page=at)
    assert "has run out" not in (await lead.get("/transfers")).text


async def test_on_paper_a_file_is_printed_with_a_slip_and_its_receipt_is_written_down(sign_in) -> None:
    lead = await sign_in(Role.LEAD)
    ana = await filed(lead.actor)
    _, at, fields = await preview(lead, ana.person, way="paper")
    made = await lead.send(at, fields | {"step": "send"}, token=fields["csrf_token"])
    place = made.headers["location"].partition("?")[0]
    sheet = PdfReader(BytesIO((await lead.get(f"{place}/sheet.pdf")).content)).pages[0].extract_text()
    assert "Signature" in sheet and "Ana" not in sheet
    assert "Ana Brook" in PdfReader(BytesIO((await lead.get(f"{place}/file.pdf")).content)).pages[0].extract_text()
    wrong = await lead.send(f"{place}/receipt", {"by": "", "role": "Head", "received_on": "today"}, page=place)
    assert wrong.status_code == 422 and "Who signed the slip?" in wrong.text
    slip = {"by": "Sam Reed", "role": "Head", "received_on": "today"}
    assert (await lead.send(f"{place}/receipt", slip, page=place)).status_code == 303
    assert "Sam Reed" in (await lead.get(place)).text
    assert (await lead.get(f"{place}/file.pdf")).status_code == 410


async def test_an_organisation_is_found_by_its_name_or_number_and_a_home_by_its_whole_name(sign_in, someone) -> None:
    lead, home = await sign_in(Role.LEAD), await someone(Role.LEAD, kind="childrens_home")
    ana = await filed(lead.actor)
    async with begin(home) as work:
        name = await work.driver.fetchval("select name from public.organisations where id = $1", home.organisation_id)
    at = f"/people/{ana.person}/transfer"
    for wanted, found in ((name, True), (name[:-2], False)):
        shown = await lead.send(at, ASKED | {"way": "inside", "search": wanted, "step": "find"})
        assert (str(home.organisation_id) in shown.text) is found
    first = await lead.send(at, {"way": "inside", "search": name, "step": "find"})
    assert str(home.organisation_id) in first.text and "govuk-error" not in first.text
    nobody = await lead.send(at, ASKED | {"way": "inside", "search": name[:-2], "step": "check"})
    assert nobody.status_code == 422 and "Moves there in January." in nobody.text


async def test_whoever_sends_reads_what_never_goes_and_what_is_held_against_the_record(sign_in) -> None:
    lead = await sign_in(Role.LEAD)
    ana = await filed(lead.actor)
    async with begin(lead.actor) as work:
        await write_disagreement(work, ana.person, "Her mother", "It was not so.", "We wrote what we saw.")
    text, _, _ = await preview(lead, ana.person)
    assert "1 disagreement with the record" in text and "who is told of it and who handles it here" in text
    shown = (await lead.client.get(f"/incidents/{ana.open}")).text
    assert "Held against this record" in shown and "It was not so." in shown and "We wrote what we saw." in shown
