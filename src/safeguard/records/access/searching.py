"""Searching: every statement is made from the registry of columns and one line of `sources`.

A row is found by what ties it to the person, or because one of its columns names them: in capitals or not, over line
ends, however its apostrophes, hyphens and accents are typed, the family name last or first ("Lee, Ann"), and only as
whole words ("Ann Lee" is not in "Joann Leeds").
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, Column, Date, DateTime, LargeBinary, Uuid
from sqlalchemy.dialects.postgresql import TSVECTOR

from safeguard.database.registry import is_text, table, telling
from safeguard.records.access.folding import folded, folded_in
from safeguard.records.access.saying import Saying
from safeguard.records.access.sources import Source
from safeguard.records.access.telling import lines_of
from safeguard.records.access.unsearched import COLUMNS, UNSAID, is_authors
from safeguard.work import Work

GIVEN: Final = """with given as (select $1::uuid[] as people, $2::uuid[] as users, $3::uuid[] as incidents,
    $4::text[] as names, $5::text[] as patterns)"""
UNTOLD: Final = Saying()
"""In nobody's words: codes as they are kept, times in UTC."""
FACTS: Final = frozenset({"id", "found_incident", "found_about", "found_up", "found_tied", "found_anothers"})
PARAGRAPHS: Final = re.compile(r"\n+")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom it is about, as it is looked for."""

    people: tuple[UUID, ...]
    users: tuple[UUID, ...]
    names: tuple[str, ...]
    """In lower case."""
    words: tuple[str, ...] = ()
    """What else they are called: found in words, and by itself no reason why a record is theirs."""
    turned: tuple[str, ...] = ()
    """The same names as registers write them, the family name first."""

    @property
    def called(self) -> tuple[str, ...]:
        """Everything that is looked for in words."""
        return (*self.names, *self.turned, *self.words)


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found."""

    kind: str
    id: UUID
    incident_id: UUID | None
    about: str
    passages: tuple[tuple[str, str], ...]
    place: str = ""
    named_in: str = ""
    """Under which labels it names them, where nothing else ties it to them."""
    others: tuple[str, ...] = ()
    """Who else is named in it, by columns made for that."""
    is_anothers: bool = False
    """Whether it lies in a record of theirs and is about somebody else, and nothing in it names them."""


async def search(
    work: Work, source: Source, subject: Subject, incidents: Sequence[UUID], saying: Saying = UNTOLD
) -> list[Found]:
    """What one table holds about them; `incidents` are those that they are tied to."""
    patterns = [f"%{escaped(folded(name))}%" for name in subject.called]
    rows = await work.driver.fetch(
        statement_of(source), list(subject.people), list(subject.users), list(incidents), list(subject.names), patterns
    )
    whole = _whole(subject.called)
    found = (_found(source, dict(row), whole, saying) for row in rows)
    return [each for each in found if each is not None]


@cache
def statement_of(source: Source) -> str:
    """The statement that looks through one table."""
    found = table(source.table)
    matched = [column for column in looked_through(source) if not source.only or column.name in source.only]
    shown = [*shown_of(source), *plain_of(source)]
    said = ", ".join(
        [f'{_selected(column)} as "{column.name}"' for column in shown]
        + [f"{source.people} as people"] * bool(source.people)
    )
    words = [_said(column) for column in matched] + [source.people] * bool(source.people) or ["''"]
    folded_text = folded_in(f"concat_ws(' ', {', '.join(words)})")
    tie = f"coalesce({source.tie}, false)"
    key = next(f"t.{name}" for name in ("id", "user_id", "person_id") if name in found.columns)
    return f"""{GIVEN}
select {key} as id, {source.incident} as found_incident, {source.about} as found_about, {source.up} as found_up,
    {tie} as found_tied, coalesce({source.anothers}, false) as found_anothers, {said}
from {source.table} t cross join given
where t.organisation_id = (select sec.current_organisation()) and not coalesce({source.unless}, false)
    and ({tie} or {folded_text} like any (given.patterns))
order by {key}"""  # noqa: S608  names of our own tables and columns


def shown_of(source: Source) -> list[Column[Any]]:
    """What of a table is shown: whatever may tell of a person."""
    return [
        column for column in telling(table(source.table))
        if is_text(column) and f"{source.table}.{column.name}" not in COLUMNS
    ]  # fmt: skip


