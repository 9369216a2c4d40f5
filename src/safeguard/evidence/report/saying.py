"""Dates and times as a report says them: in full, in the organisation's own time."""

from datetime import date, datetime
from zoneinfo import ZoneInfo


def day(moment: date) -> str:
    """22 November 2026."""
    return f"{moment.day} {moment:%B %Y}"


def short_day(moment: date) -> str:
    """22 Nov 2026."""
    return f"{moment.day} {moment:%b %Y}"


def minute(moment: datetime, zone: ZoneInfo) -> str:
    """22 November 2026, 10:02."""
    local = moment.astimezone(zone)
    return f"{day(local)}, {local:%H:%M}"


def second(moment: datetime, zone: ZoneInfo) -> str:
    """22 Nov 2026, 10:02:41."""
    local = moment.astimezone(zone)
    return f"{short_day(local)}, {local:%H:%M:%S}"


def count(number: int, one: str, many: str) -> str:
    """1 incident, 2 incidents, no incidents."""
    if number == 0:
        return f"no {many}"
    return f"{number:,} {one if number == 1 else many}"
