"""Somebody without an account asks, once, and reads nothing; a flood is refused with the telephone number."""

import pytest
from babel.messages.pofile import read_po

from safeguard import paths
from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.helpline.desk import load_desk
from safeguard.helpline.mail.threads import token_of
from safeguard.helpline.queries import get_case, list_entries, list_urls_of
from safeguard.helpline.states import State
from safeguard.helpline.web_form import asking
from safeguard.helpline.web_form.asking import visitor
from safeguard.helpline.web_form.rating import Feedback, find_feedback
from safeguard.helpline.web_form.taking import take_form
from safeguard.web.languages import gettext, speaking
from safeguard.web.templates import environment
from safeguard.work import begin
from tests.helpline.conftest import taken
from tests.web.browsing import open_browser
from tests.web.browsing import token_of as token_in

pytestmark = pytest.mark.anyio

FILLED = {
    "summary": "An account pretends to be me.", "name": "Sam Oakes", "organisation": "Alder School",
    "email": "Sam.Oakes@alder.example", "caller": "teacher", "sector": "secondary",
    "addresses": "https://social.example/a\nnot an address",
}  # fmt: skip
FORMS = "select id, reference, state, told, case_id from helpline_forms order by sent_at"
JOBS = "select subject_id from jobs.job where kind = 'desk_form.take' order by created_at"


@pytest.fixture
async def supervisor(someone):
    return await someone(Role.SUPERVISOR, kind="helpline")


def path_of(actor) -> str:
    return f"/help/sample-{actor.organisation_id.hex[-12:]}"


async def sent(client, path: str, **more: str):
    page = await client.get(path)
    return await client.post(path, data={"csrf_token": token_in(page.text), **FILLED, **more})


async def forms_of(actor) -> list:
    async with begin(system(actor.organisation_id)) as work:
        return await work.driver.fetch(FORMS)


async def take_all(actor) -> list:
    """What the worker does with every form that waits; the cases."""
    cases = []
    async with begin(system(actor.organisation_id)) as work:
        waiting = [row["subject_id"] for row in await work.driver.fetch(JOBS)]
        for form_id in waiting:
            if case_id := await take_form(work, form_id):
                cases.append(await get_case(work, case_id))
    return cases


async def test_a_form_becomes_a_case_with_the_reference_that_was_shown(service, supervisor):
    async with open_browser(service) as client:
        answer = await sent(client, path_of(supervisor), at_risk="yes")
    assert answer.status_code == 200
    (case,) = await take_all(supervisor)
    assert case.reference in answer.text
    assert (case.channel, case.state, case.at_risk) == ("web", State.SUBMITTED, True)
    assert (case.caller_contact, case.caller, case.sector) == ("sam.oakes@alder.example", "teacher", "secondary")
    async with begin(supervisor) as work:
        assert [url.host for url in await list_urls_of(work, case.id)] == ["social.example"]
    ((form),) = await forms_of(supervisor)
    assert (form["state"], form["told"], form["case_id"]) == ("taken", "", case.id)
    assert await take_all(supervisor) == []


async def test_somebody_who_wants_to_be_rung_is(service, supervisor):
    async with open_browser(service) as client:
        answer = await sent(
            client, path_of(supervisor), telephone="01632 960123", call_back="yes", call_when="After 2."
        )
    assert "rings you back" in answer.text
    (case,) = await take_all(supervisor)
    assert case.summary.startswith("Please ring 01632 960123. After 2.")
    assert case.priority == "soon"


