"""A hostile provider and hostile browsers, through the real pages: nobody comes in, it is said why, and logged."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import psycopg
import pytest
from litestar import Litestar
from structlog.testing import capture_logs

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.identity import approving
from safeguard.post import reaching
from safeguard.sign_on import connecting, going, providers
from safeguard.sign_on.connecting import Wish
from safeguard.sign_on.tokens import Claims
from safeguard.web.cookies import SESSION
from safeguard.work import begin
from tests.factories.owning import owning
from tests.sign_on import hostile
from tests.sign_on.hostile import CLIENT, KEY, SUBJECT, Provider
from tests.web.browsing import Browser, open_browser
from tests.web.whole import whole_service

pytestmark = pytest.mark.anyio
BACK = "https://safeguard.test/sign-in/return"
SAID = re.compile(r'govuk-body">([^<]+)')
REFUSED = """
select count(*) from audit.leaves
where organisation_id = %s and log = 'general' and entry like '%%sign_on.refused%%'
"""
OF_THE_PLATFORM = "select count(*) from audit.leaves where log = 'platform'"


@dataclass
class Scene:
    """An organisation whose lead signs in at this provider."""

    app: Litestar
    provider: Provider
    addresses: Addresses
    organisation_id: UUID
    slug: str
    connection_id: UUID

    @property
    def doors(self) -> str:
        """The page with the provider's button."""
        return f"/sign-in/with?organisation={self.slug}"

    async def leave(self, client: httpx.AsyncClient, form: str | None = None) -> str:
        """Go to the provider; returns the state, and tells the provider the nonce."""
        door = f"/sign-in/with/{self.slug}/{self.connection_id}"
        sent = await Browser(client).send(door, {"next": "/account"}, page=self.doors, token=form)
        found = re.search(r'href="([^"]+/auth\?[^"]+)"', sent.text)
        assert found, sent.text
        asked = parse_qs(urlsplit(unescape(found[1])).query)
        self.provider.nonce = asked["nonce"][0]
        return asked["state"][0]

    async def back(self, client: httpx.AsyncClient, state: str, **other: str) -> httpx.Response:
        """Come back with what the provider gave."""
        return await client.get("/sign-in/return", params={"code": "c", "state": state} | other)

    async def refusals(self) -> int:
        """How often the organisation's log tells of one."""
        async with owning(self.addresses.owner) as owner:
            row = await (await owner.execute(REFUSED, (self.organisation_id,))).fetchone()
            assert row
            return int(row[0])


async def connected(issuer: str, lead: Actor, administrator: Actor) -> UUID:
    """A connection that two people agreed to, and that the lead linked."""
    wish = Wish("Alder account", issuer, CLIENT, "the secret", "sub", "", "")
    async with begin(administrator) as work:
        connection_id = await connecting.add(work, wish)
        await connecting.note_tried(work, connection_id, well=True)
        proposal = await connecting.ask_to_open(work, connection_id, "One account.")
    async with begin(lead) as work:
        await approving.approve(work, proposal.id)
    async with begin(lead) as work:
        (door,) = await going.list_own_doors(work)
        departure = await going.leave_from_within(work, door, "link", BACK)
    attempt = await going.take(parse_qs(urlsplit(departure.address).query)["state"][0], departure.secret.text)
    await going.link(attempt, Claims(SUBJECT, {}))
    return connection_id


@pytest.fixture
async def scene(someone: Callable[..., Awaitable[Actor]], addresses: Addresses, data: Path) -> AsyncIterator[Scene]:
    lead = await someone(Role.LEAD)
    administrator = await someone(Role.ADMINISTRATOR, organisation=lead.organisation_id)
    app = whole_service(data)
    reaching.allow_loopback(allowed=True)
    providers.forget()
    try:
        async with app.lifespan():
            with hostile.running() as provider:
                connection_id = await connected(provider.issuer, lead, administrator)
                async with owning(addresses.owner) as owner:
                    found = await owner.execute("select slug from organisations where id = %s", (lead.organisation_id,))
                    row = await found.fetchone()
                assert row
                yield Scene(app, provider, addresses, lead.organisation_id, row[0], connection_id)
    finally:
        reaching.allow_loopback(allowed=False)
        providers.forget()


Lie = tuple[Callable[[], Any], dict[str, str], str]
"""What the provider does, what the browser comes back with, and what its page says."""

INSIDE = "http://169.254.169.254/latest"
KNOWN = "/.well-known/openid-configuration"
UNSURE = "does not say what it must"
UNREAD = "is not signed as it must be"


def claim(provider: Provider, **other: Any) -> Callable[[], Any]:
    return lambda: provider.claims.update(other)


def make(provider: Provider, how: Callable[[Provider], str]) -> Callable[[], Any]:
    return lambda: setattr(provider, "make", how)


def says(provider: Provider, **other: Any) -> Callable[[], Any]:
    return lambda: provider.metadata.update(other)


