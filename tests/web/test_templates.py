"""Templates: none forgives a missing name, everything is escaped."""

from datetime import UTC, datetime

import jinja2
import pytest

from safeguard.errors import FieldError
from safeguard.web.templates import capital, environment, error_for, filesize, initials

ENVIRONMENT = environment()
NASTY = "<script>alert(1)</script> {{7*7}} \" ' &"


def test_a_name_that_was_not_given_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        ENVIRONMENT.from_string("{{ incidnet.title }}").render(incident=None)


def test_what_people_type_is_escaped_in_text_and_in_attributes() -> None:
    source = '{% from "components/forms.html" import text %}{{ text("name", "Name", typed) }}{{ typed }}'
    rendered = ENVIRONMENT.from_string(source).render(typed=NASTY)
    assert "<script>" not in rendered
    assert rendered.count("&lt;script&gt;") == 2
    assert "{{7*7}}" in rendered


def test_a_field_shows_its_own_error_and_keeps_what_was_typed() -> None:
    source = '{% from "components/forms.html" import text %}{{ text("name", "Name", "Amina", errors) }}'
    rendered = ENVIRONMENT.from_string(source).render(errors=(FieldError("name", "Use the full name."),))
    assert 'aria-describedby="name-error"' in rendered
    assert "Use the full name." in rendered
    assert 'value="Amina"' in rendered


def test_the_error_summary_links_to_each_field() -> None:
    source = '{% from "components/forms.html" import error_summary %}{{ error_summary(errors) }}'
    rendered = ENVIRONMENT.from_string(source).render(errors=(FieldError("words", "Say what happened."),))
    assert 'href="#words"' in rendered


@pytest.mark.parametrize(
    ("level", "word"),
    [("low", "Low"), ("emergency", "Emergency"), (None, "Not yet assessed"), ("x", "Not yet assessed")],
)
def test_risk_is_a_word_before_it_is_a_colour(level: str | None, word: str) -> None:
    source = '{% from "components/marks.html" import risk %}{{ risk(level) }}'
    assert word in ENVIRONMENT.from_string(source).render(level=level)


def test_a_time_stands_exactly_beside_what_people_say() -> None:
    source = '{% from "components/times.html" import when with context %}{{ when(moment) }}'
    moment = datetime(2026, 7, 1, 13, 5, 9, tzinfo=UTC)
    rendered = ENVIRONMENT.from_string(source).render(moment=moment, now=moment, organisation=None)
    assert 'title="Wednesday 1 July 2026, 14:05:09 BST"' in rendered
    assert 'datetime="2026-07-01T13:05:09Z"' in rendered
    assert ">today 14:05<" in rendered


def test_a_time_without_now_says_how_to_import_it() -> None:
    source = '{% from "components/times.html" import when %}{{ when(moment) }}'
    with pytest.raises(LookupError, match="with context"):
        ENVIRONMENT.from_string(source).render(moment=datetime(2026, 7, 1, tzinfo=UTC))


def test_the_first_error_of_a_field_is_the_one_shown() -> None:
    errors = (FieldError("a", "one"), FieldError("b", "two"), FieldError("b", "three"))
    assert error_for(errors, "b") == "two"
    assert error_for(errors, "c") is None


def test_words_keep_their_own_capitals() -> None:
    assert capital("tikTok account") == "TikTok account"
    assert capital("") == ""
    assert initials("mariam van der Okafor") == "MO"
    assert initials("Cher") == "C"


def test_the_size_of_a_file_is_said_in_small_figures() -> None:
    sizes = {0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1 kB", 1249: "1.2 kB", 20_000_000: "20 MB"}
    assert {size: filesize(size) for size in sizes} == sizes
    assert ENVIRONMENT.from_string("{{ 15|filesizeformat }}").render() == "15 bytes"
