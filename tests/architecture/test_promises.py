"""Every line of what is promised has its test, and the document says what is there."""

from tests.promises.attacks import ATTACKS
from tests.promises.finding import LINES, problems, shown_by
from tests.promises.lines import Line
from tests.promises.plugin import Outcomes
from tests.promises.writing import DOCUMENT, rewritten


def test_every_promise_names_tests_that_exist_or_says_what_it_waits_for() -> None:
    assert problems() == []
    wanted = {1: 10, 3: 16, 5: 8}
    assert {line.number for line in LINES} >= {"2"} | {
        f"{part}.{number}" for part, end in wanted.items() for number in range(1, end)
    }
    assert all(line.caught for line in ATTACKS), "what catches each attack, or that nothing does"


def test_the_document_holds_the_tables_as_they_are() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert text == rewritten(text), "python -m tests.promises writes it anew"


def test_a_line_holds_only_when_all_of_its_tests_ran_and_passed() -> None:
    line = Line("0.0", "Sample.", ("architecture/test_promises",))
    names, outcomes = sorted(shown_by(line)), Outcomes()
    assert len(names) == 3
    assert outcomes.result(line) == "NOT RUN (3 of 3)"
    outcomes.passed |= set(names[1:])
    assert outcomes.result(line) == "NOT RUN (1 of 3)"
    outcomes.passed.add(names[0])
    assert outcomes.result(line) == "holds (3 tests)"
    outcomes.others.add(names[0])
    assert outcomes.result(line) == "FAILS (1 of 3)"
    assert outcomes.result(Line("0.0", "Sample.", waits="it is new")) == "OPEN"
    assert shown_by(Line("0.0", "Sample.", ("architecture/test_promises::test_that_is_not_there",))) == frozenset()
