"""A pack laid out for whoever reads it: under the inspector's own headings where it was made for an inspection."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from safeguard.evidence.bodies import Body, Heading
from safeguard.inspection.contents import Group, Named
from safeguard.inspection.kinds import IN_REPORT, PARTS
from safeguard.web.languages import gettext

INSPECTION: Final = "inspection"
"""The kind of pack that was made for an inspection."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What answers one heading: parts with records, and the names of what only the report tells."""

    title: str
    asks: str
    groups: tuple[Group, ...]
    in_report: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """What it would be answered by and of which nothing is recorded."""


def shelved(body: Body | None, groups: Sequence[Group]) -> tuple[Shelf, ...]:
    """The parts of a pack under each heading of a body, and those that answer none; without a body just the parts."""
    if body is None:
        return (Shelf("", "", tuple(groups)),)
    named = {code for heading in body.headings for code in heading.shows}
    rest = tuple(group for group in groups if group.code not in named)
    shelves = tuple(_shelf(heading, groups) for heading in body.headings)
    return (*shelves, Shelf(gettext("Also in this pack"), "", rest)) if rest else shelves


def told_of(heading: Heading) -> tuple[tuple[str, str], ...]:
    """Of a heading, the parts of an inspection pack with records: each with its code, and what it is called."""
    return tuple((code, gettext(PARTS[code])) for code in heading.shows if code in PARTS)


def shown(groups: Sequence[Group], part: str) -> tuple[Named, ...]:
    """The records of one part; none where none was chosen or there is no such part."""
    return next((group.records for group in groups if group.code == part), ())


def title_of(part: str) -> str:
    """What a part is called, also one of which a pack holds nothing; empty where there is no such part."""
    return gettext(PARTS[part]) if part in PARTS else ""


def _shelf(heading: Heading, groups: Sequence[Group]) -> Shelf:
    held = {group.code: group for group in groups}
    return Shelf(
        heading.title,
        heading.asks,
        tuple(held[code] for code in heading.shows if code in held),
        tuple(gettext(IN_REPORT[code]) for code in heading.shows if code in IN_REPORT),
        tuple(gettext(PARTS[code]) for code in heading.shows if code in PARTS and code not in held),
    )
