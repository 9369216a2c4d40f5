"""The public page: somebody without an account writes, gets a code, and reads the answer with it."""

import re
from datetime import timedelta
from html import unescape

import pytest
from babel.messages.pofile import read_po

from safeguard import paths
from safeguard.access.roles import Role
from safeguard.concerns import awaiting
from safeguard.public_reports import arriving, forms
from safeguard.tenancy.calendars.reading import read_clocks
from safeguard.web import languages, templates
from safeguard.web.languages import gettext, speaking
from safeguard.web.templates import environment
from safeguard.work import begin
from tests.factories.incidents import SCHOOL

pytestmark = pytest.mark.anyio

CODE = re.compile(r'id="code">([^<]+)<')
WORDS = "Somebody in year 9 sends me horrible messages."


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """Tests type quicker than anybody."""
    monkeypatch.setattr(arriving, "FASTEST", timedelta(0))


async def write(browser, path, **fields):
    page = (await browser.get(path)).text
    opened = re.search(r'name="opened" value="([^"]+)"', page)
    assert opened
    asked = {} if path.endswith(("/b", "/b?lang=cy")) else {"in_charge": "no"}
    return await browser.send(path, {"opened": opened[1], **asked, **fields})


async def code_from(browser, path, **fields):
    answer = await write(browser, path, **fields)
    assert answer.status_code == 200, answer.text
    found = CODE.search(answer.text)
    assert found
    return found[1]


async def test_a_report_lands_in_the_inbox_and_is_answered_by_its_code(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}"
    code = await code_from(visitor, f"{at}/b", words=WORDS, writer="child", danger="no", when="since Monday")
    inbox = (await lead.get("/incidents")).text
    assert "horrible messages" in inbox
    found = re.search(r'href="(/incidents/[0-9a-f-]{36})', inbox)
    assert found
    page = (await lead.get(found[1])).text
    assert "Somebody, by the public page" in page
    assert f"{found[1]}/messages" in page
    answer = await lead.send(f"{found[1]}/messages", {"words": "We read it. You did well to write."})
    assert answer.status_code == 303
    talk = await visitor.send(f"{at}/back", {"code": code.lower().replace("-", " ")})
    assert "You did well to write." in talk.text
    assert "Somebody here has read what you sent." in talk.text
    assert "Acknowledge" not in (await lead.get(found[1])).text  # an answer says that it was received
    again = await visitor.send(f"{at}/back/message", {"code": code, "words": "It is <b>Sam</b>."}, page=f"{at}/back")
    assert "We have your new message" in again.text
    assert "It is &lt;b&gt;Sam&lt;/b&gt;." in (await lead.get(f"{found[1]}/messages")).text


