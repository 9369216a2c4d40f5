"""Whether an ID token says what we believe (OpenID Connect Core 1.0 §3.1.3.7), and what it says.

The algorithms are ours to choose, never the token's: signatures by RSA or elliptic curves, so that nothing signed with
a shared secret - the public key taken for one, say - and nothing unsigned passes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, InvalidKeyIdError, JoseError, MissingClaimError
from joserfc.jwk import KeySet

from safeguard import clock
from safeguard.errors import Forbidden
from safeguard.sign_on.providers import Provider, find_keys

ALGORITHMS: Final = ("RS256", "PS256", "ES256")
SLACK: Final = 60
"""Seconds by which clocks may differ."""
FRESH: Final = 600
"""Seconds since a token was made: it was made for this very sign-in."""
LONGEST: Final = 16 * 1024
LONGEST_NAME: Final = 255
TENANT: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""What a part of an issuer looks like that names a tenant."""


class NotBelieved(Forbidden):
    """The provider's answer is not one that lets anybody in."""

    code = "sign-on-refused"
    title = "Your organisation's sign-in did not work"
    sentence = "The answer of your organisation's provider could not be believed, so nobody was signed in."


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token has to say."""

    client_id: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says that we use."""

    subject: str
    said: Mapping[str, Any]

    def says_two(self, claim: str, value: str) -> bool:
        """Whether the provider asked for a second factor, by the claim agreed on (`amr` of RFC 8176, or `acr`)."""
        said = self.said.get(claim) if claim else None
        return said == value if isinstance(said, str) else isinstance(said, list) and value in said

    def immutable(self, claim: str) -> str | None:
        """The id that whoever provisions accounts knows this one by."""
        found = self.said.get(claim)
        return found if isinstance(found, str) and 0 < len(found) <= LONGEST_NAME and "\0" not in found else None


async def read(token: object, provider: Provider, expected: Expected) -> Claims:
    """What the token says; raises `NotBelieved` with the reason."""
    if not isinstance(token, str) or len(token) > LONGEST:
        raise NotBelieved("The provider sent no ID token, or one that is too long.")
    try:
        claims = _decode(token, await find_keys(provider))
    except InvalidKeyIdError:
        claims = _decode_with_new_keys(token, await find_keys(provider, unknown=True))
    _check(claims, provider, expected)
    return Claims(claims["sub"], claims)


def _decode_with_new_keys(token: str, keys: KeySet) -> dict[str, Any]:
    try:
        return _decode(token, keys)
    except InvalidKeyIdError as fault:
        raise NotBelieved("The ID token is signed with a key that the provider does not publish.") from fault


def _decode(token: str, keys: KeySet) -> dict[str, Any]:
    try:
        return jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims
    except InvalidKeyIdError:
        raise
    except (JoseError, ValueError, KeyError, TypeError) as fault:
        raise NotBelieved("The ID token is not signed as it must be.") from fault


def _check(claims: Mapping[str, Any], provider: Provider, expected: Expected) -> None:
    _check_shape(claims)
    now = int(clock.now().timestamp())
    registry = jwt.JWTClaimsRegistry(
        now=now,
        leeway=SLACK,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": expected.client_id},
        nonce={"essential": True, "value": expected.nonce},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
    )
    try:
        registry.validate(dict(claims))
    except ExpiredTokenError as fault:
        raise NotBelieved("The ID token has run out. Is the clock of this service right?") from fault
    except (MissingClaimError, InvalidClaimError) as fault:
        raise NotBelieved(f"The ID token does not say what it must: {fault.description or fault.error}.") from fault
    _check_party(claims, expected)
    _check_tenant(claims, provider)
    if not now - FRESH - SLACK <= claims["iat"] <= now + SLACK:
        raise NotBelieved("The ID token was not made for this sign-in: its time is another.")
    if not 0 < len(claims["sub"]) <= LONGEST_NAME or "\0" in claims["sub"]:
        raise NotBelieved("The ID token does not say whose it is.")


def _check_shape(claims: Mapping[str, Any]) -> None:
    """That each claim is of its kind: a library that takes a list for one of its values would be asked too little."""
    if not isinstance(claims, dict):
        raise NotBelieved("The ID token does not say what it must: it is no object.")
    for name in ("iss", "nonce", "sub"):
        if not isinstance(claims.get(name, ""), str):
            raise NotBelieved(f"The ID token does not say what it must: {name} is not text.")
    for name in ("iat", "exp", "nbf"):
        if type(claims.get(name, 0)) not in (int, float) or not isfinite(claims.get(name, 0)):
            raise NotBelieved(f"The ID token does not say what it must: {name} is not a time.")
    party = claims.get("aud", "")
    if not all(isinstance(one, str) for one in (party if isinstance(party, list) else [party])):
        raise NotBelieved("The ID token does not say what it must: aud is not whom it was made for.")


def _check_tenant(claims: Mapping[str, Any], provider: Provider) -> None:
    """That a token of one tenant's issuer names that tenant: whoever signs for several must not mix them up (Entra)."""
    tenants = {part for part in urlsplit(provider.issuer).path.lower().split("/") if TENANT.fullmatch(part)}
    if tenants and "tid" in claims and str(claims["tid"]).lower() not in tenants:
        raise NotBelieved("The ID token is of another tenant than the one that was agreed to.")


def _check_party(claims: Mapping[str, Any], expected: Expected) -> None:
    """That it was made for us alone, or for us among others (§3.1.3.7, 3 to 5)."""
    others = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (others or "azp" in claims) and claims.get("azp") != expected.client_id:
        raise NotBelieved("The ID token was made for another program.")