def answers(provider: Provider, path: str, status: int, body: bytes, **headers: str) -> Callable[[], Any]:
    return lambda: provider.answers.update({path: (status, headers, body)})


def of_answers(provider: Provider) -> dict[str, Lie]:
    """What the browser comes back with."""
    return {
        "an answer of another provider": (
            claim(provider),
            {"iss": "https://login.example"},
            "came from another provider",
        ),
        "an answer of nobody": (
            says(provider, authorization_response_iss_parameter_supported=True),
            {},
            "does not say which provider it is from",
        ),
        "no code": (claim(provider), {"code": ""}, "answered with an error"),
    }


def of_signatures(provider: Provider) -> dict[str, Lie]:
    """How the token is signed, and what it is."""
    return {
        "algorithm none": (make(provider, hostile.unsigned), {}, UNREAD),
        "the public key as a secret": (make(provider, hostile.by_the_public_key), {}, UNREAD),
        "another's key under the same name": (make(provider, hostile.by_a_stranger), {}, UNREAD),
        "claims that are a list": (make(provider, hostile.of_a_list), {}, UNREAD),
        "no token": (make(provider, lambda _: ""), {}, "is not signed as it must be"),
        "a token that is a number": (make(provider, lambda _: 7), {}, "sent no ID token"),
        "an endless token": (make(provider, lambda _: "e" * 20_000), {}, "too long"),
    }


def of_claims(provider: Provider) -> dict[str, Lie]:
    """Whom the token is from, for whom it was made, and when."""
    now = int(clock.now().timestamp())
    return {
        "another tenant": (claim(provider, iss=f"{provider.issuer}/other", tid="other"), {}, UNSURE),
        "an old nonce": (claim(provider, nonce="of-yesterday"), {}, UNSURE),
        "a nonce that is a list": (claim(provider, nonce=[provider.nonce]), {}, UNSURE),
        "another audience": (claim(provider, aud="somebody-else"), {}, UNSURE),
        "an audience that is an object": (claim(provider, aud={CLIENT: 1}), {}, UNSURE),
        "audiences that are numbers": (claim(provider, aud=[1, 2]), {}, UNSURE),
        "made in the future": (claim(provider, iat=now + 3600, exp=now + 7200), {}, "must: "),
        "made long ago": (claim(provider, iat=now - 7200), {}, "not made for this sign-in"),
        "a time in words": (claim(provider, iat="now"), {}, UNSURE),
        "no number": (claim(provider, iat=float("nan")), {}, "not"),
        "run out": (claim(provider, exp=now - 120), {}, "has run out"),
        "an end in words": (claim(provider, exp="never"), {}, UNSURE),
    }


def of_subjects(provider: Provider) -> dict[str, Lie]:
    """Whose the token is."""
    return {
        "another subject": (claim(provider, sub="of-nobody"), {}, "no account here is linked"),
        "a subject that is a number": (claim(provider, sub=7), {}, "not say"),
        "a subject with a zero byte": (claim(provider, sub=f"{SUBJECT}\0"), {}, "does not say whose it is"),
    }


def of_keys(provider: Provider) -> dict[str, Lie]:
    """What the token is checked with."""
    return {
        "a thousand keys": (
            lambda: setattr(provider, "keys", [KEY.as_dict(private=False) | {"kid": str(n)} for n in range(1000)]),
            {},
            "longer than 256 KB",
        ),
        "sixty keys": (
            lambda: setattr(provider, "keys", [KEY.as_dict(private=False)] * 60),
            {},
            "are not a JSON Web Key Set",
        ),
        "a private network's keys": (
            says(provider, jwks_uri="https://10.0.0.1/keys"),
            {},
            "not on the public internet",
        ),
        "a neighbour's keys": (says(provider, jwks_uri=INSIDE), {}, "begins with https://"),
        "keys that are no keys": (
            answers(provider, "/keys", 200, b'{"keys": [{"kty": "RSA", "kid": "one"}]}'),
            {},
            "cannot be",
        ),
    }


def of_metadata(provider: Provider) -> dict[str, Lie]:
    """What the provider says of itself."""
    return {
        "a way to a neighbour": (answers(provider, KNOWN, 302, b"", location=INSIDE), {}, "answered 302"),
        "another name of its own": (says(provider, issuer="https://login.example"), {}, "calls itself"),
        "no metadata": (answers(provider, KNOWN, 200, b"[1]"), {}, "not a JSON object"),
        "a page for metadata": (answers(provider, KNOWN, 200, b"<html>"), {}, "not JSON"),
    }


