"""The public page itself: whether it is there, what it says of itself, and how it refuses."""

import re
from html import unescape

import pytest

from safeguard.access.roles import Role
from tests.public.writing import WORDS

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("unhurried")]


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