def looked_through(source: Source) -> list[Column[Any]]:
    """What of it is looked through for their names: all of that but who wrote it."""
    return [column for column in shown_of(source) if not is_authors(column.name)]


@cache
def plain_of(source: Source) -> tuple[Column[Any], ...]:
    """What else of it is told: of what is tied to them every column that is not said to stay, else what `also` names.

    So what a record learns to hold is in the next answer, unless `unsearched.UNSAID` gives a reason.
    """
    columns = table(source.table).columns
    if not source.entire:
        return tuple(columns[name] for name in source.also)
    telling_ones = {column.name for column in telling(table(source.table))}
    return tuple(
        column for column in columns
        if column.name not in telling_ones and not isinstance(column.type, Uuid | LargeBinary | TSVECTOR)
        and column.name not in UNSAID
    )  # fmt: skip


def _selected(column: Column[Any]) -> str:
    """As it is read: what is said in words of its own comes as what it is."""
    return f"t.{column.name}" if isinstance(column.type, DateTime | Date | Boolean | ARRAY) else _said(column)


def _said(column: Column[Any]) -> str:
    if isinstance(column.type, ARRAY):
        return f"array_to_string(t.{column.name}, ', ')"
    return f"t.{column.name}::text"


def _found(source: Source, row: dict[str, Any], whole: re.Pattern[str] | None, saying: Saying) -> Found | None:
    """A row as a find; none when it names somebody whose name only holds theirs."""
    said = {name: value for name, value in row.items() if name not in FACTS}
    passages = saying.passages(said, frozenset(column.name for column in plain_of(source)))
    named = [] if row["found_tied"] else list(_naming(passages, whole))
    if not (row["found_tied"] or named):
        return None
    if source.long and not row["found_tied"]:
        passages = tuple((label, _extract(words, whole)) for label, words in passages if label in named)
    others = tuple(name for column in source.others for name in _names_in(said.get(column)))
    places = {"id": row["id"], "incident": row["found_incident"], "up": row["found_up"]}
    place = source.place.format(**places) if "None" not in source.place.format(**places) else ""
    return Found(source.kind, row["id"], row["found_incident"], row["found_about"] or "", passages, place,
                 ", ".join(named), others, row["found_anothers"] and not any(_naming(passages, whole)))  # fmt: skip


def _naming(passages: tuple[tuple[str, str], ...], whole: re.Pattern[str] | None) -> Iterator[str]:
    for label, words in passages:
        if whole and whole.search(folded(words)):
            yield label


def _extract(words: str, whole: re.Pattern[str] | None) -> str:
    kept = [part for part in PARAGRAPHS.split(words) if whole and whole.search(folded(part))]
    return "\n[...]\n".join(kept) if kept else words


def _names_in(value: Any) -> Iterator[str]:
    for line in lines_of(value):
        yield from (name.strip() for name in re.split(r"[,;\n]|\band\b", line) if name.strip())


def _whole(names: Sequence[str]) -> re.Pattern[str] | None:
    joined = "|".join(re.escape(folded(name)) for name in names)
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)") if joined else None


def escaped(name: str) -> str:
    """As a part of a pattern of LIKE."""
    return name.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def kept_since(identifier: UUID) -> date | None:
    """The day on which something was first kept, from its id where that tells it (RFC 9562, version 7)."""
    if identifier.version != 7:
        return None
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC).date()


def names_of(row: Mapping[str, Any]) -> Iterator[str]:
    """What somebody is called in full: given and family name, the name they are known by, earlier ones."""
    given, family, known = row["given_name"], row["family_name"], row["known_as"]
    for name in (f"{given} {family}", f"{known} {family}" if known else "", *row["former_names"]):
        if len(name.strip()) >= SHORTEST and " " in name.strip():
            yield name.strip()
    if not (given and family) and (given or family or known):
        yield (given or family or known).strip()


def turned_names_of(row: Mapping[str, Any]) -> Iterator[str]:
    """The same with the family name first, with the comma of a register and without."""
    given, family, known = row["given_name"], row["family_name"], row["known_as"]
    for first in (given, known):
        if first and family:
            yield from (f"{family}, {first}", f"{family} {first}")


SHORTEST: Final = 3
"""Letters of a part of a name that is looked for by itself."""
