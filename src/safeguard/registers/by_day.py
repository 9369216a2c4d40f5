"""Pages of what is kept by day, the latest first: a page ends with a day and an id, as a cursor of any list does."""

from datetime import UTC, date, datetime, time
from typing import Final
from uuid import UUID

from safeguard.web.paging import Key

LATEST: Final = (date(9999, 1, 1), UUID(int=2**128 - 1))
"""Sorts before everything in a list that begins with the latest."""


def key_of(day: date, row_id: UUID) -> Key:
    """Where a page ends."""
    return Key(datetime.combine(day, time(), UTC), row_id)


def after_key(key: Key | None) -> tuple[date, UUID]:
    """Where the next page begins."""
    return (key.at.date(), key.id) if key else LATEST
