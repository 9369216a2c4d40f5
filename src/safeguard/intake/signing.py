"""Signatures of alerts: that a body comes from the product that it names, was not changed, and is not an old one.

    Safeguard-Signature: source=<uuid>,t=<seconds since 1970>,v1=<hex>

`v1` is HMAC-SHA-256, keyed with the source's secret, over `<t>.<body>`, the body byte for byte. Five minutes either
way are allowed for clocks; after that the same request is refused, and within them the alert's own id makes it arrive
once. The token says who may send at all; the signature says which product it was, and holds also where a token leaks.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest, new
from typing import Final
from uuid import UUID

from safeguard.errors import BadRequest

HEADER: Final = "safeguard-signature"
TOLERANCE: Final = timedelta(minutes=5)
_FORM: Final = re.compile(r"source=(?P<source>[0-9a-f-]{36}),t=(?P<t>[0-9]{1,11}),v1=(?P<v1>[0-9a-f]{64})")

UNSIGNED: Final = (
    "Sign the body: Safeguard-Signature: source=<id>,t=<seconds>,v1=<hex of HMAC-SHA-256 over t, a full stop and the "
    "body>. The source and its secret are on the page of alerts."
)
WRONG: Final = "The signature does not fit this body and a source that is in use. Nothing was kept."
STALE: Final = "The signature is more than five minutes old, or from the future. Check the clock and sign again."


class BadSignature(BadRequest):
    """The body is not signed by a product that we know."""

    code = "bad-signature"
    title = "The signature was not accepted"
    sentence = WRONG


class StaleSignature(BadSignature):
    """The signature was right once: an old request, sent again."""

    code = "stale-signature"
    sentence = STALE


@dataclass(frozen=True, slots=True)
class Signature:
    """What the header says."""

    source_id: UUID
    at: int
    tag: str


def read_signature(header: str) -> Signature:
    """The header's parts; raises `BadSignature`."""
    found = _FORM.fullmatch(header.strip().replace(" ", ""))
    if found is None:
        raise BadSignature(UNSIGNED)
    try:
        return Signature(UUID(found["source"]), int(found["t"]), found["v1"])
    except ValueError:
        raise BadSignature(UNSIGNED) from None


def check_signature(signature: Signature, secret: bytes, body: bytes, now: datetime) -> None:
    """Raise `BadSignature` unless `secret` signed `body` at that moment, and `StaleSignature` when that is long ago."""
    if not compare_digest(sign(secret, body, signature.at), signature.tag):
        raise BadSignature
    if abs(now - datetime.fromtimestamp(signature.at, UTC)) > TOLERANCE:
        raise StaleSignature


def sign(secret: bytes, body: bytes, at: int) -> str:
    """The `v1` of a body signed at `at`."""
    return new(secret, f"{at}.".encode() + body, "sha256").hexdigest()
