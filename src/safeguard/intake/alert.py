"""An alert: something that a product which filters or monitors noticed, and what is asked of the product."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final, Literal
from uuid import UUID, uuid5

import msgspec

from safeguard.errors import FieldError
from safeguard.incidents.reports import tidy
from safeguard.work import LogName

Kind = Literal["filtering", "monitoring"]
Severity = Literal["low", "medium", "high", "urgent"]
State = Literal["new", "turned", "closed"]

PRESSING: Final[frozenset[Severity]] = frozenset({"high", "urgent"})
"""What the product calls so is told to people at once: a machine that is wrong costs a look, a child who is not seen
costs more."""
WORDS_LIMIT: Final = 20_000
SHORT_LIMIT: Final = 200
ADDRESS_LIMIT: Final = 2_000
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
SLACK: Final = timedelta(minutes=10)
"""By how much a product's clock may run ahead of ours."""
_IDS: Final = UUID("0d0f0b7a-6f7c-5c0e-9f61-6a1c9a4f6c11")
"""The name space of the ids that alerts get."""


class NewAlert(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a product says. Addresses are kept as text and never opened."""

    id: str
    """The product's own id for it: the same id again is the same alert."""
    raised_at: datetime
    kind: Kind = "monitoring"
    severity: Severity | None = None
    category: str = ""
    """In the product's words."""
    user: str = ""
    """Whose session it was: a name, an account or an email address."""
    group: str = ""
    device: str = ""
    address: str = ""
    words: str = ""
    """What was typed, searched for or seen."""


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as a lead sees it."""

    id: UUID
    version: int
    source: str
    product_id: str
    kind: Kind
    severity: Severity | None
    raised_at: datetime
    received_at: datetime
    category: str
    user_name: str
    group_name: str
    device: str
    address: str
    words: str
    state: State
    incident_id: UUID | None
    reason: str
    settled_at: datetime | None
    settled_by_name: str | None
    kept_from: tuple[UUID, ...]
    """The members whom it may be about: to none of them it is there."""

    @property
    def log(self) -> LogName:
        """Which log hears of it."""
        return log_of(self.kept_from)


def log_of(kept_from: Collection[UUID]) -> LogName:
    """Of an alert about a member the general log does not tell: they may read it, and must not learn of the alert."""
    return "restricted" if kept_from else "general"


def tidied(new: NewAlert) -> NewAlert:
    """The alert without control characters."""
    names = ("id", "category", "user", "group", "device", "address", "words")
    return msgspec.structs.replace(new, **{name: tidy(getattr(new, name)) for name in names})


def check(new: NewAlert, now: datetime) -> tuple[FieldError, ...]:
    """What needs another look before this (tidied) alert can be kept."""
    return (*_texts(new), *_moment(new, now))


def _texts(new: NewAlert) -> Iterator[FieldError]:
    if not new.id:
        yield FieldError("id", "Give the product's own id for this alert: it makes the same alert arrive once.")
    if not any((new.words, new.category, new.address)):
        yield FieldError("words", "Say what was noticed: the words, the category or the address.")
    for name in ("id", "category", "user", "group", "device"):
        if len(getattr(new, name)) > SHORT_LIMIT:
            yield FieldError(name, f"Keep this under {SHORT_LIMIT} characters.")
    if len(new.address) > ADDRESS_LIMIT:
        yield FieldError("address", f"Keep this under {ADDRESS_LIMIT:,} characters.")
    if len(new.words) > WORDS_LIMIT:
        yield FieldError("words", f"Keep this under {WORDS_LIMIT:,} characters.")


def _moment(new: NewAlert, now: datetime) -> Iterator[FieldError]:
    if new.raised_at.tzinfo is None:
        yield FieldError("raised_at", "Give the time with its offset from UTC, such as 2026-01-12T13:30:00Z.")
    elif new.raised_at > now + SLACK:
        yield FieldError("raised_at", "That is after now. Check the product's clock and its time zone.")
    elif new.raised_at < EARLIEST:
        yield FieldError("raised_at", f"The year {new.raised_at.year} looks like a slip.")


def id_of(organisation_id: UUID, source: str, product_id: str) -> UUID:
    """The id of the alert that `source` knows by `product_id`: the same wherever it comes in, however often."""
    return uuid5(_IDS, f"{organisation_id}\n{source}\n{product_id}")


def digest_of(new: NewAlert) -> bytes:
    """What stands for the whole of what was said."""
    return sha256(msgspec.json.encode(new)).digest()
