"""Tokens that show that a form came from a page of ours, made for this very session.

A token holds whose form it is and a digest of the session (or visitor) cookie, under our HMAC. So checking it needs no
database, and when the session has ended the form still tells whose it was: what they typed is kept for them alone.

Each rendering begins with sixteen fresh bytes that mask the rest (a token never repeats in a compressed page) and
that name this rendering: sending the same form twice is recognised by it (see `idempotency`).
"""

from dataclasses import dataclass
from hashlib import sha256, sha512
from uuid import UUID

from safeguard import clock
from safeguard.web import keys
from safeguard.web.keys import Tampered

HEADER = "x-csrf-token"
NOBODY = UUID(int=0)
"""The owner of a public form, and its organisation."""

_PART = 16


@dataclass(frozen=True, slots=True)
class Token:
    """A token that this server made."""

    nonce: bytes
    """Which rendering of a page it belongs to."""
    user_id: UUID
    organisation_id: UUID
    """Where the form was opened: whoever switches in another tab must not record it elsewhere."""
    binding: bytes
    """Sixteen bytes that stand for the cookie it was made for."""

    def is_for(self, cookie: bytes | None) -> bool:
        """Whether it was made for the holder of this cookie."""
        return cookie is not None and self.binding == binding_of(cookie)


def issue(cookie: bytes, user_id: UUID = NOBODY, organisation_id: UUID = NOBODY) -> str:
    """A token for one rendering of a page, bound to whoever holds `cookie` (any bytes that only they send)."""
    nonce = clock.random_bytes(_PART)
    body = user_id.bytes + organisation_id.bytes + binding_of(cookie)
    return keys.encode(nonce + _masked(nonce, body + _tag(body)))


def read(text: str) -> Token | None:
    """The token in `text`; None when this server did not make it."""
    try:
        raw = keys.decode(text)
    except Tampered:
        return None
    nonce, rest = raw[:_PART], raw[_PART:]
    if len(rest) != 4 * _PART:
        return None
    rest = _masked(nonce, rest)
    body, tag = rest[:-_PART], rest[-_PART:]
    if not keys.current().is_tag("csrf", body, tag, _PART):
        return None
    user, organisation, binding = (body[start : start + _PART] for start in range(0, 3 * _PART, _PART))
    return Token(nonce, UUID(bytes=user), UUID(bytes=organisation), binding)


def binding_of(cookie: bytes) -> bytes:
    """What stands for a cookie in a token: it tells nothing of the cookie."""
    return sha256(b"safeguard csrf\n" + cookie).digest()[:_PART]


def _tag(body: bytes) -> bytes:
    return keys.current().tag("csrf", body)[:_PART]


def _masked(nonce: bytes, body: bytes) -> bytes:
    """`body` xor 64 bytes that the nonce begins: the same way there and back."""
    return bytes(one ^ other for one, other in zip(body, sha512(nonce).digest(), strict=True))
