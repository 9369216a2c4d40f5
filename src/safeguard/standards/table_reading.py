"""A framework as people have it in a spreadsheet: one row for each control, one column for each level.

    Code    Objective     Name          4 Not yet         3 Begun          2 Secure      1 Leading
    A1      Leadership    Who leads     Nobody does.      One person does. ...

What a control maps to stands under Maps, as in `pies/M1; pies/A5`. Cells that are copied from a spreadsheet come apart
by tabs; a file saved as CSV by commas or semicolons. What is not in the rows (name, code, edition, benchmark) is asked
beside them. A column that is headed otherwise is not read, and whoever imports the rows is told so before they do.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from safeguard.standards.checking import MOST_CONTROLS
from safeguard.tenancy.positions import Path
from safeguard.tenancy.reading import Problems

NEEDED: Final = ("code", "objective", "name")
LISTS: Final = ("covers", "evidence")
MAPS: Final = "maps"
PRIORITY: Final = "priority"
MOST_NAMED: Final = 12
LONGEST_HEADING: Final = 60
"""So many columns that are not read are named, and so many characters of each heading."""
NEVER_CLOSED: Final = "a quotation mark opens a cell here and is never closed: close it, or leave it out."
_LEVEL: Final = re.compile(r"(\d)\s*[-:.)]?\s*(.*)")


@dataclass(frozen=True, slots=True)
class Rows:
    """The tree that a TOML file would have held, the row that each part stands in, and every row as one line."""

    tree: Mapping[str, Any]
    lines: Mapping[Path, int]
    text: Sequence[str]


@dataclass(frozen=True, slots=True)
class Column:
    """One that says something and is not read: its number, counted from 1, and how it is headed."""

    number: int
    heading: str

    @property
    def said(self) -> str:
        """Its heading as it stands there, or where it is."""
        short = self.heading if len(self.heading) <= LONGEST_HEADING else self.heading[:LONGEST_HEADING] + "…"
        return f"“{short}”" if short else f"column {self.number}, which has no heading"


def is_table(text: str) -> bool:
    """Whether this is a table: its first line is headings, with a code among them."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return "=" not in first and "code" in _words(first)


def read_table(text: str, problems: Problems) -> Rows:
    """The rows as a tree; problems with the headings are at row 1."""
    lines, broken = _split(text.lstrip("\r\n"))
    if broken:
        problems.add(("row",), broken)
        return Rows({}, {("row",): len(lines)}, _shown(lines))
    headings = [heading.strip().casefold() for heading in lines[0]] if lines else []
    for name in NEEDED:
        if name not in headings:
            problems.add((), f'there is no column "{name}": head one so.')
    levels = _levels(lines[0] if lines else [])
    if len(levels) < 2:
        problems.add((), 'there is no column for each level: head them "4 Not yet", "3 Begun" and so on, down to 1.')
    rows = [(number, row) for number, row in enumerate(lines[1:], start=2) if any(cell.strip() for cell in row)]
    if len(rows) > MOST_CONTROLS:
        problems.add((), f"{len(rows):,} controls are more than anybody reviews: the most is {MOST_CONTROLS}.")
    shown = _shown(lines)
    return Rows({}, {}, shown) if problems.found else Rows(*_tree(lines[0], levels, rows, problems), shown)


def not_read(text: str) -> tuple[Column, ...]:
    """The columns of a table that hold something and that no control has anything of; none where it comes not apart.

    The second of two columns with one heading is among them, and so are cells that stand beyond the last heading.
    """
    lines, broken = _split(text.lstrip("\r\n"))
    if broken or not lines:
        return ()
    used = {*_places(lines[0]).values(), *(place for place, _, _ in _levels(lines[0]))}
    filled = {place for row in lines[1:] for place, cell in enumerate(row) if cell.strip()}
    return tuple(Column(place + 1, " ".join(_cell(lines[0], place).split())) for place in sorted(filled - used))


