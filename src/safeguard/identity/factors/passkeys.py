"""Passkeys (WebAuthn Level 3): beside a password, or instead of it.

The browser answers a question of ours, for our address alone: an answer that was given to another site says so, and is
refused. The question travels in the page, sealed, for ten minutes, and is spent by its answer. A passkey always asks
its owner for a fingerprint, a face or a PIN, so one passkey is two factors. Nothing is asked of its maker
(attestation): which telephone somebody has is theirs to choose.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from safeguard import clock
from safeguard.web import keys, surroundings
from safeguard.web.keys import Tampered
from safeguard.work import Work

LASTS: Final = timedelta(minutes=10)
CHALLENGE: Final = 32
LONGEST_ANSWER: Final = 20_000
NAME: Final = "Safeguard"
PURPOSE: Final = "passkey"
ANYBODY: Final = b"anybody"

UNREADABLE: Final = (
    WebAuthnException, ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError,
)  # fmt: skip
"""What the library raises for bytes that are no passkey's answer: they come from outside."""

LIST: Final = "select credential_id from identity.list_passkeys()"
USE: Final = "select identity.use_passkey($1, $2, $3)"
ADD: Final = "select identity.add_passkey($1, $2, $3, $4, $5, $6, $7, $8)"
FIND: Final = "select * from identity.find_passkey($1, $2)"


@dataclass(frozen=True, slots=True)
class Question:
    """What a page asks the browser's passkey."""

    options: str
    """JSON, as `navigator.credentials` takes it."""
    sealed: str
    """The same question for ourselves, to know it again."""


@dataclass(frozen=True, slots=True)
class Known:
    """Whose passkey it is, and the key that its answers are checked with."""

    user_id: UUID
    name: str
    factor: UUID
    public_key: bytes
    sign_count: int
    organisations: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer that is right; it still has to be taken (`take`), once."""

    known: Known
    counted: int
    challenge: bytes


def ask(bound_to: bytes = ANYBODY) -> Question:
    """A question to whichever passkey the person has for us, in a page that only the holder of `bound_to` sends."""
    challenge = clock.random_bytes(CHALLENGE)
    options = webauthn.generate_authentication_options(
        rp_id=_host(), challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
    )
    return Question(webauthn.options_to_json(options), _seal(challenge, bound_to))


async def list_held(work: Work) -> tuple[bytes, ...]:
    """The credentials of the actor's passkeys."""
    return tuple(row["credential_id"] for row in await work.driver.fetch(LIST))


def ask_for_new(person: UUID, email: str, name: str, bound_to: bytes, held: tuple[bytes, ...] = ()) -> Question:
    """A question that makes a passkey, on a device that holds none of those that the person has already."""
    challenge = clock.random_bytes(CHALLENGE)
    options = webauthn.generate_registration_options(
        rp_id=_host(), rp_name=NAME, user_id=person.bytes, user_name=email, user_display_name=name,
        challenge=challenge, exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in held],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )  # fmt: skip
    return Question(webauthn.options_to_json(options), _seal(challenge, bound_to))


async def find(work: Work, typed: str, device_hash: bytes) -> Known | None:
    """Whose passkey answers, in a `sign-in` context; whether the answer is right, `check` says."""
    answer = _read(typed)
    try:
        credential = base64url_to_bytes(answer["rawId"])
        handle = base64url_to_bytes(answer["response"].get("userHandle") or "")
    except UNREADABLE:
        return None
    row = await work.driver.fetchrow(FIND, credential, device_hash)
    if row is None or (handle and handle != row["user_id"].bytes):
        return None
    return Known(
        row["user_id"], row["name"], row["factor"], row["public_key"], row["sign_count"], tuple(row["organisations"])
    )


def check(known: Known, typed: str, sealed: str, bound_to: bytes = ANYBODY) -> Shown | None:
    """The answer, when it is to our question, for our address, by this key, with its owner there; None otherwise."""
    challenge = _opened(sealed, bound_to)
    if challenge is None:
        return None
    try:
        right = webauthn.verify_authentication_response(
            credential=_read(typed), expected_challenge=challenge, expected_rp_id=_host(), expected_origin=_origin(),
            credential_public_key=known.public_key, credential_current_sign_count=known.sign_count,
            require_user_verification=True,
        )  # fmt: skip
    except UNREADABLE:
        return None
    return Shown(known, right.new_sign_count, challenge)


async def take(work: Work, shown: Shown) -> bool:
    """Spend the question and move the counter on, as the passkey's owner in a `sign-in` context; False when spent."""
    spent = sha256(shown.challenge).digest()
    return bool(await work.driver.fetchval(USE, shown.known.factor, shown.counted, spent))


async def add(work: Work, typed: str, sealed: str, label: str, bound_to: bytes) -> UUID | None:
    """Keep a passkey that was just made; None when the answer is not right, or it is somebody's already."""
    challenge = _opened(sealed, bound_to)
    if challenge is None:
        return None
    answer = _read(typed)
    try:
        made = webauthn.verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=_host(), expected_origin=_origin(),
            require_user_verification=True,
        )  # fmt: skip
        ways = [str(way)[:20] for way in answer["response"].get("transports") or ()][:8]
    except UNREADABLE:
        return None
    factor = clock.new_id()
    added = await work.driver.fetchval(
        ADD, factor, label, made.credential_id, made.credential_public_key, made.sign_count, ways,
        made.credential_backed_up, sha256(challenge).digest(),
    )  # fmt: skip
    return factor if added else None


def _read(typed: str) -> dict[str, Any]:
    """The answer as the browser's script sends it; empty when it is no JSON object."""
    if not typed or len(typed) > LONGEST_ANSWER:
        return {}
    try:
        found = json.loads(typed)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _seal(challenge: bytes, bound_to: bytes) -> str:
    until = int((clock.now() + LASTS).timestamp())
    return keys.current().seal(PURPOSE, until.to_bytes(8, "big") + challenge, bound_to)


def _opened(sealed: str, bound_to: bytes) -> bytes | None:
    try:
        plain = keys.current().open(PURPOSE, sealed, bound_to)
    except Tampered:
        return None
    return plain[8:] if int.from_bytes(plain[:8], "big") >= clock.now().timestamp() else None


def _origin() -> str:
    """The address that a browser must have been at: scheme, host and port."""
    parts = urlsplit(surroundings.current().public_url)
    return f"{parts.scheme}://{parts.netloc}"


def _host() -> str:
    return urlsplit(surroundings.current().public_url).hostname or "localhost"