async def test_what_is_about_an_adult_here_goes_past_the_lead_to_the_head(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    here = lead.actor.organisation_id
    head = await sign_in(Role.HEAD, organisation=here)
    at = f"/r/{slug_of(here)}"
    code = await code_from(visitor, f"{at}/a", words=WORDS, subject_name=lead.actor.name)
    assert "horrible messages" not in (await lead.get("/incidents?state=all")).text
    found = re.search(r'href="(/concerns/[0-9a-f-]{36})"', (await head.get("/concerns")).text)
    assert found
    assert (await lead.get(found[1])).status_code == 404
    assert (await lead.get(f"{found[1]}/messages")).status_code == 404
    answer = await head.send(f"{found[1]}/messages", {"words": "I have read it."})
    assert answer.status_code == 303
    assert "I have read it." in (await visitor.send(f"{at}/back", {"code": code})).text


async def test_whoever_raised_a_concern_writes_again_and_it_waits_in_the_vault_until_somebody_read_it(
    sign_in, visitor, slug_of
):
    head = await sign_in(Role.HEAD)
    at = f"/r/{slug_of(head.actor.organisation_id)}"
    code = await code_from(visitor, f"{at}/a", words=WORDS, subject_name="Walter Wombat")
    concern = re.search(r'href="(/concerns/[0-9a-f-]{36})"', (await head.get("/concerns")).text)[1]
    assert concern not in (await head.get("/concerns?state=heard")).text, "nothing was written after the report"
    await head.send(f"{concern}/messages", {"words": "Who else was there?"})
    for number, words in enumerate(("Ravi was there.", "And Tom."), start=1):
        await visitor.send(f"{at}/back/message", {"code": code, "words": words}, page=f"{at}/back")
        assert await heard_by(head.actor) == 1
        assert concern in (await head.get("/concerns?state=heard")).text
        page = (await head.get(concern)).text
        assert "wrote again, and nobody has read it" in page
        assert all(said in page for said in ("Who else was there?", "Ravi was there.", "And Tom.")[: number + 1])
        talk = (await head.get(f"{concern}/messages")).text
        assert words in talk
        seen = re.search(r'name="seen" value="([^"]+)"', talk)[1]
        assert (await head.send(f"{concern}/messages", {"read": "yes", "seen": seen})).status_code == 303
        assert await heard_by(head.actor) == 0
        assert concern not in (await head.get("/concerns?state=heard")).text
    await visitor.send(f"{at}/back/message", {"code": code, "words": "Later."}, page=f"{at}/back")
    await head.send(f"{concern}/messages", {"read": "yes", "seen": seen})
    assert await heard_by(head.actor) == 1, "what came after the page was shown waits on"


async def heard_by(actor):
    async with begin(actor, purpose="session") as work:
        clocks = (await read_clocks(work, SCHOOL, "england", "Europe/London")).clocks
        return (await awaiting.read_apart(work, SCHOOL, clocks)).heard


async def test_nobody_in_charge_reads_what_is_about_whoever_is_in_charge(sign_in, visitor, slug_of):
    head = await sign_in(Role.HEAD)
    at = f"/r/{slug_of(head.actor.organisation_id)}"
    answer = await write(visitor, f"{at}/a", words=WORDS, subject_work="the head", in_charge="yes")
    assert "Please tell somebody else as well" in answer.text
    assert "horrible" not in (await head.get("/concerns?state=all")).text


@pytest.mark.parametrize(
    "said",
    [
        {"in_charge": "unsure"},
        {"subject_work": "headteacher"},
        {"subject_name": "the Head"},
        {"subject_name": "Mr Gramt"},
        {"subject_name": "derek"},
        {"subject_name": "Derik Grantt"},
        {"words": WORDS + " It was derek grant who did it."},
        {"words": WORDS + " I mean Grant."},
        {"words": WORDS + " ask mr gramt"},
    ],
    ids=lambda said: " ".join(said.values())[-30:],
)
async def test_whoever_a_child_may_mean_does_not_read_it_however_they_call_them(sign_in, visitor, slug_of, call, said):
    head = await sign_in(Role.HEAD)
    call(head.actor, "Derek Grant")
    answer = await write(visitor, f"/r/{slug_of(head.actor.organisation_id)}/a", **{"words": WORDS, **said})
    assert "Please tell somebody else as well" in answer.text
    assert "horrible" not in (await head.get("/concerns?state=all")).text


@pytest.mark.parametrize(
    "said",
    [
        {"subject_name": "Anna Hale", "subject_work": "assistant head of PE"},
        {"subject_work": "teacher"},
        {"words": WORDS + " I granted it, in a grand way, and told the headteacher."},
    ],
    ids=lambda said: " ".join(said.values())[-30:],
)
async def test_what_is_about_somebody_else_is_read_by_the_head(sign_in, visitor, slug_of, call, said):
    head = await sign_in(Role.HEAD)
    call(head.actor, "Derek Grant")
    answer = await write(visitor, f"/r/{slug_of(head.actor.organisation_id)}/a", **{"words": WORDS, **said})
    assert "Please tell somebody else as well" not in answer.text
    assert "/concerns/" in (await head.get("/concerns?state=all")).text


async def test_of_an_adult_here_it_is_asked_whether_they_are_in_charge_and_nothing_typed_is_lost(
    sign_in, visitor, slug_of
):
    head = await sign_in(Role.HEAD)
    answer = await write(visitor, f"/r/{slug_of(head.actor.organisation_id)}/c", words=WORDS, in_charge="")
    assert answer.status_code == 422
    assert "Choose one. If you do not know" in unescape(answer.text)
    assert WORDS in unescape(answer.text)


async def test_a_form_sent_again_with_other_words_keeps_those_too(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}"
    page = (await visitor.get(f"{at}/b")).text
    opened = re.search(r'name="opened" value="([^"]+)"', page)[1]
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    for words in (WORDS, WORDS + " And Tom was there.", WORDS + " And Tom was there."):
        sent = await visitor.send(f"{at}/b", {"opened": opened, "words": words}, token=token)
    talk = (await visitor.send(f"{at}/back", {"code": CODE.findall(sent.text)[0]})).text
    assert talk.count("And Tom was there.") == 1


async def test_words_of_danger_count_in_the_first_report_whatever_was_answered(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}"
    await code_from(visitor, f"{at}/b", words="Somebody took my ruler.")
    await code_from(visitor, f"{at}/b", words="I want to kill myself tonight.")
    inbox = (await lead.get("/incidents/inbox?show=new")).text
    assert "Emergency" in inbox
    assert inbox.index("kill myself") < inbox.index("my ruler")
    found = re.search(r'href="(/incidents/[0-9a-f-]{36})"', inbox)[1]
    assert "By its words somebody may be in danger" in (await lead.get(found)).text


async def test_a_form_sent_twice_is_kept_once_with_one_code(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}/b"
    page = (await visitor.get(at)).text
    opened = re.search(r'name="opened" value="([^"]+)"', page)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert opened
    assert token
    sent = {"opened": opened[1], "words": WORDS}
    first, second = [await visitor.send(at, sent, token=token[1]) for _ in range(2)]
    assert CODE.findall(first.text) == CODE.findall(second.text) != []
    assert (await lead.get("/incidents")).text.count("horrible messages") == 1


@pytest.mark.parametrize("words", ["", "   ", "\u200b", "x" * 20_001])
async def test_what_needs_another_look_is_said_and_kept(sign_in, visitor, slug_of, words):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}/b"
    answer = await write(visitor, at, words=words, name="Sam")
    assert answer.status_code == 422
    assert 'value="Sam"' in answer.text