def named(columns: Sequence[Column]) -> str:
    """Columns in a sentence, the first dozen by name."""
    more = len(columns) - MOST_NAMED
    return ", ".join(each.said for each in columns[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _split(text: str) -> tuple[list[list[str]], str]:
    """The rows, and what is wrong in the last of them where it cannot be taken apart.

    A quotation mark that is never closed swallows all rows that follow: it is looked for where the last row begins.
    """
    separator, lines, rows, ends = _separator(text), io.StringIO(text).readlines(), list[list[str]](), [0]
    reader = csv.reader(lines, delimiter=separator)
    try:
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
    except csv.Error as mistake:
        begun = lines[ends[-1]]
        wrong = NEVER_CLOSED if '"' in begun else f"this row cannot be taken apart into cells: {mistake}."
        return [*rows, begun.split(separator)], wrong
    return rows, NEVER_CLOSED if rows and _is_open(lines[ends[-2] :], separator) else ""


def _is_open(last: Sequence[str], separator: str) -> bool:
    """Whether the row ends within quotation marks; a strict reader alone says so."""
    try:
        list(csv.reader(last, delimiter=separator, strict=True))
    except csv.Error as mistake:
        return "unexpected end of data" in str(mistake)
    return False


def _shown(lines: Sequence[Sequence[str]]) -> list[str]:
    return [" | ".join(cell.strip() for cell in row) for row in lines]


def _separator(text: str) -> str:
    first = text.lstrip("\r\n").partition("\n")[0]
    return max("\t,;", key=first.count)


def _words(line: str) -> list[str]:
    return [word.strip().strip('"').casefold() for word in re.split(r"[\t,;]", line)]


def _levels(headings: Sequence[str]) -> list[tuple[int, int, str]]:
    """Column, number and name of each level, the lowest step first."""
    found = [(place, _LEVEL.fullmatch(heading.strip())) for place, heading in enumerate(headings)]
    levels = [(place, int(match[1]), match[2] or f"Level {match[1]}") for place, match in found if match]
    return sorted(levels, key=lambda level: -level[1])


def _places(row_of_headings: Sequence[str]) -> dict[str, int]:
    """Where what is called by a word stands; levels are called by a number."""
    headings = [heading.strip().casefold() for heading in row_of_headings]
    return {name: headings.index(name) for name in (*NEEDED, *LISTS, MAPS, PRIORITY) if name in headings}


def _tree(
    row_of_headings: Sequence[str], levels: list[tuple[int, int, str]], rows: list[tuple[int, list[str]]],
    problems: Problems,
) -> tuple[dict[str, Any], dict[Path, int]]:  # fmt: skip
    places = _places(row_of_headings)
    wanted = [places[name] for name in NEEDED] + [place for place, _, _ in levels]
    rows = [(number, _filled(row, wanted, row_of_headings, at, problems)) for at, (number, row) in enumerate(rows)]
    objectives = list(dict.fromkeys(_cell(row, places["objective"]) for _, row in rows))
    codes = {name: f"o{number}" for number, name in enumerate(objectives, start=1)}
    lines: dict[Path, int] = {("controls", place): number for place, (number, _) in enumerate(rows)}
    controls = [_control(row, places, levels, codes) for _, row in rows]
    for place, (_, row) in enumerate(rows):
        if maps := _maps(_cell(row, places.get(MAPS, -1)), ("controls", place), problems):
            controls[place][MAPS] = maps
    for place, control in enumerate(controls):
        lines |= {("controls", place, name): lines["controls", place] for name in control}
    tree = {
        "levels": [{"number": number, "name": name} for _, number, name in levels],
        "objectives": [{"code": codes[name], "name": name} for name in objectives],
        "controls": controls,
    }
    return tree, lines


def _filled(
    row: Sequence[str], wanted: Sequence[int], headings: Sequence[str], at: int, problems: Problems
) -> list[str]:
    """The row with something in every cell that must say something, so that the others are looked at all the same."""
    filled = [*row, *[""] * (len(headings) - len(row))]
    for place in wanted:
        if not filled[place].strip():
            problems.add(("controls", at), f"the cell under “{headings[place].strip()}” is empty.")
            filled[place] = f"row-{at}"
    return filled


def _control(
    row: list[str], places: Mapping[str, int], levels: list[tuple[int, int, str]], codes: Mapping[str, str]
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "code": _cell(row, places["code"]), "name": _cell(row, places["name"]),
        "objective": codes[_cell(row, places["objective"])],
        "levels": [_cell(row, place) for place, _, _ in levels],
    }  # fmt: skip
    for name in LISTS:
        if parts := [part.strip() for part in _cell(row, places.get(name, -1)).split(";") if part.strip()]:
            made[name] = parts
    if _cell(row, places.get(PRIORITY, -1)).casefold() in {"yes", "y", "x", "1", "true"}:
        made["priority"] = True
    return made


def _maps(cell: str, path: Path, problems: Problems) -> dict[str, list[str]]:
    """`pies/M1; pies/A5` as the controls of each other standard."""
    found: dict[str, list[str]] = {}
    for part in (part.strip() for part in cell.split(";") if part.strip()):
        other, slash, code = (each.strip() for each in part.partition("/"))
        if not (other and slash and code):
            problems.add(path, f"“{part}” under Maps names no control: write the standard and the code, as in pies/M1.")
        elif code not in found.setdefault(other, []):
            found[other].append(code)
    return found


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if 0 <= place < len(row) else ""
