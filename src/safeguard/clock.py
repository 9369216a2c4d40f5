"""The one clock, and the one source of ids, salts and tokens.

Everything unpredictable enters the program here, so that two worlds can be made equal in a test and
demonstration data come out the same for the same seed. Nothing else calls `datetime.now`, `uuid` or `secrets`.
"""

import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

REFERENCE_ALPHABET = "23456789CFGHJKMPQRVWX"
"""No vowels (no words), and none of the letters that are misread or misheard over a telephone."""


class Source(Protocol):
    """Where time and chance come from."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        ...

    def random_bytes(self, count: int) -> bytes:
        """That many bytes which nobody can guess."""
        ...


class System:
    """The machine's clock and its cryptographic generator."""

    def now(self) -> datetime:
        """The machine's time, in UTC."""
        return datetime.now(UTC)

    def random_bytes(self, count: int) -> bytes:
        """From the operating system's generator."""
        return secrets.token_bytes(count)


_source: ContextVar[Source] = ContextVar("source", default=System())  # noqa: B039  System holds no state


@contextmanager
def use(source: Source) -> Iterator[Source]:
    """Let time and chance come from `source` inside the block (tests, demonstration data)."""
    token = _source.set(source)
    try:
        yield source
    finally:
        _source.reset(token)


def now() -> datetime:
    """The moment, aware, in UTC."""
    return _source.get().now()


def random_bytes(count: int) -> bytes:
    """That many unguessable bytes."""
    return _source.get().random_bytes(count)


def new_id() -> UUID:
    """A version 7 UUID (RFC 9562 §5.7): ordered by time to the millisecond, 74 random bits."""
    milliseconds = int(now().timestamp() * 1000)
    value = bytearray(milliseconds.to_bytes(6, "big") + random_bytes(10))
    value[6] = 0x70 | value[6] & 0x0F
    value[8] = 0x80 | value[8] & 0x3F
    return UUID(bytes=bytes(value))


def new_request_id() -> UUID:
    """A version 4 UUID (RFC 9562 §5.4): names a request and tells nothing of when it was made."""
    return UUID(bytes=random_bytes(16), version=4)


def new_token(size: int = 16) -> str:
    """A secret of `size` random bytes (16 are 128 bits), as URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(random_bytes(size)).rstrip(b"=").decode()


def new_reference() -> str:
    """A reference such as K7Q-3MX: random, so that a missing number cannot tell that a record is hidden."""
    letters = "".join(_letter() for _ in range(6))
    return f"{letters[:3]}-{letters[3:]}"


def as_reference(typed: str) -> str:
    """A reference as people read it out, in our spelling: case, blanks and dashes do not matter."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())
    return f"{letters[:3]}-{letters[3:]}" if len(letters) == 6 else typed.strip().upper()


def _letter() -> str:
    fair = 256 - 256 % len(REFERENCE_ALPHABET)
    while (byte := random_bytes(1)[0]) >= fair:
        pass
    return REFERENCE_ALPHABET[byte % len(REFERENCE_ALPHABET)]
