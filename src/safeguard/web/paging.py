"""Pages of a long list by key, never by number: `?limit=&after=` (`{"items": [...], "next": cursor or null}`).

A cursor is the sort key of the last row shown, signed and bound to the list and its filters: it cannot be written by
hand, nor carried to another list. It holds no words, only a moment and an id.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Generic, TypeVar
from uuid import UUID

from safeguard.errors import BadRequest
from safeguard.web import keys
from safeguard.web.keys import Tampered

T = TypeVar("T")

DEFAULT_LIMIT = 25
MOST = 100

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LENGTH = 8 + 16
_TAG = 16


@dataclass(frozen=True, slots=True)
class Key:
    """Where a page ends: rows come by moment, then by id."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and the cursor of the page after them."""

    items: Sequence[T]
    next: str | None


def cut(rows: Sequence[T], limit: int, key_of: Callable[[T], Key], scope: str) -> Page[T]:
    """A page of `limit` from `limit + 1` rows read: the extra one only says that there are more."""
    shown = rows[:limit]
    return Page(shown, cursor(key_of(shown[-1]), scope) if len(rows) > limit else None)


@dataclass(frozen=True, slots=True)
class Leaf(Generic[T]):
    """Some rows of a list that is read whole, because it has to be counted, and the row after which the next begins."""

    items: Sequence[T]
    next: str | None
    first: bool


def leaf(rows: Sequence[T], after: str | None, limit: int, id_of: Callable[[T], UUID]) -> Leaf[T]:
    """`limit` rows after the one with that id; from the first, where it is none of them any more.

    For lists of people, which are bounded, and in an order that no two columns say.
    """
    ids = [str(id_of(row)) for row in rows] if after else []
    begin = ids.index(after) + 1 if after in ids else 0
    shown = rows[begin : begin + limit]
    more = len(rows) > begin + limit
    return Leaf(shown, str(id_of(shown[-1])) if more else None, begin == 0)


def scope_of(name: str, filters: Mapping[str, str | None]) -> str:
    """What a cursor is bound to: the list's name and its filters, whatever their order."""
    return name + "?" + "&".join(f"{key}={value}" for key, value in sorted(filters.items()) if value)


def cursor(key: Key, scope: str) -> str:
    """The cursor after `key`, good for `scope` alone."""
    micros = (key.at - _EPOCH) // _MICROSECOND
    raw = micros.to_bytes(8, "big", signed=True) + key.id.bytes
    return keys.encode(raw + keys.current().tag("cursor", _bound(scope, raw))[:_TAG])


def read_cursor(text: str | None, scope: str) -> Key | None:
    """The key in a cursor; None without one; raises `BadRequest` for one that we did not make for this list."""
    if not text:
        return None
    try:
        whole = keys.decode(text)
    except Tampered as fault:
        raise _refusal() from fault
    raw, tag = whole[:_LENGTH], whole[_LENGTH:]
    if len(raw) != _LENGTH or not keys.current().is_tag("cursor", _bound(scope, raw), tag, _TAG):
        raise _refusal()
    return Key(_EPOCH + int.from_bytes(raw[:8], "big", signed=True) * _MICROSECOND, UUID(bytes=raw[8:]))


def read_limit(text: str | int | None, *, most: int = MOST) -> int:
    """How many rows were asked for: 1 to `most`, 25 when nothing was said; raises `BadRequest`."""
    said = str(text if text is not None else DEFAULT_LIMIT).strip() or str(DEFAULT_LIMIT)
    if not (said.isascii() and said.isdigit() and len(said) < 6 and 1 <= int(said) <= most):
        raise BadRequest(f"limit is a number from 1 to {most}.")
    return int(said)


def _bound(scope: str, raw: bytes) -> bytes:
    return sha256(scope.encode()).digest() + raw


def _refusal() -> BadRequest:
    return BadRequest("This link to the next page does not belong to this list. Start again from its first page.")
