"""At the end of a run of everything, the tables: the line, what shows it, how that went."""

from typing import Any

import pytest

from tests.promises.attacks import ALONE, ATTACKS
from tests.promises.finding import shown_by
from tests.promises.grounds import GROUND, ROLES
from tests.promises.lines import CHECKLIST, ISOLATION, Line

TABLES = (
    ("Organisations and roles", (*GROUND, *ROLES)),
    ("The checklist", CHECKLIST),
    ("Isolation", ISOLATION),
    ("Attacks on evidence", ATTACKS),
)

WIDTH = 96


class Outcomes:
    """How every test went, whichever process it ran in."""

    def __init__(self) -> None:
        self.passed: set[str] = set()
        self.others: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note one: passed when it was called and nothing of it failed or was skipped."""
        name = report.nodeid.partition("[")[0]
        if not report.passed:
            self.others.add(name)
        elif report.when == "call":
            self.passed.add(name)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print them."""
        for title, lines in TABLES:
            terminalreporter.section(title)
            for line in lines:
                terminalreporter.write_line(self.told(line))

    def told(self, line: Line) -> str:
        """One line: number, result, words."""
        said = f"NOT CAUGHT: {line.words}" if line.caught == ALONE else line.words
        words = said if len(said) <= WIDTH else said[: WIDTH - 1].rsplit(" ", 1)[0] + " …"
        return f"{line.number:<5} {self.result(line):<22} {words}"

    def result(self, line: Line) -> str:
        """`holds (n tests)`, or what stands in the way of saying so."""
        wanted = shown_by(line)
        if not wanted:
            return "OPEN"
        if broken := wanted & self.others:
            return f"FAILS ({len(broken)} of {len(wanted)})"
        if missing := wanted - self.passed:
            return f"NOT RUN ({len(missing)} of {len(wanted)})"
        return f"holds ({len(wanted)} tests)" if len(wanted) > 1 else "holds (1 test)"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--promises` asks for the tables after a run of less than everything."""
    parser.addoption("--promises", action="store_true", help="print which promises the tests of this run show")


def pytest_configure(config: pytest.Config) -> None:
    """Watch runs of everything, in the process that prints."""
    everything = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.option.keyword
    if (everything or config.getoption("--promises")) and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Outcomes(), "promises")
