"""The record of processing (UK GDPR article 30), read off the registry of columns: it cannot say less than is kept.

The registry says of each column whether it identifies somebody or holds anybody's words. What a table cannot know -
what it is for, whom it is about, on what basis, who is given it - is data (`tenants/processing.toml`), which an
organisation's own counsel reads critically. Every table that may tell of a person stands under one activity: a test
asks the registry.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

import msgspec

from safeguard import paths
from safeguard.database.base import Kind, Treatment
from safeguard.database.registry import registry, telling
from safeguard.records.schedule import Rule
from safeguard.tenancy.reading import Problems, read

FILE: Final = paths.TENANTS / "processing.toml"
HEADINGS: Final = (
    "Activity", "Whom it is about", "What is known", "What for", "Lawful basis (usual)", "Condition (usual)",
    "Who is given it", "How long", "What identifies people", "Where words stand", "By whom",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing that is done with personal data."""

    code: str
    name: str
    about: str
    data: str
    purpose: str
    basis: str
    """The usual lawful basis, in words: guidance, never law."""
    recipients: str
    tables: tuple[str, ...]
    """With their schema where that is not `public`."""
    condition: str = ""
    """What allows special categories and offences, where there are any."""
    rules: tuple[str, ...] = ()
    """Codes of retention rules."""
    kept: str = ""
    """How long, where no rule says so."""
    kinds: tuple[str, ...] = ()
    """Kinds of organisation that alone do it; none is all."""
    by: str = "organisation"


@dataclass(frozen=True, slots=True)
class Activities:
    """The file."""

    activities: tuple[Activity, ...]


class Line(msgspec.Struct, frozen=True):
    """An activity with the columns that tell of people, and how long they are kept here."""

    activity: Activity
    identifying: tuple[str, ...]
    words: tuple[str, ...]
    rules: tuple[Rule, ...]


@cache
def load_activities() -> tuple[Activity, ...]:
    """All of them; raises `ValueError` with every mistake of the file."""
    problems = Problems()
    found = read(Activities, tomllib.loads(FILE.read_text("utf-8")), (), problems)
    if problems.found or found is None:
        raise ValueError("; ".join(f"{path}: {sentence}" for path, sentence in problems.found))
    return found.activities


def lines(kind: str, rules: Iterable[Rule]) -> tuple[Line, ...]:
    """Every activity of an organisation of this kind, with its columns from the registry."""
    known = {rule.code: rule for rule in rules}
    return tuple(_line(each, known) for each in load_activities() if not each.kinds or kind in each.kinds)


def rows(found: Iterable[Line]) -> Iterable[tuple[str, ...]]:
    """The same for a spreadsheet, under `HEADINGS`."""
    for line in found:
        does = line.activity
        yield (
            does.name, does.about, does.data, does.purpose, does.basis, does.condition, does.recipients,
            "; ".join(_period(rule) for rule in line.rules) or does.kept, ", ".join(line.identifying),
            ", ".join(line.words), "The organisation" if does.by == "organisation" else "Whoever runs the service",
        )  # fmt: skip


def _period(rule: Rule) -> str:
    years = f"{rule.years} years from" if rule.years > 1 else "1 year from" if rule.years else "until"
    return f"{rule.name}: {years} {rule.starts}"


def _line(activity: Activity, known: dict[str, Rule]) -> Line:
    found = _columns(activity.tables)
    return Line(
        activity, tuple(found[Kind.IDENTIFIES]), tuple(found[Kind.WORDS]),
        tuple(known[code] for code in activity.rules if code in known),
    )  # fmt: skip


@cache
def _columns(tables: tuple[str, ...]) -> dict[Kind, dict[str, None]]:
    """The columns that tell, as people would say them, each once."""
    found: dict[Kind, dict[str, None]] = {Kind.IDENTIFIES: {}, Kind.WORDS: {}}
    for name in tables:
        for column in telling(registry().tables[name]):
            treatment = column.info["treatment"]
            assert isinstance(treatment, Treatment)  # noqa: S101  `telling` found it by that
            found[treatment.kind][column.name.replace("_", " ")] = None
    return found