async def test_many_reports_wait_to_be_looked_at_and_none_is_refused(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}"
    codes = [await code_from(visitor, f"{at}/b", words=f"Message number {n}.") for n in range(1, 6)]
    listed = (await lead.get("/incidents")).text
    assert "Message number 3." in listed
    assert "Message number 4." not in listed
    held = (await lead.get("/incidents/held")).text
    ids = re.findall(r'action="/incidents/held/([0-9a-f-]{36})"', held)
    assert len(ids) == 2
    taken = await lead.send(f"/incidents/held/{ids[0]}", {}, page="/incidents/held")
    assert taken.status_code == 303
    assert "Somebody, by the public page" in (await lead.get(taken.headers["location"])).text
    assert (await lead.send("/incidents/held", {"report": ids[1]})).status_code == 422
    assert (await lead.send("/incidents/held", {"report": ids[1], "reason": "The same again."})).status_code == 303
    assert "Nothing is held" in (await lead.get("/incidents/held")).text
    story = (await lead.get(taken.headers["location"])).text
    assert "held back until somebody looked, and let through" in story
    back = [(await visitor.send(f"{at}/back", {"code": code})).status_code for code in codes]
    assert back == [200] * 5


async def test_the_trap_and_a_forged_time_hold_a_report_back(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}/b"
    await code_from(visitor, at, words="A trap.", website="https://example.org")
    assert CODE.search((await visitor.send(at, {"words": "No time.", "opened": "x"})).text)
    assert "Nothing is here" not in (await lead.get("/incidents/held")).text
    held = (await lead.get("/incidents/held")).text
    assert "A trap." in held
    assert "No time." in held