async def test_the_same_form_twice_asks_once_and_shows_the_same(service, supervisor):
    async with open_browser(service) as client:
        page = await client.get(path_of(supervisor))
        filled = {"csrf_token": token_in(page.text), **FILLED}
        answers = [await client.post(path_of(supervisor), data=filled) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    ((form),) = await forms_of(supervisor)
    assert all(form["reference"] in answer.text for answer in answers)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"summary": ""}, "Say what it is about"),
        ({"email": "", "telephone": ""}, "Give an email address or a telephone number"),
        ({"email": "sam at alder"}, "no email address"),
        ({"email": "sam@alder.example\r\nBcc: eve@evil.example"}, "no email address"),
        ({"call_back": "yes"}, "Give the number that we should ring"),
        ({"caller": "wizard"}, "Choose one of the answers"),
    ],
)
async def test_what_is_missing_is_said_and_nothing_typed_is_lost(service, supervisor, wrong, words):
    async with open_browser(service) as client:
        answer = await sent(client, path_of(supervisor), **wrong)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Alder School" in answer.text
    assert await forms_of(supervisor) == []


LONG = "https://social.example/an.account.with.a.longer.name/of.a.teacher/video/7300000000000000"
MANY = "\n".join(f"{LONG}{number}" for number in range(501))
"""As long as platforms make them."""


@pytest.mark.parametrize(("asked", "language"), [("", "en_GB"), ("?lang=cy", "cy")], ids=["English", "Welsh"])
async def test_more_addresses_than_one_list_holds_are_refused_and_nothing_typed_is_lost(
    service, supervisor, asked, language
):
    async with open_browser(service) as client:
        answer = await sent(client, path_of(supervisor) + asked, addresses=MANY)
        with speaking(language):
            assert (answer.status_code, answer.text.count(gettext(asking.MANY))) == (422, 2)
            assert language == "en_GB" or gettext(asking.MANY) != asking.MANY
        assert "Alder School" in answer.text
        assert f"{LONG}500" in answer.text
        assert await forms_of(supervisor) == []
        fewer = await sent(client, path_of(supervisor) + asked, addresses=MANY.rpartition("\n")[0])
    assert fewer.status_code == 200
    (case,) = await take_all(supervisor)
    async with begin(supervisor) as work:
        assert len(await list_urls_of(work, case.id)) == 500


async def test_a_form_that_was_taken_with_more_becomes_a_case_and_the_rest_stays_with_its_words(
    service, supervisor, monkeypatch
):
    monkeypatch.setattr(asking, "MOST", 1_000)  # as long as the form did not count them
    async with open_browser(service) as client:
        await sent(client, path_of(supervisor), addresses=f"{MANY}\njavascript:alert(1)")
    (case,) = await take_all(supervisor)
    async with begin(supervisor) as work:
        assert len(await list_urls_of(work, case.id)) == 500
        told = (await list_entries(work, case.id))[0].words
    assert told.splitlines()[-2:] == ["javascript:alert(1)", f"{LONG}500"]


async def test_all_that_is_missing_is_said_at_once(service, supervisor):
    async with open_browser(service) as client:
        answer = await sent(client, path_of(supervisor), summary="", email="", telephone="", call_back="yes")
    assert answer.status_code == 422
    for words in ("Say what it is about", asking.REACH, "Give the number that we should ring."):
        assert answer.text.count(words) == 2, "above the form, and beside its field"


async def test_the_form_speaks_welsh_and_the_desk_knows_that_it_did(service, supervisor):
    path = f"{path_of(supervisor)}?lang=cy"
    async with open_browser(service) as client:
        by_browser = await client.get(path_of(supervisor), headers={"Accept-Language": "cy-GB,en;q=0.5"})
        assert '<html lang="cy"' in by_browser.text
        refused = await sent(client, path, email="", telephone="")
        longer = await sent(client, path, summary="x" * 20_001, addresses="y" * 150_000)
        most = await sent(client, path, addresses="y" * 150_000)
        taken_ = await sent(client, path)
    assert "Mae hyn 1 nod yn rhy hir. Y mwyaf yw 20,000." in longer.text and "Error:" not in longer.text
    assert most.status_code == 422
    with speaking("cy"):
        assert gettext("Ask the helpline") != "Ask the helpline"
        assert gettext("Ask the helpline") in by_browser.text
        assert gettext("Give an email address or a telephone number, so that somebody can answer you.") in refused.text
        assert gettext("Thank you. We have it.") in taken_.text
        assert gettext(asking.LONG) != asking.LONG and gettext(asking.LONG) in most.text
    (case,) = await take_all(supervisor)
    assert "answer in Welsh" in case.summary


