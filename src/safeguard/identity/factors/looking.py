"""What somebody has to sign in with beside a password, and how well we know the browser before which they sit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from safeguard.work import Work

LOOK: Final = "select kinds, codes, remembered, proven, seen, others from identity.second_step($1)"
LIST: Final = "select id, kind, label, created_at, last_used_at, is_synced from identity.list_factors()"
BROWSERS: Final = "select id, browser, last_used_at, trusted_until from identity.list_browsers()"


@dataclass(frozen=True, slots=True)
class Step:
    """How the second step stands for one person before one browser."""

    kinds: tuple[str, ...]
    codes_left: int
    remembered: bool
    """Whether this browser stands for the second factor at the moment."""
    proven: bool
    """Whether a second factor was ever shown on it."""
    seen: bool
    others: bool
    """Whether the person is known on another browser."""

    @property
    def is_new_browser(self) -> bool:
        """Whether somebody who has signed in elsewhere does so here for the first time."""
        return self.others and not self.seen


@dataclass(frozen=True, slots=True)
class Factor:
    """One of somebody's second factors, as they see it."""

    id: UUID
    kind: str
    label: str
    created_at: datetime
    last_used_at: datetime | None
    is_synced: bool


@dataclass(frozen=True, slots=True)
class Remembered:
    """A browser that stands for the second factor until a day."""

    id: str
    browser: str
    last_used_at: datetime
    trusted_until: datetime


async def look(work: Work, device_hash: bytes) -> Step:
    """How the second step stands for the actor before this browser."""
    row = await work.driver.fetchrow(LOOK, device_hash)
    assert row is not None  # noqa: S101  the function always gives one row
    return Step(tuple(row["kinds"]), row["codes"], row["remembered"], row["proven"], row["seen"], row["others"])


async def list_factors(work: Work) -> list[Factor]:
    """The actor's second factors, the oldest first."""
    return [Factor(**row) for row in await work.driver.fetch(LIST)]


async def list_browsers(work: Work) -> list[Remembered]:
    """The browsers that stand for the actor's second factor."""
    return [Remembered(**row) for row in await work.driver.fetch(BROWSERS)]
