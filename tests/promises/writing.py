"""The tables as they stand in docs/security.md."""

import re
from typing import Final

from safeguard.web import limits
from tests.promises.attacks import ATTACKS
from tests.promises.finding import TESTS
from tests.promises.grounds import GROUND, ROLES
from tests.promises.lines import CHECKLIST, ISOLATION, Line

DOCUMENT: Final = TESTS.parent / "docs" / "security.md"


def rewritten(text: str) -> str:
    """The document with its tables made anew; what stands around them is kept."""
    tables = {
        "ground": promised((*GROUND, *ROLES)),
        "checklist": promised(CHECKLIST),
        "isolation": promised(ISOLATION),
        "attacks": attacked(ATTACKS),
        "limits": limited(),
    }
    for name, table in tables.items():
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = place.sub(lambda found, made=table: f"{found[1]}{made}{found[2]}", text, count=1)
    return text


def promised(lines: tuple[Line, ...]) -> str:
    """Number, words, tests."""
    rows = ["| | promised | shown by |", "|---|---|---|"]
    rows += [f"| {line.number} | {line.words} | {shown(line)} |" for line in lines]
    return "\n".join(rows) + "\n"


def attacked(lines: tuple[Line, ...]) -> str:
    """Number, attack, what catches it, tests."""
    rows = ["| | attack | caught by | shown by |", "|---|---|---|---|"]
    rows += [f"| {line.number} | {line.words} | {line.caught} | {shown(line)} |" for line in lines]
    return "\n".join(rows) + "\n"


def shown(line: Line) -> str:
    """The files of the tests, or that it waits and for what. How many tests they are, a run says."""
    if not line.tests:
        return f"**open**: {line.waits}"
    return ", ".join(f"`{file}`" for file in dict.fromkeys(_files(line)))


def _files(line: Line) -> list[str]:
    return [named.partition("::")[0] for named in line.tests]


def limited() -> str:
    """Every limit of requests, sizes and times."""
    rows = ["| limit | per | how much | what happens |", "|---|---|---|---|"]
    rows += [f"| {limit.name} | {limit.per} | {limit.amount} | {limit.then} |" for limit in limits.ALL]
    return "\n".join(rows) + "\n"