def test_every_sentence_of_the_form_and_of_its_lists_is_there_in_welsh():
    sentences: set[str] = {*load_desk().callers.values(), *load_desk().sectors.values()}
    for file in sorted((paths.TEMPLATES / "helpline" / "web").glob("*.html")):
        found = [message for _, _, message in environment().extract_translations(file.read_text())]
        sentences |= {message[0] if isinstance(message, tuple) else message for message in found} - {None}
    with (paths.LOCALES / "cy" / "LC_MESSAGES" / "safeguard.po").open("rb") as written:
        known = {str(message.id): message.string for message in read_po(written, locale="cy")}
    assert {sentence for sentence in sentences if not known.get(sentence)} == set()


async def test_a_flood_of_one_browser_is_refused_with_the_number_and_keeps_what_was_typed(
    service, supervisor, monkeypatch
):
    monkeypatch.setattr(asking, "ONE_BROWSER", 1)
    async with open_browser(service) as client:
        await sent(client, path_of(supervisor))
        answer = await sent(client, path_of(supervisor), summary="A second matter.")
    assert answer.status_code == 429
    assert "A second matter." in answer.text
    assert len(await forms_of(supervisor)) == 1
    async with open_browser(service) as other:
        assert (await sent(other, path_of(supervisor))).status_code == 200


async def test_what_a_browser_or_a_machine_filled_in_unseen_is_kept_and_the_desk_is_told(service, supervisor):
    async with open_browser(service) as client:
        answer = await sent(client, path_of(supervisor), website="https://alder.example")
    assert answer.status_code == 200
    (case,) = await take_all(supervisor)
    assert case.reference in answer.text
    assert case.summary.startswith("An account pretends to be me.")
    assert case.summary.endswith("or a machine: look before you answer.")


async def test_an_organisation_that_is_no_helpline_has_no_form(service, organisation):
    school = await organisation("school")
    async with open_browser(service) as client:
        assert (await client.get(f"/help/sample-{school.hex[-12:]}")).status_code == 404
        assert (await client.get("/help/nobody")).status_code == 404


async def test_whoever_writes_there_can_read_nothing_of_the_desk(service, supervisor):
    async with begin(supervisor) as work:
        await taken(work)
    async with open_browser(service) as client:
        await sent(client, path_of(supervisor))
    async with begin(visitor(supervisor.organisation_id), purpose="public") as work:
        for table in ("helpline_cases", "helpline_entries", "helpline_forms", "helpline_feedback", "helpline_threads"):
            assert await work.driver.fetchval(f"select count(*) from {table}") == 0


async def test_whoever_holds_the_link_says_once_whether_it_helped(service, supervisor):
    async with begin(supervisor) as work:
        case = await taken(work)
        path = f"{path_of(supervisor)}/feedback/{await token_of(work, case.id)}"
    async with open_browser(service) as client:
        page = await client.get(path)
        assert case.reference in page.text
        assert "maths teacher" not in page.text
        empty = await client.post(path, data={"csrf_token": token_in(page.text), "words": ""})
        assert empty.status_code == 422
        for helpful in ("5", "1"):
            said = {"csrf_token": token_in(page.text), "helpful": helpful, "words": "Very quick."}
            answer = await client.post(path, data=said)
            assert "Thank you for telling us" in answer.text
    async with begin(supervisor) as work:
        assert await find_feedback(work, case.id) == Feedback(5, "Very quick.", "link")


@pytest.mark.parametrize("token", ["k" * 16, "x", "..%2F.."])
async def test_a_link_that_was_not_given_out_leads_nowhere(service, supervisor, token):
    async with open_browser(service) as client:
        assert (await client.get(f"{path_of(supervisor)}/feedback/{token}")).status_code == 404
