"""The whole way of a form whose session ended while it was being filled in, with the real rooms."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.identity import passwords
from safeguard.web.cookies import CLEAR_SITE_DATA, SESSION
from tests.factories.owning import owning
from tests.identity.conftest import SPARE, AsOwner, as_owner, enrolled, spare  # noqa: F401
from tests.web.browsing import Browser, open_browser, token_of
from tests.web.whole import whole_service

pytestmark = pytest.mark.anyio

PASSWORD = "seven herons over the weir"
STORY = {
    "narrative": "It began in the class chat.\r\nThen “they” wrote <worse> things & \U0001f622.",
    "people-0-name": "Zo\u00eb O'Brien",
    "people-0-role": "affected",
    "happened_words": "last week, after PE",
}
DRAFT = {"draft": "01a204a3-7e5a-78bc-b5bf-ad47f8f08d72", "draft_version": "0", "draft_place": "/incidents/new"}
"""What the page adds by itself."""
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@dataclass
class Person:
    actor: Actor
    email: str
    browser: Browser
    codes: Iterator[str]
    """Their recovery codes: each second step uses one."""

    async def sign_in(self, token: str | None = None, **fields: str) -> httpx.Response:
        """Both steps; what was kept goes through both."""
        given = {"email": self.email, "password": PASSWORD, **fields}
        answer = await self.browser.send("/sign-in", given, token=token)
        step = {"do": "code", "code": next(self.codes)}
        if answer.status_code == 200:
            step["kept"] = hidden(answer.text)["kept"]
            return await self.browser.send("/second-step", step, token=token_of(answer.text))
        page = answer.headers["location"]
        step["next"] = parse_qs(urlsplit(page).query).get("next", ["/"])[0]
        return await self.browser.send("/second-step", step, page=page)


MakePerson = Callable[..., Awaitable[Person]]


@pytest.fixture(scope="module")
def stored_hash() -> str:
    return passwords._hasher.hash(passwords._as_bytes(PASSWORD))


@pytest.fixture
async def someone_at_a_browser(
    addresses: Addresses,
    data: Path,
    stored_hash: str,
    someone: Callable[..., Awaitable[Actor]],
    as_owner: AsOwner,  # noqa: F811
) -> AsyncIterator[MakePerson]:
    app = whole_service(data)
    async with app.lifespan(), open_browser(app) as client:

        async def make(role: Role) -> Person:
            actor = await someone(role)
            email = await run(
                addresses,
                "update users set password_hash = %s where id = %s returning email",
                stored_hash,
                actor.user_id,
            )
            assert actor.user_id
            await enrolled(as_owner, actor.user_id)
            codes = (spare(actor.user_id, number) for number in range(SPARE))
            return Person(actor, email, Browser(client, actor), codes)

        yield make


async def run(addresses: Addresses, statement: str, *values: Any) -> Any:
    async with owning(addresses.owner) as owner:
        cursor = await owner.execute(statement, values)
        row = await cursor.fetchone() if cursor.description else None
        return row and row[0]


async def count(addresses: Addresses, person: Person) -> int:
    organisation_id = person.actor.organisation_id
    return await run(addresses, "select count(*) from incidents where organisation_id = %s", organisation_id)


async def interrupted(addresses: Addresses, person: Person) -> httpx.Response:
    """They sign in, open the form, the session ends, they send the form."""
    assert (await person.sign_in()).status_code == 303
    token = await person.browser.token("/incidents/new")
    await run(addresses, "delete from sessions where user_id = %s", person.actor.user_id)
    return await person.browser.send("/incidents/new", STORY | DRAFT, token=token)


def hidden(html: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in HIDDEN.findall(html)}


async def test_a_form_that_only_leads_to_a_look_is_not_said_to_send_anything(
    someone_at_a_browser: MakePerson, addresses: Addresses
) -> None:
    person = await someone_at_a_browser(Role.LEAD)
    assert (await person.sign_in()).status_code == 303
    token = await person.browser.token("/incidents/new")
    await run(addresses, "delete from sessions where user_id = %s", person.actor.user_id)
    form = {"way": "link", "basis": "Moves to them on 4 January.", "step": "check"}
    refused = await person.browser.send(f"/people/{uuid4()}/transfer", form, token=token)
    back = await person.sign_in(token_of(refused.text), kept=hidden(refused.text)["kept"])
    assert "Nothing leaves when you go on" in back.text
    assert "Why is it sent, and why may you?" in back.text
    assert [words for words in ("Send it now", ">Step<", ">Basis<") if words in back.text] == []
    assert hidden(back.text)["step"] == "check"


async def test_sign_in_again_and_nothing_typed_is_lost(someone_at_a_browser: MakePerson, addresses: Addresses) -> None:
    person = await someone_at_a_browser(Role.LEAD)
    refused = await interrupted(addresses, person)
    assert refused.status_code == 401
    assert "We kept what you typed" in refused.text
    assert "class chat" not in refused.text
    back = await person.sign_in(token_of(refused.text), kept=hidden(refused.text)["kept"])
    assert back.status_code == 200
    assert "It has not been sent yet" in back.text
    assert {name: value for name, value in hidden(back.text).items() if name in STORY} == STORY
    assert [
        words for words in ("What happened?", "Full name (1)", "Affected", "Open the form") if words not in back.text
    ] == []
    again = await person.browser.client.post(
        "/drafts", data=hidden(back.text) | {"later": "open"}, headers={"sec-fetch-site": "same-origin"}
    )
    opened = unescape((await person.browser.get(again.headers["location"])).text)
    assert "Then “they” wrote <worse> things" in opened
    assert "Record incident" in opened
    sent = await person.browser.client.post(
        "/incidents/new", data=hidden(back.text), headers={"sec-fetch-site": "same-origin"}
    )
    assert sent.status_code == 303
    assert await count(addresses, person) == 1
    shown = unescape((await person.browser.get(sent.headers["location"])).text)
    assert "Then “they” wrote <worse> things & \U0001f622." in shown
    assert "Zo\u00eb O'Brien" in shown


async def test_a_wrong_password_keeps_the_form_and_another_person_never_sees_it(
    someone_at_a_browser: MakePerson, addresses: Addresses
) -> None:
    person, other = await someone_at_a_browser(Role.LEAD), await someone_at_a_browser(Role.LEAD)
    refused = await interrupted(addresses, person)
    kept = hidden(refused.text)["kept"]
    wrong = await person.browser.send(
        "/sign-in", {"email": person.email, "password": "not this one", "kept": kept}, token=token_of(refused.text)
    )
    assert wrong.status_code == 422
    assert hidden(wrong.text)["kept"] == kept
    theirs = await other.sign_in(kept=kept)
    assert theirs.status_code == 200
    assert "belongs to another person" in theirs.text
    assert "class chat" not in theirs.text


async def test_a_story_of_a_megabyte_comes_back_whole(
    someone_at_a_browser: MakePerson, addresses: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await someone_at_a_browser(Role.LEAD)
    monkeypatch.setitem(STORY, "narrative", "".join(chr(0x4E00 + number * 37 % 20_000) for number in range(100_000)))
    refused = await interrupted(addresses, person)
    back = await person.sign_in(kept=hidden(refused.text)["kept"])
    assert hidden(back.text)["narrative"] == STORY["narrative"]


async def test_after_signing_out_the_back_button_shows_nothing(someone_at_a_browser: MakePerson) -> None:
    person = await someone_at_a_browser(Role.LEAD)
    await person.sign_in()
    page = await person.browser.get("/incidents")
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    out = await person.browser.send("/sign-out", {}, token=token_of(page.text))
    assert out.status_code == 303
    assert out.headers["clear-site-data"] == CLEAR_SITE_DATA
    assert not person.browser.client.cookies.get(SESSION)
    assert (await person.browser.get("/incidents")).status_code == 303


async def test_signing_in_leads_to_the_page_that_was_wanted_and_never_elsewhere(
    someone_at_a_browser: MakePerson,
) -> None:
    person = await someone_at_a_browser(Role.LEAD)
    assert (await person.sign_in(next="/incidents?risk=high")).headers["location"] == "/incidents?risk=high"
    assert (await person.sign_in(next="https://evil.example/")).headers["location"] == "/"
