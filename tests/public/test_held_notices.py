"""Reports that are held make no noise each, and are not forgotten: those who handle incidents hear, then the head."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.clock import now
from safeguard.incidents import beside
from safeguard.incidents.beside import Queue
from safeguard.incidents.queries import read_incident
from safeguard.public_reports import holding
from safeguard.public_reports.adding import MOST_HELD
from safeguard.public_reports.holding import count_held
from safeguard.work import begin
from tests.post.working import work_off
from tests.public.writing import code_from

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("unhurried")]

TOLD = "select event from notices where recipient_id = $1 order by created_at, id"
WAITS = """
select (extract(epoch from run_at - created_at) / 60)::integer from jobs.job where kind = 'notice.held_waiting'
"""


async def told(person: Actor) -> list[str]:
    async with begin(system(person.organisation_id)) as work:
        return [row["event"] for row in await work.driver.fetch(TOLD, person.user_id)]


async def hold_two(visitor: Any, at: str, **fields: str) -> None:
    for words in ("The first trap.", "The second trap."):
        await code_from(visitor, f"{at}/b", words=words, website="https://example.org", **fields)


async def test_whoever_handles_incidents_is_told_once_of_a_flood_and_the_head_when_nobody_looks(
    sign_in, visitor, slug_of
):
    lead = await sign_in(Role.LEAD)
    here = lead.actor.organisation_id
    head = await sign_in(Role.HEAD, organisation=here)
    await hold_two(visitor, f"/r/{slug_of(here)}")
    await work_off(here, None)
    assert (await told(lead.actor), await told(head.actor)) == (["public_report.held"], [])
    await work_off(here, None, ahead=True)
    assert (await told(lead.actor), await told(head.actor)) == (["public_report.held"], ["public_report.waiting"])
    assert "Reports by the public page wait for you to look at them" not in (await head.get("/incidents")).text


async def test_of_danger_in_what_is_held_everybody_hears_at_once_although_they_were_told_of_the_flood(
    sign_in, visitor, slug_of
):
    lead = await sign_in(Role.LEAD)
    here = lead.actor.organisation_id
    head = await sign_in(Role.HEAD, organisation=here)
    at = f"/r/{slug_of(here)}"
    await hold_two(visitor, at)
    await work_off(here, None)
    await code_from(visitor, f"{at}/b", words="He is back, he will kill me.", website="https://example.org")
    await work_off(here, None)
    assert await told(lead.actor) == ["public_report.held", "public_report.held_urgent"]
    await work_off(here, None, ahead=True)
    assert await told(head.actor) == ["public_report.waiting"] * 2, "of the flood, and of the danger"
    page = (await lead.get("/incidents/held")).text
    assert page.index("He is back") < page.index("The first trap")
    assert "Somebody may be in danger" in page


@pytest.mark.parametrize("later", [False, True], ids=["in the report", "in what was written after it"])
async def test_however_many_came_before_it_what_tells_of_danger_by_its_words_is_on_the_page(
    sign_in, visitor, slug_of, monkeypatch, later
):
    monkeypatch.setattr(holding, "MOST", 2)
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}"
    await hold_two(visitor, at)
    telling, calm = "He is back, he will kill me.", "Somebody is unkind to me."
    code = await code_from(visitor, f"{at}/b", words=calm if later else telling, website="https://example.org")
    if later:
        await visitor.send(f"{at}/back/message", {"code": code, "words": telling}, page=f"{at}/back")
    page = (await lead.get("/incidents/held")).text
    assert page.index(telling) < page.index("The first trap")
    assert "The second trap" not in page, "there are more"
    async with begin(lead.actor) as work:
        assert await holding.count_danger(work) == 1


async def test_what_was_looked_at_is_not_told_to_the_head(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    here = lead.actor.organisation_id
    head = await sign_in(Role.HEAD, organisation=here)
    await hold_two(visitor, f"/r/{slug_of(here)}")
    await work_off(here, None)
    page = (await lead.get("/incidents/held")).text
    ids = [part.split('"')[0] for part in page.split('name="report" value="')[1:]]
    assert (await lead.send("/incidents/held", {"report": ids, "reason": "No reports."})).status_code == 303
    await work_off(here, None, ahead=True)
    assert await told(head.actor) == []


@pytest.mark.parametrize(("danger", "minutes"), [("yes", 15), ("no", 240)])
async def test_a_held_report_of_danger_waits_as_short_as_any_other(sign_in, visitor, slug_of, danger, minutes):
    lead = await sign_in(Role.LEAD)
    here = lead.actor.organisation_id
    await hold_two(visitor, f"/r/{slug_of(here)}", danger=danger)
    await work_off(here, None)
    async with begin(system(here)) as work:
        assert [row[0] for row in await work.driver.fetch(WAITS)] == [minutes, minutes]


async def test_the_inbox_and_the_home_page_say_how_many_are_held(sign_in, visitor, slug_of, monkeypatch):
    held = Queue("/incidents/held", "Held reports", count_held, "Reports by the public page wait to be looked at")
    monkeypatch.setattr(beside, "_queues", [held])
    lead = await sign_in(Role.LEAD)
    assert "Held reports</a>" in (await lead.get("/incidents/inbox")).text
    await hold_two(visitor, f"/r/{slug_of(lead.actor.organisation_id)}")
    assert "Held reports (2)</a>" in (await lead.get("/incidents/inbox")).text
    home = (await lead.get("/")).text
    assert "Reports by the public page wait to be looked at" in home
    assert 'href="/incidents/held"' in home


async def test_an_emergency_comes_before_what_is_held_and_the_rest_after_it(sign_in, visitor, slug_of, monkeypatch):
    held = Queue("/incidents/held", "Held reports", count_held, "Reports by the public page wait to be looked at")
    monkeypatch.setattr(beside, "_queues", [held])
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}"
    await code_from(visitor, f"{at}/b", words="An ordinary report.")
    await code_from(visitor, f"{at}/b", words="A report of danger.", danger="yes")
    await code_from(visitor, f"{at}/b", words="A trap.", website="https://example.org")
    home = (await lead.get("/")).text
    places = [home.index(words) for words in ("A report of danger.", "wait to be looked at", "An ordinary report.")]
    assert places == sorted(places)


async def test_a_report_of_danger_is_not_set_aside_with_others_and_what_was_can_still_be_taken_in(
    sign_in, visitor, slug_of
):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}"
    await hold_two(visitor, at)
    await code_from(visitor, f"{at}/b", words="He is back, he will kill me.", website="https://example.org")
    [danger, *others] = re.findall(r'name="report" value="([^"]+)"', (await lead.get("/incidents/held")).text)
    assert f'type="hidden" name="report" value="{danger}"' in (await lead.get("/incidents/held")).text
    together = await lead.send("/incidents/held", {"report": [danger, *others], "reason": "Spam."})
    assert (together.status_code, "set it aside by itself" in together.text) == (422, True)
    assert len(await held_of(lead)) == 3
    assert (await lead.send("/incidents/held", {"report": others, "reason": "Spam."})).status_code == 303
    alone = await lead.send("/incidents/held", {"report": danger, "reason": "A line of a song."})
    page = (await lead.get(alone.headers["location"])).text
    assert "1 was set aside" in page
    aside = (await lead.get("/incidents/held?show=aside")).text
    assert "A line of a song." in aside
    taken = await lead.send(f"/incidents/held/{danger.partition('.')[0]}", {}, page="/incidents/held?show=aside")
    assert "he will kill me" in (await lead.get(taken.headers["location"])).text
    assert "he will kill me" not in (await lead.get("/incidents/held?show=aside")).text


AGO = "update public_reports set kept_at = kept_at - interval '3 days' where organisation_id = %s"


async def test_a_held_report_is_talked_about_and_its_time_is_when_it_was_sent(sign_in, visitor, slug_of, addresses):
    """The receipt says that one can write more: also while it waits, and once it was set aside by mistake."""
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}"
    code = await code_from(visitor, f"{at}/b", words="They wait for me.", website="https://example.org")
    with psycopg.connect(addresses.owner) as owner:
        owner.execute(AGO, (lead.actor.organisation_id,))
    page = (await visitor.send(f"{at}/back", {"code": code})).text
    assert 'action="' + f"{at}/back/message" in page
    first = await visitor.send(f"{at}/back/message", {"code": code, "words": "At the gate."}, page=f"{at}/back")
    assert "At the gate." in first.text
    report = (await held_of(lead))[0]
    unread = await lead.send("/incidents/held", {"report": f"{report}.0", "reason": "A trap."}, page="/incidents/held")
    assert (unread.status_code, "wrote again while you read" in unread.text) == (422, True)
    assert "A trap." in unread.text
    aside = {"report": f"{report}.1", "reason": "A trap."}
    assert (await lead.send("/incidents/held", aside, page="/incidents/held")).status_code == 303
    await visitor.send(f"{at}/back/message", {"code": code, "words": "It is real."}, page=f"{at}/back")
    listed = (await lead.get("/incidents/held")).text
    assert all(words in listed for words in ("They wait for me.", "At the gate.", "It is real."))
    taken = await lead.send(f"/incidents/held/{report}", {}, page="/incidents/held")
    async with begin(lead.actor) as work:
        story = await read_incident(work, UUID(taken.headers["location"].rpartition("/")[2]))
    assert timedelta(days=2, hours=23) < now() - story.facts.recorded_at < timedelta(days=3, hours=1)
    written = [entry.words for entry in story.entries if entry.kind == "message"]
    assert written[:2] == ["At the gate.", "It is real."]
    assert "let through" in written[2]


async def test_what_is_held_takes_so_many_messages_and_says_when_it_takes_no_more(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    at = f"/r/{slug_of(lead.actor.organisation_id)}"
    code = await code_from(visitor, f"{at}/b", words="Again and again.", website="https://example.org")
    for number in range(MOST_HELD + 2):
        answer = await visitor.send(f"{at}/back/message", {"code": code, "words": f"More {number}."}, page=f"{at}/back")
    assert (answer.status_code, "a lot of messages" in answer.text) == (409, True)
    assert f"More {MOST_HELD + 1}." in answer.text
    listed = (await lead.get("/incidents/held")).text
    assert (f"More {MOST_HELD - 1}." in listed, f"More {MOST_HELD}." in listed) == (True, False)


async def held_of(lead: Any) -> list[str]:
    return re.findall(r'action="/incidents/held/([0-9a-f-]{36})"', (await lead.get("/incidents/held")).text)


OUTBOX = "select template, address from outbox where organisation_id = %s and address is not null order by created_at"


async def outside(addresses, here: UUID) -> list[tuple[str, str]]:
    with psycopg.connect(addresses.owner) as owner:
        return [tuple(row) for row in owner.execute(OUTBOX, (here,)).fetchall()]


def names_somebody_outside(addresses, here: UUID) -> None:
    with psycopg.connect(addresses.owner, autocommit=True) as owner:
        owner.execute(
            "update organisations set second_person_name = 'Morgan Hale', second_person_email = 'board@example.org'"
            " where id = %s",
            (here,),
        )


async def test_in_a_club_without_a_head_what_waits_for_long_goes_to_the_person_outside_and_says_nothing(
    sign_in, visitor, slug_of, addresses
):
    officer = await sign_in(Role.LEAD, kind="club")
    here = officer.actor.organisation_id
    names_somebody_outside(addresses, here)
    await hold_two(visitor, f"/r/{slug_of(here)}")
    await work_off(here, None)
    assert (await told(officer.actor), await outside(addresses, here)) == (["public_report.held"], [])
    await work_off(here, None, ahead=True)
    assert await outside(addresses, here) == [("nobody_looked", "board@example.org")]
    await work_off(here, None, ahead=True)
    assert await outside(addresses, here) == [("nobody_looked", "board@example.org")], "once"


async def test_with_nobody_here_who_could_look_the_person_outside_hears_at_once(sign_in, visitor, slug_of, addresses):
    somebody = await sign_in(Role.REPORTER, kind="club")
    here = somebody.actor.organisation_id
    names_somebody_outside(addresses, here)
    await hold_two(visitor, f"/r/{slug_of(here)}")
    await work_off(here, None)
    assert await outside(addresses, here) == [("nobody_here", "board@example.org")]