async def test_another_organisations_code_opens_nothing(sign_in, visitor, slug_of):
    one, other = await sign_in(Role.LEAD), await sign_in(Role.LEAD)
    code = await code_from(visitor, f"/r/{slug_of(one.actor.organisation_id)}/b", words=WORDS)
    elsewhere = f"/r/{slug_of(other.actor.organisation_id)}/back"
    answer = await visitor.send(elsewhere, {"code": code})
    assert answer.status_code == 422
    assert "find that code" in answer.text
    more = await visitor.send(f"{elsewhere}/message", {"code": code, "words": "Hello"}, page=elsewhere)
    assert more.status_code == 422


async def test_the_page_of_a_home_is_off_unguessable_and_nameless(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD, kind="childrens_home")
    name = f"/r/{slug_of(lead.actor.organisation_id)}"
    assert (await visitor.get(name)).status_code == 404
    assert "It is off" in (await lead.get("/settings/public")).text
    assert (await lead.send("/settings/public", {})).status_code == 303
    found = re.search(r'href="(/r/[^"]+)"', (await lead.get("/settings/public")).text)
    assert found
    assert (await visitor.get(found[1])).status_code == 404
    assert (await lead.send("/settings/public.report", {"value": "on", "seen": "0", "do": "change"})).status_code == 303
    page = await visitor.get(found[1])
    assert page.status_code == 200
    assert "Sample childrens_home" not in page.text
    assert (await visitor.get(name)).status_code == 404
    assert (await lead.send("/settings/public", {})).status_code == 303
    assert (await visitor.get(found[1])).status_code == 404


async def test_a_page_that_is_switched_off_is_like_none(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}"
    assert (await visitor.get(at)).status_code == 200
    assert (
        await lead.send("/settings/public.report", {"value": "off", "seen": "0", "do": "change"})
    ).status_code == 303
    assert (await visitor.get(at)).status_code == (await visitor.get("/r/nobody-at-all")).status_code == 404


