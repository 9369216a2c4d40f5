"""What a provider says of itself: its metadata (OpenID Connect Discovery 1.0 §4) and its keys.

Both are kept for an hour in each process. A token signed with a key that we do not know makes the keys be fetched
again, once a minute at most: that is how a provider changes its keys, and how nobody makes us ask it without end.
"""

from dataclasses import dataclass
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from safeguard import clock
from safeguard.post import reaching
from safeguard.post.reaching import Unreachable

KEPT_FOR: Final = 3600.0
AGAIN_AFTER: Final = 60.0
MOST_KEPT: Final = 1000
MOST_KEYS: Final = 50
WELL_KNOWN: Final = "/.well-known/openid-configuration"
ANYBODY: Final = (
    "/common", "/organizations", "/consumers", "{tenantid}", "/9188040d-6c67-4c5b-b112-36a304b66dad",
)  # fmt: skip
"""Issuers at Microsoft that let in people of every organisation; the number is that of all personal accounts."""


@dataclass(frozen=True, slots=True)
class Provider:
    """The metadata that we use. Every address in it was checked."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    auth_method: str
    """How we show the token endpoint that we are the client: `client_secret_basic` or `client_secret_post`."""
    names_itself: bool
    """Whether it gives its name with every answer (RFC 9207)."""


@dataclass(frozen=True, slots=True)
class _Kept:
    value: Any
    at: float


_providers: dict[str, _Kept] = {}
_keys: dict[str, _Kept] = {}


def issuer_in(address: str) -> str:
    """The issuer in what somebody copied: a provider's pages often show the address of its metadata instead.

    That address is the issuer's and `/.well-known/openid-configuration` (OpenID Connect Discovery 1.0 §4). Where the
    provider writes its issuer with a stroke at the end, the trial says so.
    """
    bare = address.rstrip("/")
    return bare.removesuffix(WELL_KNOWN) if bare.endswith(WELL_KNOWN) else address


def check_issuer(issuer: str) -> str:
    """`issuer`, when it names one provider; raises `Unreachable` and says what to give."""
    reaching.check(issuer)
    if any(part in issuer.lower() for part in ANYBODY):
        raise Unreachable(
            "This address lets in people of every organisation. Give your own tenant's: it has your tenant's id in it."
        )
    if "?" in issuer or "#" in issuer:
        raise Unreachable("An issuer is an address without “?” and “#”.")
    return issuer


async def find_provider(issuer: str, *, afresh: bool = False) -> Provider:
    """The provider's metadata; raises `Unreachable` with what is wrong with it."""
    kept = _providers.get(issuer)
    if kept is None or afresh or _age(kept) > KEPT_FOR:
        kept = _keep(_providers, issuer, _read(issuer, await reaching.get_json(issuer.rstrip("/") + WELL_KNOWN)))
    return kept.value


async def find_keys(provider: Provider, *, unknown: bool = False, afresh: bool = False) -> KeySet:
    """The provider's keys; `unknown` when a token names one that was not among them."""
    kept = _keys.get(provider.jwks_uri)
    is_old = kept is None or _age(kept) > (AGAIN_AFTER if unknown else KEPT_FOR)
    if kept is None or is_old or afresh:
        kept = _keep(_keys, provider.jwks_uri, _read_keys(await reaching.get_json(provider.jwks_uri)))
    return kept.value


def forget() -> None:
    """Ask every provider again."""
    _providers.clear()
    _keys.clear()


def _read(issuer: str, said: Any) -> Provider:
    if not isinstance(said, dict):
        raise Unreachable("What the provider says of itself is not a JSON object.")
    facts: dict[str, Any] = said
    if facts.get("issuer") != issuer:
        raise Unreachable(f"The provider calls itself “{facts.get('issuer')}”. Give exactly that as the issuer.")
    methods: Any = facts.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Provider(
        issuer,
        _endpoint(facts, "authorization_endpoint"),
        _endpoint(facts, "token_endpoint"),
        _endpoint(facts, "jwks_uri"),
        "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post",
        facts.get("authorization_response_iss_parameter_supported") is True,
    )


def _endpoint(facts: dict[str, Any], name: str) -> str:
    value = facts.get(name)
    if not isinstance(value, str):
        raise Unreachable(f"The provider does not say its {name}.")
    return reaching.check(value)


def _read_keys(said: Any) -> KeySet:
    keys: Any = said.get("keys") if isinstance(said, dict) else None
    if not isinstance(keys, list) or len(keys) > MOST_KEYS:
        raise Unreachable("The provider's keys are not a JSON Web Key Set.")
    public = [key for key in keys if isinstance(key, dict) and key.get("kty") in ("RSA", "EC")]
    usable = [key for key in public if key.get("use", "sig") == "sig"]
    if not usable:
        raise Unreachable("The provider publishes no key that signs.")
    try:
        return KeySet.import_key_set({"keys": usable})
    except (JoseError, ValueError, KeyError) as fault:
        raise Unreachable("The provider's keys cannot be read.") from fault


def _age(kept: _Kept) -> float:
    return clock.now().timestamp() - kept.at


def _keep(store: dict[str, _Kept], name: str, value: Any) -> _Kept:
    if len(store) >= MOST_KEPT:
        store.clear()
    store[name] = _Kept(value, clock.now().timestamp())
    return store[name]
