"""The public page in Welsh, to its last sentence."""

import pytest
from babel.messages.pofile import read_po

from safeguard import paths
from safeguard.access.roles import Role
from safeguard.web import languages, templates
from safeguard.web.languages import gettext, speaking
from safeguard.web.templates import environment
from tests.public.writing import CODE, WORDS, code_from, write

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("unhurried")]


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


async def test_the_other_language_is_offered_only_where_following_it_takes_nothing_away(sign_in, visitor, slug_of):
    at = f"/r/{slug_of((await sign_in(Role.LEAD)).actor.organisation_id)}"
    assert f'href="{at}?lang=en"' in (await visitor.get(f"{at}?lang=cy")).text
    form = (await visitor.get(f"{at}/b?lang=cy")).text
    assert f'class="govuk-back-link" href="{at}?lang=cy"' in form, "to where the other language is"
    sent = await write(visitor, f"{at}/b?lang=cy", words=WORDS)
    code = CODE.search(sent.text)
    assert code
    talk = (await visitor.send(f"{at}/back?lang=cy", {"code": code[1]})).text
    assert 'name="words"' in talk
    for page in (form, sent.text, talk):
        assert 'lang="cy"' in page
        assert 'hreflang="en"' not in page


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
