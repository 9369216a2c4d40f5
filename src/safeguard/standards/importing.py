"""Importing a framework of one's own: TOML as in `tenants/frameworks`, or rows from a spreadsheet.

Every mistake is said at once, each with its line or row and what stands there; nothing is kept while there is one.
What was imported stays: the next edition stands beside it, and a review keeps the one that it was made with.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document
from safeguard.errors import DomainError, FieldError, Invalid
from safeguard.standards.adding import PREFIX
from safeguard.standards.checking import CODE, check, check_maps
from safeguard.standards.framework import Framework
from safeguard.standards.frameworks import line_in
from safeguard.standards.owning import body_of, built_in, framework_from
from safeguard.standards.table_reading import Column, is_table, named, not_read, read_table
from safeguard.tenancy.checking import NEEDED
from safeguard.tenancy.positions import Path, lines_of
from safeguard.tenancy.reading import Problems, read
from safeguard.work import Work

LONGEST: Final = 600_000
"""Characters: three times what 500 controls need."""
LONGEST_NAME: Final = 200
"""Characters of the name of a standard, an objective, a control; of a control of one's own as well."""
MOST_SAID: Final = 50
SHOWN: Final = 120
"""So many characters of a line that has a mistake are repeated beside it."""
BESIDE: Final[Mapping[Path, str]] = {
    ("code",): "code", ("name",): "name", ("version",): "edition", ("benchmark",): "benchmark",
}  # fmt: skip
"""What rows do not hold, and the question that asks for it."""
ASKED: Final[Mapping[str, str]] = {
    "code": "give it a short code: rows do not say one.",
    "name": "say what it is called: rows do not say it.",
    "version": "say which edition it is: rows do not say it.",
}
OWN: Final = re.compile(rf"{PREFIX}\d+")
RESERVED: Final = frozenset({"new", "import"})
KEEP: Final = """
insert into public.own_frameworks (organisation_id, id, code, edition, name, body, controls, imported_at, imported_by,
    imported_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (organisation_id, code, edition) do nothing returning id
"""
PARTS: Final = """
select part ->> 'name' as name, part ->> 'code' as code
from public.own_frameworks f cross join json_array_elements(f.body::json -> 'objectives') part
where f.organisation_id = (select sec.current_organisation()) and f.code = $1
order by f.imported_at, f.id
"""
_AT_LINE: Final = re.compile(r" \(at line (\d+), column \d+\)| \(at end of document\)")


@dataclass(frozen=True, slots=True)
class Said:
    """What is asked beside rows of a spreadsheet; a TOML file says it itself."""

    code: str = ""
    name: str = ""
    edition: str = ""
    benchmark: int | None = None
    left_out: str = ""
    """Which columns they were told are not read: the mark that `mark_of` makes of these."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in which line or row, and how that begins."""

    line: int
    sentence: str
    says: str = ""


class CannotImport(DomainError):
    """The framework has mistakes: all of them, by line; and what is wrong beside rows, by its question."""

    status = 422
    code = "framework-mistakes"
    title = "This framework has mistakes"
    sentence = "Nothing was imported. Each mistake is listed with its line."

    def __init__(self, mistakes: tuple[Mistake, ...], beside: tuple[FieldError, ...] = ()) -> None:
        super().__init__()
        self.mistakes = mistakes
        self.beside = beside


@dataclass(frozen=True, slots=True)
class Source:
    """Where each part of a framework stood, and the lines or rows themselves."""

    lines: Mapping[Path, int]
    text: Sequence[str]
    is_table: bool = False


async def import_framework(work: Work, text: str, said: Said, kind: str, known: Iterable[Framework]) -> Framework:
    """Keep another edition; raises `CannotImport` with every mistake, `Invalid` where it is there already.

    `Invalid` as well where rows have columns that are not read, and whoever imports them was not told of these: nothing
    that somebody wrote is dropped without a word, and what is kept cannot be mended.
    """
    work.require(Permission.STANDARDS_REVIEW)
    tree, framework = understood(text, said, kind, {each.code: each for each in known})
    _check_told(columns_not_read(text), said)
    if is_table(text):
        tree = parts_as_before(tree, await work.driver.fetch(PARTS, framework.code))
    body, new_id = body_of(tree), clock.new_id()
    kept = await work.driver.fetchval(
        KEEP, new_id, framework.code, framework.version, framework.name, body, len(framework.controls), work.now(),
        work.actor.user_id, work.actor.name,
    )  # fmt: skip
    if kept is None:
        raise Invalid(FieldError("text", f"Edition {framework.version} of {framework.code} is here already: give "
                                         "this one another edition."))  # fmt: skip
    fields = {
        "code": framework.code, "edition": framework.version, "name": framework.name,
        "sha256": hashlib.sha256(body.encode()).hexdigest(),
    }  # fmt: skip
    work.record("framework.imported", new_id, document=Document("framework", new_id, 1, fields))
    work.ask("notice.rhythm_changed", work.organisation_id)
    return framework_from(body)


def columns_not_read(text: str) -> tuple[Column, ...]:
    """What an import would leave out of rows; nothing of TOML, in which what is not understood is a mistake."""
    return not_read(text) if len(text) <= LONGEST and is_table(text) else ()


def mark_of(columns: Sequence[Column]) -> str:
    """What a form carries for columns that it has told of; empty for none."""
    whole = "\n".join(f"{each.number} {each.heading}" for each in columns)
    return hashlib.sha256(whole.encode()).hexdigest()[:16] if columns else ""