def of_tokens(provider: Provider) -> dict[str, Lie]:
    """What comes for a code."""
    return {
        "a neighbour's token endpoint": (
            says(provider, token_endpoint="https://169.254.169.254/t"),
            {},
            "not on the public",
        ),
        "tokens in a list": (answers(provider, "/token", 200, b"[]"), {}, "not"),
        "tokens in words": (answers(provider, "/token", 200, b'"x"'), {}, "not"),
        "a page for tokens": (answers(provider, "/token", 200, b"<html>"), {}, "broke before"),
        "a broken token endpoint": (answers(provider, "/token", 500, b"no"), {}, "broke before"),
        "a refusal with markup": (
            answers(provider, "/token", 400, b'{"error": "<script>alert(1)</script>"}'),
            {},
            "&lt;script&gt;",
        ),
        "a way to a neighbour's tokens": (answers(provider, "/token", 307, b"", location=INSIDE), {}, "not"),
        "a slow token endpoint": (lambda: setattr(provider, "delay", 2.0), {}, "no whole answer within"),
    }


PARTS = (of_answers, of_signatures, of_claims, of_subjects, of_keys, of_metadata, of_tokens)


def lies(provider: Provider) -> dict[str, Lie]:
    """Every lie."""
    return {name: lie for part in PARTS for name, lie in part(provider).items()}


async def test_every_lie_is_refused_in_words_and_told_to_the_log(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    before = await scene.refusals()
    async with open_browser(scene.app) as client:
        form = await Browser(client).token(scene.doors)
        seen = {name: await told(scene, client, form, name, monkeypatch) for name in lies(scene.provider)}
    assert {name: what for name, what in seen.items() if what} == {}
    assert await scene.refusals() - before == len(seen)


async def told(scene: Scene, client: httpx.AsyncClient, form: str, name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is wrong with how a lie is met; nothing when it is refused and said."""
    scene.provider.behave()
    state = await scene.leave(client, form)
    lie, query, words = lies(scene.provider)[name]
    lie()
    providers.forget()
    monkeypatch.setattr(reaching, "SECONDS", 0.3 if scene.provider.delay else 10.0)
    answer = await scene.back(client, state, **query)
    providers.forget()
    met = answer.status_code in {403, 502} and SESSION not in client.cookies and "<script>alert" not in answer.text
    return "" if met and words in answer.text else f"{answer.status_code} {SAID.findall(answer.text)}"


async def test_honest_again_the_provider_lets_its_person_in_and_userinfo_is_never_asked(scene: Scene) -> None:
    scene.provider.behave()
    async with open_browser(scene.app) as client:
        answer = await scene.back(client, await scene.leave(client))
        assert (answer.status_code, answer.headers["location"]) == (303, "/account")
        assert SESSION in client.cookies
    assert "/userinfo" not in scene.provider.asked, "what it says of whom there decides nothing here"
    assert await scene.refusals() == 0


async def test_an_answer_belongs_to_the_browser_that_began(scene: Scene) -> None:
    """Login CSRF: somebody else's answer signs nobody in, and takes nothing from whoever began."""
    app = scene.app
    async with open_browser(app) as mine, open_browser(app) as theirs, open_browser(app) as third:
        state = await scene.leave(mine)
        nonce = scene.provider.nonce
        for browser in (theirs, third):
            refused = await scene.back(browser, state)
            assert (refused.status_code, "begun in another browser" in refused.text) == (403, True)
        await scene.leave(theirs)  # with a sign-in of their own begun, too
        refused = await scene.back(theirs, state)
        assert (refused.status_code, SESSION in theirs.cookies) == (403, False)
        scene.provider.nonce = nonce
        assert (await scene.back(mine, state)).status_code == 303
        again = await scene.back(mine, state)
        assert (again.status_code, "used already" in again.text) == (403, True)


async def test_an_answer_that_nobody_began_adds_to_no_log_however_often_it_comes(scene: Scene) -> None:
    """Anybody can send it: entries are kept for good, so these are lines for whoever runs the service."""
    async with open_browser(scene.app) as client, await psycopg.AsyncConnection.connect(scene.addresses.owner) as owner:
        before = await (await owner.execute(OF_THE_PLATFORM)).fetchone()
        await owner.commit()
        with capture_logs() as lines:
            for number in range(20):
                assert (await scene.back(client, f"never-begun-{number}")).status_code == 403
        assert await (await owner.execute(OF_THE_PLATFORM)).fetchone() == before
    assert [line["event"] for line in lines].count("sign_on.not_begun") == 20
    assert "never-begun" not in str(lines)
    assert await scene.refusals() == 0


async def test_keys_that_were_kept_are_not_swapped_by_the_provider_in_between(scene: Scene) -> None:
    """Whoever takes over the address of the keys gains nothing by the name of a key that is known."""
    async with open_browser(scene.app) as client:
        assert (await scene.back(client, await scene.leave(client))).status_code == 303
    scene.provider.keys = [hostile.STRANGER.as_dict(private=False)]
    scene.provider.make = hostile.by_a_stranger
    async with open_browser(scene.app) as client:
        answer = await scene.back(client, await scene.leave(client))
        assert (answer.status_code, "not signed as it must be" in answer.text) == (403, True)
        assert SESSION not in client.cookies
