"""A flood of reports about adults hides no real one: it waits on a list of its own, of what its reader may know."""

import re
from datetime import timedelta
from typing import Any

import pytest

from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.concerns import awaiting, naming
from safeguard.incidents import apart
from safeguard.public_reports import arriving
from safeguard.work import begin
from tests.post.working import work_off
from tests.public.writing import code_from

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("unhurried")]

TOLD = "select event from notices where recipient_id = $1 order by event"


@pytest.fixture(autouse=True)
def bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """The home page asks the vault, as the application binds it."""
    monkeypatch.setattr(apart, "_bound", [awaiting])


async def told(person: Actor) -> list[str]:
    async with begin(system(person.organisation_id)) as work:
        return [row["event"] for row in await work.driver.fetch(TOLD, person.user_id)]


async def say(visitor: Any, at: str, words: str, about: str, **fields: str) -> None:
    await code_from(visitor, f"{at}/a", words=words, subject_name=about, in_charge="no", **fields)


async def lists(reader: Any, *words: str) -> tuple[list[bool], list[bool]]:
    """Whether each of these words stands among what is open, and on the list of the flood."""
    standing, flood = [(await reader.get(f"/concerns?state={state}")).text for state in ("open", "flood")]
    return [each in standing for each in words], [each in flood for each in words]


async def test_what_comes_faster_than_anybody_types_hides_no_concern_and_is_told_of_once(
    sign_in, visitor, slug_of, monkeypatch
):
    head = await sign_in(Role.HEAD)
    here = head.actor.organisation_id
    at = f"/r/{slug_of(here)}"
    await say(visitor, at, "He hit me at practice.", "Walter Wombat")
    monkeypatch.setattr(arriving, "FASTEST", timedelta(hours=1))
    for words in ("La la la.", "Blah blah blah."):
        await say(visitor, at, words, "Walter Wombat")
    await work_off(here, None)
    said = ("He hit me", "La la la", "Blah blah")
    assert await lists(head, *said) == ([True, False, False], [False, True, True])
    assert "2 more came many at once" in (await head.get("/concerns")).text
    assert await told(head.actor) == ["concern.raised", "vault.flood"]


async def test_from_one_browser_the_fourth_within_an_hour_stands_with_the_others_once_it_was_received(
    sign_in, visitor, slug_of
):
    head = await sign_in(Role.HEAD)
    at = f"/r/{slug_of(head.actor.organisation_id)}"
    for words in ("First.", "Second.", "Third.", "Fourth."):
        await say(visitor, at, words, "Walter Wombat", danger="yes")
    page = (await head.get("/concerns?state=flood")).text
    assert await lists(head, "Third.", "Fourth.") == ([True, False], [False, True])
    assert "Somebody may be in danger" in page
    concern = next(part.split('"')[0] for part in page.split('href="/concerns/')[1:] if part[8] == "-")
    answer = await head.send(f"/concerns/{concern}/receive", {"version": "1"}, page=f"/concerns/{concern}")
    assert answer.status_code == 303, answer.text
    assert await lists(head, "Fourth.") == ([True], [False])


async def test_what_is_no_report_is_set_aside_with_one_reason_and_can_be_opened_again(
    sign_in, visitor, slug_of, monkeypatch
):
    head = await sign_in(Role.HEAD)
    at = f"/r/{slug_of(head.actor.organisation_id)}"
    monkeypatch.setattr(arriving, "FASTEST", timedelta(hours=1))
    for words, fields in (("La la la.", {}), ("Blah blah.", {}), ("He will come tonight.", {"danger": "yes"})):
        await say(visitor, at, words, "Walter Wombat", **fields)
    page = (await head.get("/concerns?state=flood")).text
    assert page.index("He will come tonight.") < page.index("La la la."), "whoever may be in danger comes first"
    ticks = re.findall(r'name="concern" value="([^"]+)"', page)
    assert len(ticks) == 2, "and is opened by itself"
    danger = re.search(r'href="/concerns/([^"]+)">Open this one by itself', page)
    assert danger
    for wrong, said in (
        ({"concern": ticks, "reason": ""}, "Say why: the same sentence is kept with each of them."),
        ({"reason": "Silly."}, "Tick the reports that you want to set aside."),
        ({"concern": [*ticks, f"{danger[1]}.1"], "reason": "Silly."}, "Open it by itself first."),
        ({"concern": [ticks[0], ticks[1].replace(".1", ".2")], "reason": "Silly."}, "Somebody changed one of these"),
    ):
        answer = await head.send("/concerns/flood", wrong, page="/concerns?state=flood")
        assert (answer.status_code, said in answer.text) == (422, True), said
    assert await lists(head, "La la", "Blah", "He will") == ([False] * 3, [True] * 3)
    done = await head.send(
        "/concerns/flood", {"concern": ticks, "reason": "A lesson on the page."}, page="/concerns?state=flood"
    )
    assert done.headers["location"] == "/concerns?state=flood&aside=2"
    assert "2 were set aside" in (await head.get("/concerns?state=flood&aside=2")).text
    assert await lists(head, "La la", "Blah", "He will") == ([False] * 3, [False, False, True])
    assert "La la la." in (await head.get("/concerns?state=closed")).text
    concern = f"/concerns/{ticks[0].partition('.')[0]}"
    page = (await head.get(concern)).text
    assert "A lesson on the page." in page
    assert "Set aside: it came in a flood, and is no report" in page
    assert (
        await head.send(f"{concern}/reopen", {"version": "2", "reason": "It is real."}, page=f"{concern}/reopen")
    ).status_code == 303
    assert (await lists(head, "La la"))[0] == [True]


async def test_a_reader_cannot_tell_from_another_concern_that_a_flood_was_about_themselves(sign_in, visitor, slug_of):
    head = await sign_in(Role.HEAD)
    here = head.actor.organisation_id
    chair = await sign_in(Role.LEAD, organisation=here)
    async with begin(head.actor, purpose="session") as work:
        await naming.name(work, chair.actor.user_id, "The chair trusts them.")
    at = f"/r/{slug_of(here)}"
    for words in ("First.", "Second.", "Third."):
        await say(visitor, at, words, head.actor.name)
    await say(visitor, at, "Fourth.", "Walter Wombat")
    await work_off(here, None)
    assert await lists(head, "First.", "Third.", "Fourth.") == ([False, False, True], [False, False, False])
    assert await lists(chair, "First.", "Third.", "Fourth.") == ([True, True, False], [False, False, True])
    assert "many at once" not in (await head.get("/concerns")).text
    assert await told(head.actor) == ["concern.raised"]
    assert (await told(chair.actor)).count("vault.flood") == 1


async def test_a_concern_whose_writer_tells_of_danger_since_says_so_in_the_list(sign_in, visitor, slug_of):
    head = await sign_in(Role.HEAD)
    at = f"/r/{slug_of(head.actor.organisation_id)}"
    code = await code_from(
        visitor, f"{at}/a", words="He shouted at me.", subject_name="Walter Wombat", in_charge="no", danger="no"
    )
    assert "Somebody may be in danger" not in (await head.get("/concerns")).text
    for words, says in (("It was in the hall.", False), ("He is here now and I am scared tonight.", True)):
        await visitor.send(f"{at}/back/message", {"code": code, "words": words}, page=f"{at}/back")
        assert ("Somebody may be in danger" in (await head.get("/concerns")).text) is says
