"""What is typed into a form, and what comes of it."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

import pytest

from safeguard.errors import FieldError, Invalid
from safeguard.web.fields import Fields
from safeguard.web.forms import Choice, Day, Form, Many, Name, Rows, Text, Tick, blank, clean, fill

TODAY = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Person:
    name: Annotated[str, Text(longest=20)]
    role: Annotated[str, Choice(("affected", "alleged"))]


@dataclass(frozen=True, slots=True)
class Report:
    words: Annotated[str, Text(required="Say what happened.", longest=50, lines=True)]
    day: Annotated[date | None, Day()] = None
    places: Annotated[tuple[str, ...], Many(("school", "home"))] = ()
    danger: Annotated[bool, Tick()] = False
    people: Annotated[tuple[Person, ...], Rows(Person, most=3)] = ()


def filled(*pairs: tuple[str, str]) -> Form[Report]:
    return fill(Report, Fields.of(pairs), today=TODAY)


def test_a_form_becomes_what_it_means() -> None:
    form = filled(
        ("words", "  He said:\r\nstop  "), ("day", "yesterday"), ("places", "home"), ("danger", "yes"),
        ("people-0-name", "Ada"), ("people-0-role", "affected"), ("people-3-name", "Bo"), ("people-3-role", ""),
    )  # fmt: skip
    assert form.errors == ()
    assert form.value == Report(
        "He said:\nstop", date(2026, 11, 21), ("home",), True, (Person("Ada", "affected"), Person("Bo", ""))
    )


def test_every_error_is_shown_at_once_and_everything_typed_is_kept() -> None:
    form = filled(("words", ""), ("day", "1066-10-14"), ("people-0-name", "x" * 25), ("people-1-role", "queen"))
    assert {error.field for error in form.errors} == {"words", "day", "people-0-name"}
    assert form.error("people-0-name") == "This is 5 characters too long. The most is 20."
    assert form["day"] == "1066-10-14"
    assert form.rows("people")[0]["name"] == "x" * 25
    assert form.summary[0] == {"text": "Say what happened.", "href": "#words"}
    with pytest.raises(Invalid):
        _ = form.value


@dataclass(frozen=True, slots=True)
class Signed:
    name: Annotated[str, Name(longest=30, required="Write your name.")]


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "Write your name."), ("\u202e\u200b", "Write your name."), ("x" * 31, "too long"),
     *((nobody, "with letters") for nobody in ("[]", "{}", "0", "12345", "...", "-", "\U0001f600", "\u0301"))],
)  # fmt: skip
def test_what_nobody_is_called_is_no_name(typed: str, said: str) -> None:
    form = fill(Signed, Fields.of([("name", typed)]), today=TODAY)
    assert said in (form.error("name") or "")
    assert form["name"] == typed


@pytest.mark.parametrize(
    "typed", ["Nia Okafor-Lindqvist", "O", "Ng", "李小龙", "محمد", "D'Arcy St. John (Bo) 3rd", "Nia <b>", "क्षमा"]
)
def test_people_are_called_what_they_are_called(typed: str) -> None:
    assert fill(Signed, Fields.of([("name", typed), ("name", "[]")]), today=TODAY).value.name == typed


def test_a_name_turns_no_line_around_it() -> None:
    assert fill(Signed, Fields.of([("name", "Nia\u202e\u2066 Oak\ufeff")]), today=TODAY).value.name == "Nia Oak"


def test_a_row_with_nothing_but_a_choice_is_not_filled_in() -> None:
    assert filled(("words", "x"), ("people-0-name", " "), ("people-0-role", "affected")).value.people == ()


def test_more_rows_than_the_page_takes_are_refused_in_words() -> None:
    form = filled(("words", "x"), *((f"people-{n}-name", "Ada") for n in range(4)))
    assert form.error("people") == "The most at once is 3. Record these, then add the others."


def test_an_answer_that_the_page_does_not_offer_is_refused() -> None:
    assert filled(("words", "x"), ("places", "moon")).error("places") == "Choose from the answers on the page."


def test_a_page_begins_with_the_rows_it_asks_for() -> None:
    rows = blank(Report, words="Hello").rows("people", least=2)
    assert [row.name("name") for row in rows] == ["people-0-name", "people-1-name"]


def test_the_domain_may_add_errors_to_a_form() -> None:
    form = filled(("words", "x")).refused(Invalid(FieldError("day", "Too early.")))
    assert form.error("day") == "Too early."
    assert form["words"] == "x"


def test_what_was_typed_wrong_is_said_once() -> None:
    form = filled(("words", ""), ("day", "nonsense"))
    with pytest.raises(Invalid) as refusal:
        _ = form.value
    assert form.refused(refusal.value).errors == form.errors
    assert len(form.summary) == 2


def test_words_are_composed_and_hold_nothing_that_cannot_be_seen() -> None:
    assert clean("Zoe\u0308 \x07\x1b[0m") == "Zo\u00eb [0m"
    assert (
        clean("\u0645\u0631\u062d\u0628\u0627 \U0001f469\u200d\U0001f467")
        == "\u0645\u0631\u062d\u0628\u0627 \U0001f469\u200d\U0001f467"
    )
    assert clean("one\r\ntwo") == "one two"


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", "{{ 7*7 }}", "{% raw %}", "=HYPERLINK(1)", "' or 1=1 --"]
)
def test_markup_and_formulas_are_only_words(typed: str) -> None:
    assert filled(("words", typed)).value.words == typed