async def test_the_page_says_nothing_in_its_title_and_leaves_nothing_behind(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    for path in ("", "/a", "/b", "/back"):
        answer = await visitor.get(f"/r/{slug_of(lead.actor.organisation_id)}{path}")
        assert "<title>Web page</title>" in answer.text
        assert "Safeguard" not in re.sub(r"data-say-\w+=\"[^\"]*\"", "", answer.text)
        assert answer.headers["cache-control"] == "no-store"
        assert "data-leave" in answer.text
        for number in ("999", "0800 1111", "childline.org.uk/remove"):
            assert number in answer.text
        assert 'type="file"' not in answer.text


async def test_the_page_speaks_welsh_to_whoever_chose_it_or_whose_browser_asks_for_it(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}"
    assert (await visitor.get(at.replace("/r/", "").upper().join(("/r/", "")))).status_code == 200, "as on a poster"
    with speaking("cy"):
        said = gettext("Tell us if something is wrong")
    assert said != "Tell us if something is wrong"
    chosen = (await visitor.get(f"{at}?lang=cy")).text
    asked = (await visitor.get(at, **{"Accept-Language": "cy-GB,en;q=0.5"})).text
    assert said in chosen
    assert said in asked
    assert '<html lang="cy"' in asked
    wrong = await write(visitor, f"{at}/b?lang=cy", words="")
    with speaking("cy"):
        assert gettext("Tell us what happened. A few words are enough.") in wrong.text
    assert "Gwall" in wrong.text
    assert "Problem" not in wrong.text


PUBLIC = ("_page", "_help", "_when", "start", "write", "sent", "back", "talk", "refused")


@pytest.mark.parametrize("name", PUBLIC)
def test_every_sentence_of_these_pages_is_there_in_welsh(name):
    source = (paths.TEMPLATES / "public" / f"{name}.html").read_text()
    found = [message for _, _, message in environment().extract_translations(source)]
    sentences = {message[0] if isinstance(message, tuple) else message for message in found}
    assert sentences
    with (paths.LOCALES / "cy" / "LC_MESSAGES" / "safeguard.po").open("rb") as written:
        known = {str(message.id): message.string for message in read_po(written, locale="cy")}
    assert {sentence for sentence in sentences if not known.get(sentence)} == set()


async def test_whatever_a_page_says_in_welsh_has_a_welsh_sentence_wherever_it_is_written(
    sign_in, visitor, slug_of, monkeypatch
):
    lead = await sign_in(Role.LEAD)
    at, back = f"/r/{slug_of(lead.actor.organisation_id)}", "/back?lang=cy"
    asked: dict[str, bool] = {}
    catalogue = languages._catalogue("cy")

    class Noting:
        def gettext(self, message):
            asked[message] = message in catalogue._catalog
            return catalogue.gettext(message)

        def ngettext(self, one, many, number):
            asked[one] = (one, 0) in catalogue._catalog
            return catalogue.ngettext(one, many, number)

    english = languages._catalogue
    monkeypatch.setattr(languages, "_catalogue", lambda name: Noting() if name == "cy" else english(name))
    templates._said_plainly.cache_clear()
    await visitor.get(f"{at}?lang=cy")
    for path in "abc":
        await visitor.get(f"{at}/{path}?lang=cy")
        wrong = await write(visitor, f"{at}/{path}?lang=cy", words="", subject_name="", happened="x" * 9_000)
        assert wrong.status_code == 422
        await write(visitor, f"{at}/{path}?lang=cy", words="x" * 60_000, subject_name="y" * 900, writer="nobody")
    code = await code_from(visitor, f"{at}/b?lang=cy", words=WORDS, writer="child", danger="yes")
    await visitor.get(f"{at}{back}")
    await visitor.send(f"{at}{back}", {"code": "0000-0000-0000-0000"}, page=f"{at}{back}")
    await visitor.send(f"{at}{back}", {"code": code}, page=f"{at}{back}")
    for words in ("", "x" * 6_000, "Again."):
        await visitor.send(f"{at}/back/message?lang=cy", {"code": code, "words": words}, page=f"{at}{back}")
    await visitor.send(f"{at}/b?lang=cy", {"words": "x" * 1_100_000})
    await visitor.get("/r/nobody-here?lang=cy")
    templates._said_plainly.cache_clear()
    assert len(asked) > 60
    assert sorted(message for message, known in asked.items() if not known) == []


async def test_what_is_refused_there_keeps_its_frame_its_language_and_every_word(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}/b"
    story = "It went on. " * 90_000
    long = await visitor.send(f"{at}?lang=cy", {"words": story, "who": "Ravi"}, page=at)
    stale = await visitor.send(at, {"words": WORDS, "csrf_token": "from-yesterday"}, page=at)
    nowhere = await visitor.get("/r/nobody-here")
    assert [answer.status_code for answer in (long, stale, nowhere)] == [413, 403, 404]
    for answer in (long, stale, nowhere):
        title = "Tudalen we" if answer is long else "Web page"
        assert f"<title>{title}</title>" in answer.text
        assert "data-leave" in answer.text
        assert "0800 1111" in answer.text
        assert "Safeguard" not in re.sub(r"data-say-\w+=\"[^\"]*\"", "", answer.text)
    assert "rhy hir" in long.text
    assert story.strip() in unescape(long.text)
    assert "Ravi" in long.text
    assert WORDS in stale.text
    assert "open the page again and send them" in stale.text


async def test_no_code_is_asked_for_in_other_words_than_a_wrong_one(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}/back"
    for lang, code, said in (
        ("en", "", "Write your code here first."),
        ("en", "0000-0000-0000-0000", "We can't find that code."),
        ("cy", "", "Ysgrifenna dy god yma yn gyntaf."),
    ):
        answer = await visitor.send(f"{at}?lang={lang}", {"code": code}, page=at)
        assert answer.status_code == 422
        assert said in unescape(answer.text)


def test_a_moment_that_the_server_did_not_seal_tells_nothing():
    assert forms.took("2026-01-01T00:00:00+00:00") is None
