"""An open page of the desk asks for what is new: it gets that and nothing else, and nothing at all where nothing is."""

import re
from html import unescape

import msgspec
import psycopg
import pytest

from safeguard.access.roles import Role
from safeguard.helpline.hearing import hear
from safeguard.helpline.moving import move_case
from safeguard.helpline.queries import get_case
from safeguard.helpline.states import State
from safeguard.work import begin
from tests.helpline.conftest import CALL, taken

pytestmark = pytest.mark.anyio

ASKS = re.compile(r'hx-get="([^"]+seen=[^"]+)"')
PAGE = {"hx-request": "true", "hx-current-url": "https://safeguard.test/helpline"}


@pytest.fixture
async def desk(sign_in):
    return await sign_in(Role.PRACTITIONER, kind="helpline")


@pytest.fixture
def logged(addresses, desk):
    """How many entries the log of the desk holds."""

    def count() -> int:
        with psycopg.connect(addresses.owner) as owner:
            found = owner.execute(
                "select count(*) from audit.leaves where organisation_id = %s", (desk.actor.organisation_id,)
            ).fetchone()
        return found[0] if found else 0

    return count


async def case_of(desk, **more):
    async with begin(desk.actor) as work:
        return await taken(work, msgspec.structs.replace(CALL, **more))


async def says(desk, case, words: str) -> None:
    async with begin(desk.actor) as work:
        await hear(work, await get_case(work, case.id), "phone", words, "")


def asked_by(html: str) -> str:
    """What a page asks for anew."""
    found = ASKS.search(html)
    assert found, html[:300]
    return unescape(found[1])


async def opened(desk, path: str) -> str:
    return asked_by((await desk.get(path)).text)


async def test_a_page_that_shows_everything_is_answered_without_a_word_and_the_log_hears_of_nothing(desk, logged):
    case = await case_of(desk)
    for path in (f"/helpline/cases/{case.id}", "/helpline"):
        asks = await opened(desk, path)
        before = logged()
        for _ in range(3):
            answer = await desk.get(asks, **PAGE)
            assert (answer.status_code, answer.content) == (204, b"")
        assert logged() == before


async def test_what_the_caller_writes_comes_to_the_open_case_and_is_said_aloud_once(desk):
    case = await case_of(desk)
    asks = await opened(desk, f"/helpline/cases/{case.id}")
    await says(desk, case, "It is still there.")
    answer = await desk.get(asks, **PAGE)
    assert "It is still there." in answer.text
    assert 'data-announce="New in this case: The caller" data-announce-heard' in answer.text
    assert "<textarea" not in answer.text  # what somebody types in never comes anew
    assert (await desk.get(asked_by(answer.text), **PAGE)).status_code == 204


async def test_a_case_that_moved_brings_its_state_and_lets_its_forms_go_on(desk):
    case = await case_of(desk)
    path = f"/helpline/cases/{case.id}"
    asks = await opened(desk, path)
    async with begin(desk.actor) as work:
        moved = await move_case(work, await get_case(work, case.id), State.TRIAGED, "", case.version)
    answer = (await desk.get(asks, **PAGE)).text
    assert 'id="case-state" hx-swap-oob="true"' in answer
    assert f'name="seen" value="{moved.version}" form="form-state"' in answer
    assert 'value="escalated"' in answer  # where it may go from there
    sent = await desk.send(f"{path}/state", {"state": "escalated", "seen": str(moved.version)}, page=path)
    assert sent.status_code == 303


async def test_words_alone_leave_what_was_chosen_under_what_next(desk):
    case = await case_of(desk)
    asks = await opened(desk, f"/helpline/cases/{case.id}")
    await says(desk, case, "One more thing.")
    assert 'id="follows"' not in (await desk.get(asks, **PAGE)).text


async def test_a_case_that_ended_meanwhile_says_so_and_that_nothing_typed_is_lost(desk):
    case = await case_of(desk)
    asks = await opened(desk, f"/helpline/cases/{case.id}")
    async with begin(desk.actor) as work:
        await move_case(work, await get_case(work, case.id), State.DECLINED, "It is not for us.", case.version)
    answer = (await desk.get(asks, **PAGE)).text
    assert "This case has ended since you opened it" in answer
    assert "What you typed is still here." in answer


async def test_the_queue_shows_who_came_and_how_many_wait(desk):
    await case_of(desk)
    asks = await opened(desk, "/helpline?show=mine")
    await case_of(desk, summary="A second account appeared.")
    answer = (await desk.get(asks, **PAGE)).text
    assert "The queue changed: 2 cases are open" in answer
    assert 'id="counts" hx-swap-oob="true"' in answer
    assert 'id="which" hx-swap-oob="true"' in answer


async def test_a_case_that_is_written_to_again_changes_the_queue_without_being_said_aloud(desk):
    case = await case_of(desk)
    asks = await opened(desk, "/helpline")
    await says(desk, case, "It is still there.")
    answer = (await desk.get(asks, **PAGE)).text
    assert "Wrote again" in answer
    assert "data-announce" not in answer


async def test_a_page_of_what_ended_and_what_was_looked_for_asks_for_nothing(desk):
    await case_of(desk)
    for path in ("/helpline?show=ended", "/helpline?q=Oakes"):
        assert not ASKS.search((await desk.get(path)).text)


async def test_whoever_was_signed_out_keeps_the_page_and_what_they_typed(desk):
    case = await case_of(desk)
    asks = await opened(desk, f"/helpline/cases/{case.id}")
    desk.client.cookies.clear()
    answer = await desk.get(asks, **PAGE)
    assert answer.status_code == 286  # HTMX asks no further
    assert answer.headers["hx-reswap"] == "none"
    assert "hx-redirect" not in answer.headers
    assert "You were signed out" in answer.headers["hx-trigger"]


async def test_a_locked_page_stays_where_it_is_and_asks_again_later(desk, addresses):
    case = await case_of(desk)
    asks = await opened(desk, f"/helpline/cases/{case.id}")
    with psycopg.connect(addresses.owner, autocommit=True) as owner:
        owner.execute("update sessions set locked_at = now() where user_id = %s", (desk.actor.user_id,))
    answer = await desk.get(asks, **PAGE)
    assert answer.status_code == 204
    assert "hx-redirect" not in answer.headers


async def test_the_queue_can_be_walked_by_keyboard(desk):
    case = await case_of(desk)
    queue = (await desk.get("/helpline")).text
    assert "data-keys" in queue
    assert re.search(rf'<tr role="row" data-row>\s*<th[^>]*><a[^>]* id="case-{case.id}" data-open', queue)
