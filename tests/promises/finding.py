"""Which tests a line names: read off the files, without importing them."""

import ast
from functools import cache
from pathlib import Path
from typing import Final

from tests.promises.attacks import ATTACKS
from tests.promises.grounds import GROUND, ROLES
from tests.promises.lines import CHECKLIST, ISOLATION, Line

TESTS: Final = Path(__file__).parents[1]
LINES: Final = (*GROUND, *ROLES, *CHECKLIST, *ISOLATION, *ATTACKS)


@cache
def names_in(file: str) -> frozenset[str]:
    """The tests of `room/test_file`; none when there is no such file."""
    path = TESTS / f"{file}.py"
    tree = ast.parse(path.read_text("utf-8")) if path.is_file() else ast.Module([], [])
    found = (node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(name for name in found if name.startswith("test_"))


def shown_by(line: Line) -> frozenset[str]:
    """Every test that shows a line, as pytest names it, without its parameters."""
    found: set[str] = set()
    for named in line.tests:
        file, _, name = named.partition("::")
        names = names_in(file)
        found |= {f"tests/{file}.py::{one}" for one in (names & {name} if name else names)}
    return frozenset(found)


def problems() -> list[str]:
    """What is wrong with the table, a sentence each."""
    found = [
        f"{line.number}: there is no {named}"
        for line in LINES
        for named in line.tests
        if not shown_by(Line(line.number, "", (named,)))
    ]
    found += [f"{line.number} has neither a test nor a reason: {line.words}" for line in LINES if _is_bare(line)]
    return found


def _is_bare(line: Line) -> bool:
    return bool(line.tests) == bool(line.waits)