def _check_told(columns: Sequence[Column], said: Said) -> None:
    if mark_of(columns) not in ("", said.left_out):
        raise Invalid(FieldError("text", f"Nothing is read from {named(columns)}: give what matters a heading that is "
                                         "read, or press Import again to leave it out."))  # fmt: skip


def parts_as_before(tree: Mapping[str, Any], before: Iterable[tuple[str, str]]) -> Mapping[str, Any]:
    """The tree of rows, each part under the code that a part of its name had in an edition before: (name, code) each.

    Rows name their parts and give them no codes. Controls that were added to a part are tied to its code, and stay
    under its name however the parts are ordered.
    """
    earlier = dict(before)
    free = (code for number in count(1) if (code := f"o{number}") not in earlier.values())
    codes = {each["code"]: earlier.get(each["name"]) or next(free) for each in tree["objectives"]}
    return {
        **tree,
        "objectives": [{**each, "code": codes[each["code"]]} for each in tree["objectives"]],
        "controls": [{**each, "objective": codes[each["objective"]]} for each in tree["controls"]],
    }


def understood(text: str, said: Said, kind: str, known: Mapping[str, Framework]) -> tuple[Mapping[str, Any], Framework]:
    """The framework that a text means; raises `CannotImport`."""
    if len(text) > LONGEST:
        raise CannotImport((Mistake(1, f"this is longer than {LONGEST:,} characters: leave out what is no standard."),))
    problems = Problems()
    tree, source = _of_table(text, said, problems) if is_table(text) else _of_toml(text)
    framework = None
    if tree:
        tree = {**tree, "kinds": [kind]}
        framework = read(Framework, tree, (), problems)
    if framework:
        _check(framework, known, problems)
    if framework is None or problems.found:
        raise CannotImport(*_placed(source, problems))
    return tree, framework


def _check(framework: Framework, known: Mapping[str, Framework], problems: Problems) -> None:
    check(framework, NEEDED["words"], problems)
    check_maps(known, framework, problems)
    if built_in(framework.code) or framework.code in RESERVED:
        problems.add(("code",), f'"{framework.code}" is taken: choose another code.')
    elif not CODE.fullmatch(framework.code):
        problems.add(("code",), f"`{framework.code}` cannot be a code: use letters, digits, - and _, up to 40.")
    for number, control in enumerate(framework.controls):
        if OWN.fullmatch(control.code):
            kept = f'"{control.code}" is kept for controls that are added later: choose another code.'
            problems.add(("controls", number, "code"), kept)
    _check_names(framework, problems)


def _check_names(framework: Framework, problems: Problems) -> None:
    """Names stand in lists and headings, and nothing that was imported can be made shorter any more."""
    if len(framework.name) > LONGEST_NAME:
        problems.add(("name",), _too_long("the name of the standard", framework.name))
    for number, control in enumerate(framework.controls):
        if len(control.name) > LONGEST_NAME:
            problems.add(("controls", number, "name"), _too_long("the name of the control", control.name))
    for objective in framework.objectives:
        under = (number for number, each in enumerate(framework.controls) if each.objective == objective.code)
        if len(objective.name) > LONGEST_NAME:
            where = ("controls", next(under, 0), "objective")
            problems.add(where, _too_long("the name of its objective", objective.name))


def _too_long(what: str, name: str) -> str:
    return f"{what} has {len(name):,} characters: the most is {LONGEST_NAME}."


def _of_table(text: str, said: Said, problems: Problems) -> tuple[Mapping[str, Any], Source]:
    """Nothing where the headings are wrong; else with a stand-in for what is missing, so that the rest is looked at."""
    rows = read_table(text, problems)
    beside = {"code": said.code, "name": said.name, "version": said.edition, "describes": said.name or "-"}
    for name in (name for name in ASKED if not beside[name]):
        problems.add((name,), ASKED[name])
        beside[name] = "not-said-yet"
    source = Source(rows.lines, rows.text, is_table=True)
    if not rows.tree:
        return {}, source
    return {**beside, "benchmark": said.benchmark or min(2, len(rows.tree["levels"])), **rows.tree}, source


def _of_toml(text: str) -> tuple[Mapping[str, Any], Source]:
    lines = text.splitlines()
    try:
        return tomllib.loads(text), Source(lines_of(text), lines)
    except tomllib.TOMLDecodeError as mistake:
        found = _AT_LINE.search(str(mistake))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        sentence = f"this is neither rows with a column “Code” nor TOML: {_AT_LINE.sub('', str(mistake))}."
        raise CannotImport((Mistake(line, sentence, _said_in(lines, line)),)) from None
    except RecursionError:
        raise CannotImport((Mistake(1, "lists stand in lists here, deeper than any framework needs."),)) from None


def _placed(source: Source, problems: Problems) -> tuple[tuple[Mistake, ...], tuple[FieldError, ...]]:
    asked = {path: sentence for path, sentence in problems.found if source.is_table and path in BESIDE}
    beside = tuple(FieldError(BESIDE[path], sentence[:1].upper() + sentence[1:]) for path, sentence in asked.items())
    found = sorted({(line_in(source.lines, path), words) for path, words in problems.found if path not in asked})
    mistakes = tuple(Mistake(line, words, _said_in(source.text, line)) for line, words in found[:MOST_SAID])
    if len(found) > MOST_SAID:
        mistakes += (Mistake(found[MOST_SAID][0], f"and {len(found) - MOST_SAID:,} more from here on."),)
    return mistakes, beside


def _said_in(lines: Sequence[str], line: int) -> str:
    says = lines[line - 1].strip() if line <= len(lines) else ""
    return says if len(says) <= SHOWN else says[:SHOWN].rstrip() + "…"
