"""ID tokens that were forged, mixed up, kept too long or made for another: none of them lets anybody in."""

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from safeguard import clock
from safeguard.sign_on import providers, tokens
from safeguard.sign_on.providers import Provider
from safeguard.sign_on.tokens import Expected, NotBelieved

pytestmark = pytest.mark.anyio

KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
NEXT = ECKey.generate_key("P-256", {"kid": "two", "use": "sig"})
STRANGER = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
PROVIDER = Provider(
    "https://login.example/tenant", "https://login.example/auth", "https://login.example/token",
    "https://login.example/keys", "client_secret_basic", names_itself=True,
)  # fmt: skip
EXPECTED = Expected("safeguard", "the-nonce")


@pytest.fixture(autouse=True)
def published(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The keys that the provider publishes, to be changed by a test."""
    keys = [KEY.as_dict(private=False)]

    async def answer(_url: str) -> dict[str, Any]:
        return {"keys": list(keys)}

    monkeypatch.setattr(providers.reaching, "get_json", answer)
    providers.forget()
    return keys


def claims(**other: Any) -> dict[str, Any]:
    """What an honest provider says, less or more."""
    now = int(clock.now().timestamp())
    said = {
        "iss": PROVIDER.issuer, "aud": "safeguard", "sub": "anna", "nonce": "the-nonce", "iat": now, "exp": now + 300,
    }  # fmt: skip
    return {name: value for name, value in (said | other).items() if value is not ...}


def signed(key: Any = KEY, alg: str = "RS256", header: dict[str, Any] | None = None, **other: Any) -> str:
    """A token with that signature."""
    return jwt.encode({"alg": alg, "kid": key.kid} | (header or {}), claims(**other), key, algorithms=[alg])


async def test_an_honest_token_says_whose_it_is() -> None:
    read = await tokens.read(signed(amr=["pwd", "mfa"], oid="of-anna"), PROVIDER, EXPECTED)
    assert (read.subject, read.immutable("oid"), read.immutable("upn")) == ("anna", "of-anna", None)
    assert read.says_two("amr", "mfa")
    assert not read.says_two("acr", "mfa")
    assert not read.says_two("", "mfa")


async def test_a_key_that_came_since_is_fetched_once(published: list[dict[str, Any]]) -> None:
    await tokens.read(signed(), PROVIDER, EXPECTED)
    published.append(NEXT.as_dict(private=False))
    with pytest.raises(NotBelieved):  # not again within the minute
        await tokens.read(signed(NEXT, "ES256"), PROVIDER, EXPECTED)
    providers.forget()
    assert (await tokens.read(signed(NEXT, "ES256"), PROVIDER, EXPECTED)).subject == "anna"


TENANT = "11111111-2222-4333-8444-555555555555"


@pytest.mark.parametrize("tid", ["99999999-2222-4333-8444-555555555555", "", None, [TENANT]])
async def test_the_right_issuer_with_a_foreign_tenant_is_not_believed(tid: object) -> None:
    """As Entra writes it: the tenant stands in the issuer and in the token, and both are the one agreed to."""
    entra = replace(PROVIDER, issuer=f"https://login.example/{TENANT}/v2.0")
    for honest in ({"tid": TENANT}, {"tid": TENANT.upper()}, {}):
        assert (await tokens.read(signed(iss=entra.issuer, **honest), entra, EXPECTED)).subject == "anna"
    with pytest.raises(NotBelieved, match="another tenant"):
        await tokens.read(signed(iss=entra.issuer, tid=tid), entra, EXPECTED)


NOW = int(clock.now().timestamp())
FORGED: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://login.example/other"},
    "an issuer that only begins so": {"iss": PROVIDER.issuer + "/"},
    "no issuer": {"iss": ...},
    "another audience": {"aud": "somebody-else"},
    "several audiences and no party": {"aud": ["safeguard", "somebody-else"]},
    "another party": {"azp": "somebody-else"},
    "an old nonce": {"nonce": "of-yesterday"},
    "no nonce": {"nonce": ...},
    "run out": {"exp": NOW - 120},
    "no end": {"exp": ...},
    "made in the future": {"iat": NOW + 3600, "exp": NOW + 7200},
    "made long ago": {"iat": NOW - 7200},
    "no time": {"iat": ...},
    "not yet": {"nbf": NOW + 3600},
    "nobody's": {"sub": ...},
    "an empty subject": {"sub": ""},
    "a subject that is a list": {"sub": ["anna"]},
    "an endless subject": {"sub": "a" * 300},
}


@pytest.mark.parametrize("other", FORGED.values(), ids=FORGED)
async def test_a_token_that_says_something_else_is_not_believed(other: dict[str, Any]) -> None:
    with pytest.raises(NotBelieved):
        await tokens.read(signed(**other), PROVIDER, EXPECTED)


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def unsigned() -> str:
    return f"{part({'alg': 'none'})}.{part(claims())}."


def signed_with_the_public_key() -> str:
    """HS256 with the provider's public key as if it were a shared secret."""
    signed_part = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(claims())}"
    mark = hmac.digest(KEY.as_pem(private=False), signed_part.encode(), "sha256")
    return f"{signed_part}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"


def by_a_stranger() -> str:
    return signed(STRANGER)


def with_its_own_key() -> str:
    return signed(STRANGER, header={"jwk": STRANGER.as_dict(private=False), "kid": "other"})


def with_another_body() -> str:
    header, _, signature = signed().split(".")
    return f"{header}.{part(claims(sub='head'))}.{signature}"


def by_a_key_nobody_knows() -> str:
    return signed(NEXT, "ES256")


def with_an_algorithm_of_no_use() -> str:
    _, body, signature = signed().split(".")
    return f"{part({'alg': 'RS256', 'kid': 'one', 'crit': ['b64'], 'b64': False})}.{body}.{signature}"


def encrypted_shape() -> str:
    return signed() + ".a.b"


BROKEN: list[Callable[[], str]] = [
    unsigned, signed_with_the_public_key, by_a_stranger, with_its_own_key, with_another_body, by_a_key_nobody_knows,
    with_an_algorithm_of_no_use, encrypted_shape, lambda: "", lambda: "a.b.c", lambda: signed()[:-8],
    lambda: "e" * 20_000, lambda: part([1]) + "." + part([2]) + ".c",
]  # fmt: skip


@pytest.mark.parametrize("make", BROKEN, ids=lambda make: getattr(make, "__name__", "text").strip("<>"))
async def test_a_token_that_the_provider_did_not_sign_is_not_believed(make: Callable[[], str]) -> None:
    with pytest.raises(NotBelieved):
        await tokens.read(make(), PROVIDER, EXPECTED)


async def test_keys_that_sign_nothing_are_passed_over(published: list[dict[str, Any]]) -> None:
    shared = OctKey.generate_key().as_dict(private=True) | {"kid": "one"}
    published[:] = [shared, KEY.as_dict(private=False) | {"use": "enc"}, NEXT.as_dict(private=False)]
    with pytest.raises(NotBelieved):
        await tokens.read(signed(), PROVIDER, EXPECTED)
    assert [key.kid for key in (await providers.find_keys(PROVIDER)).keys] == ["two"]
