"""The report form itself, filled in badly: by mistake, in haste, or on purpose."""

from collections.abc import AsyncIterator, Awaitable, Callable
from html import unescape
from pathlib import Path
from typing import Any

import anyio
import pytest

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.web.cookies import SESSION
from safeguard.web.directions import CONTROLS, neutral
from tests.factories.owning import owning
from tests.web.browsing import Browser, open_browser
from tests.web.conftest import open_session
from tests.web.whole import whole_service

pytestmark = pytest.mark.anyio

FORM = "/incidents/new"
MIXED = "Zo\u00eb \u202b\u0645\u0631\u0648\u0629\u202c \U0001f469\u200d\U0001f467 O\u2019Brien \u5c0f\u660e "
NASTY = "<script>alert(1)</script>{{7*7}}{% include 'x' %}=HYPERLINK(\"x\")\"'><img src=x onerror=1>"


@pytest.fixture
async def lead(addresses: Addresses, data: Path, someone: Callable[..., Awaitable[Actor]]) -> AsyncIterator[Browser]:
    """A lead at the real service."""
    app = whole_service(data)
    actor = await someone(Role.LEAD)
    async with app.lifespan(), open_browser(app) as client:
        client.cookies.set(SESSION, await open_session(addresses, actor), domain="safeguard.test", path="/")
        yield Browser(client, actor)


async def recorded(addresses: Addresses, lead: Browser) -> tuple[int, int]:
    """How many incidents there are, and how many entries say that one was recorded."""
    assert lead.actor
    async with owning(addresses.owner) as owner:
        found = await owner.execute(
            "select (select count(*) from incidents where organisation_id = %(o)s), (select count(*) from audit.leaves"
            " where organisation_id = %(o)s and entry like '%%incident.recorded%%')",
            {"o": lead.actor.organisation_id},
        )
        incidents, entries = (await found.fetchone()) or (0, 0)
        return incidents, entries


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("happened_on", "14/10/1066", "The year 1066 is too long ago"),
        ("happened_on", f"1/1/{clock.now().year + 1}", "The date is after today"),
        ("happened_on", "31/6/2026", "There is no 31 June"),
        ("happened_on", NASTY, "We could not read this as a date"),
        ("happened_at", "25:00", "There is no such time"),
        ("people-0-name", MIXED * 40, "too long"),
        ("narrative", "   ", "Say what happened"),
    ],
)
async def test_a_slip_is_told_beside_its_field_and_everything_typed_is_kept(
    lead: Browser, addresses: Addresses, field: str, typed: str, sentence: str
) -> None:
    fields = {"narrative": "Words that must stay.", "place_detail": "behind the <gym>", field: typed}
    answer = await lead.send(FORM, fields)
    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    assert "behind the &lt;gym&gt;" in answer.text
    assert typed.strip() in unescape(answer.text)
    assert await recorded(addresses, lead) == (0, 0)


async def test_a_name_of_300_characters_in_many_scripts_is_taken_as_it_is(lead: Browser, addresses: Addresses) -> None:
    name = (MIXED * 20)[:300].strip()
    answer = await lead.send(FORM, {"narrative": MIXED, "people-0-name": name, "people-0-role": "affected"})
    assert answer.status_code == 303
    shown = unescape((await lead.get(answer.headers["location"])).text)
    assert neutral(name) in shown
    assert name in unescape((await lead.get(answer.headers["location"].split("?")[0] + "/correct")).text)
    assert await recorded(addresses, lead) == (1, 1)


async def test_words_that_turn_round_are_neutral_wherever_they_are_read_and_exact_where_they_are_kept(
    lead: Browser,
) -> None:
    turned, told = "Sam \u202ecilA drahciR", "\u202eNeedlework of a cable\u202c and more"
    fields = {"narrative": told, "accounts": turned, "people-0-name": turned, "people-0-role": "affected"}
    answer = await lead.send(FORM, fields)
    at = answer.headers["location"].split("?")[0]
    for path in (at, f"{at}/versions/1", "/", "/incidents", "/incidents?q=Needlework", "/incidents/inbox"):
        page = unescape((await lead.get(path)).text)
        assert " of a cable and more" in page, path
        assert not set(page) & set(CONTROLS), path
    correction = unescape((await lead.get(f"{at}/correct")).text)
    assert turned in correction
    assert told in correction
    table = (await lead.get("/incidents/list.csv")).text
    assert "Sam [U+202E]cilA drahciR" in table
    assert not set(table) & set(CONTROLS)


async def test_markup_in_every_field_is_only_words(lead: Browser) -> None:
    words = ("narrative", "place_detail", "accounts", "child_words", "immediate_action", "happened_words")
    fields = dict.fromkeys([*words, "people-0-name", "people-0-notes", "people-0-group_name"], NASTY)
    answer = await lead.send(FORM, fields | {"people-0-role": "affected"})
    assert answer.status_code == 303
    location = answer.headers["location"].split("?")[0]
    for path in (
        location,
        "/incidents",
        "/incidents?q=script",
        "/",
        f"{location}/close",
        f"{location}/correct",
        "/audit",
    ):
        page = (await lead.get(path)).text
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
        assert "49" not in page.split("HYPERLINK")[0][-40:], path


ADA = {"narrative": "x", "people-0-name": "Ada", "people-0-role": "affected"}


async def test_an_answer_that_the_page_never_offered_is_refused(lead: Browser, addresses: Addresses) -> None:
    for field in ("place", "device", "danger_now", "people-0-role"):
        answer = await lead.send(FORM, {**ADA, field: "'; drop table incidents"})
        assert (field, answer.status_code) == (field, 422)
    assert await recorded(addresses, lead) == (0, 0)


async def test_a_double_click_records_one_incident_with_one_entry(lead: Browser, addresses: Addresses) -> None:
    token = await lead.token(FORM)
    places: list[str] = []

    async def click() -> None:
        places.append((await lead.send(FORM, {"narrative": "Once"}, token=token)).headers["location"])

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(click)
    assert len(set(places)) == 1
    assert await recorded(addresses, lead) == (1, 1)


async def test_nobody_can_bring_a_file_to_a_report(lead: Browser, addresses: Addresses) -> None:
    page = (await lead.get(FORM)).text
    assert 'type="file"' not in page
    token: Any = await lead.token(FORM)
    answer = await lead.client.post(
        FORM,
        data={"csrf_token": token, "narrative": "See picture"},
        files={"picture": ("a.png", b"\x89PNG")},
        headers={"sec-fetch-site": "same-origin"},
    )
    assert answer.status_code == 400
    assert "See picture" in answer.text
    assert await recorded(addresses, lead) == (0, 0)
