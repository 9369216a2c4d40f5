"""Parts of a day and year groups: what incidents are counted by, and what their list is narrowed to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from safeguard.web.languages import gettext as _

DAY_PARTS: Final = (("night", 22, 6), ("morning", 6, 9), ("day", 9, 15), ("afternoon", 15, 18), ("evening", 18, 22))
"""Code, first hour, and the hour with which the next part begins."""
YEARS: Final = tuple(f"{number:02d}" for number in range(14))
"""As the database reads what schools write (`public.year_group`): Reception is `00`."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day, or a year group."""

    code: str
    name: str


def day_parts() -> Mapping[str, Part]:
    """The parts of a day with their names."""
    names = {
        "night": _("At night, 22 to 6"), "morning": _("Early, 6 to 9"), "day": _("By day, 9 to 15"),
        "afternoon": _("After, 15 to 18"), "evening": _("In the evening, 18 to 22"),
    }  # fmt: skip
    return {code: Part(code, name) for code, name in names.items()}


def year_groups(kind: str) -> Mapping[str, Part]:
    """The year groups of a school; no other kind of organisation has any."""
    return {code: Part(code, year_name(code)) for code in YEARS} if kind == "school" else {}


def year_name(code: str) -> str:
    """A year group as people call it."""
    return _("Reception") if code == "00" else _("Year %(number)s") % {"number": int(code)}


def hours_of(part: str) -> tuple[str, ...]:
    """The hours of a part of the day, as they are counted: `22`, `23`, `00`."""
    first, last = next((first, last) for name, first, last in DAY_PARTS if name == part)
    return tuple(f"{hour % 24:02d}" for hour in range(first, last if last > first else last + 24))
