"""What a policy, its editions, readings and signatures are, as they are read and committed."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.roles import Role

POLICY: Final = "policy"
AGREEMENT: Final = "agreement"
KINDS: Final = (POLICY, AGREEMENT)
FAMILY: Final = "family"
"""Whoever signs for somebody else: a signature counts for the one whom it names."""
PARTIES: Final = ("staff", "pupil", "visitor", FAMILY)
READERS: Final = tuple(role for role in Role if role not in {Role.INSPECTOR, Role.OPERATOR})
"""Roles whose holders can be asked to read: whoever belongs here and is no guest."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """A policy that people read, or an agreement that they sign."""

    id: UUID
    kind: str
    title: str
    readers: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    item_id: UUID | None = None
    edition: int = 1
    version: int = 1
    expected: Mapping[str, int] = msgspec.field(default_factory=dict[str, int])
    """How many should sign, by party, where somebody said it: of whom there is no list."""
    withdrawn_at: datetime | None = None
    withdrawn_reason: str = ""
    recorded_at: datetime
    recorded_by_name: str

    @property
    def is_agreement(self) -> bool:
        """Whether it is signed, rather than read."""
        return self.kind == AGREEMENT


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """One edition of its text."""

    id: UUID
    policy_id: UUID
    number: int
    summary: str = ""
    words: str = ""
    kept_at: str = ""
    effective_on: date
    read_by: date
    renew_on: date
    lasts_months: int | None = None
    recorded_at: datetime
    recorded_by_name: str


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody has read an edition."""

    policy_id: UUID
    edition: int
    name: str
    read_at: datetime
    expires_on: date | None = None


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """An address at which an agreement is signed."""

    id: UUID
    policy_id: UUID
    many: bool
    lasting: bool = False
    """Whether many sign there for weeks, each on a device of their own."""
    signed: int = 0
    """How many signed there, where it is lasting."""
    party: str
    name: str = ""
    expires_at: datetime
    used_at: datetime | None = None
    ended_at: datetime | None = None
    recorded_at: datetime
    recorded_by_name: str

    def is_over(self, now: datetime) -> bool:
        """Whether nobody signs there any more, because it was taken back or its time is over."""
        return self.ended_at is not None or self.expires_at <= now

    @property
    def last_moment(self) -> datetime:
        """A moment of the last day on which it works."""
        return self.expires_at - timedelta(seconds=1)


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody agreed to an edition."""

    id: UUID
    policy_id: UUID
    edition: int
    party: str
    name: str
    for_name: str = ""
    way: str
    link_id: UUID | None = None
    """The address at which it was given, where it is known."""
    user_id: UUID | None = None
    signed_on: date
    expires_on: date | None = None
    ended_at: datetime | None = None
    ended_reason: str = ""
    recorded_at: datetime
    recorded_by_name: str

    def holds(self, today: date, edition: int) -> bool:
        """Whether it stands today for the present edition."""
        expired = self.expires_on is not None and self.expires_on < today
        return self.ended_at is None and not expired and self.edition == edition


class Listed(Signature, frozen=True, kw_only=True):
    """A signature among the others of its agreement."""

    replaced: bool
    """Whether the same person has signed again since, for the same child."""
    link: Link | None = None
    """The address at which it was given, where many sign there."""
