"""Patterns: filled in, a template reads as if it had been rendered anew."""

from collections import OrderedDict
from typing import Any

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from safeguard.web import patterns
from safeguard.web.languages import speaking
from safeguard.web.patterns import frame_of, pattern_of, safe
from safeguard.web.templates import environment

LINE = '<td title="{{ title }}">{{ words }} 100% %s {{ words }}</td>\n'
PAGE = "{% extends 'base' %}{% block main %}{{ heading }} <i>{{ words }}</i> {{ title }}{% endblock %}"
BASE = "<b>{{ name }}</b>{% block main %}{% endblock %}{{ words|tojson }}"
VALUES = st.one_of(st.text(), st.integers(), st.text().map(escape), st.sampled_from(["%s", "zz", "<b>", "'\"&", "{{"]))


def made() -> jinja2.Environment:
    result = environment()
    result.loader = jinja2.DictLoader({"line": LINE, "page": PAGE, "base": BASE})
    return result


ENVIRONMENT = made()


@given(st.lists(st.fixed_dictionaries({"title": VALUES, "words": VALUES}), max_size=4))
def test_a_pattern_filled_in_is_the_template_rendered(rows: list[dict[str, Any]]) -> None:
    pattern = pattern_of(ENVIRONMENT, "line", ("title", "words"))
    rendered = [ENVIRONMENT.get_template("line").render(row) for row in rows]
    assert pattern.repeated(rows) == "".join(rendered)
    assert [pattern.filled(row) for row in rows] == rendered


@given(VALUES)
def test_what_goes_into_a_hole_is_escaped_as_everywhere(value: object) -> None:
    assert safe(value) == escape(value)


@pytest.mark.parametrize("value", [Markup("<i>"), "<i>", "plain", None, 7])
def test_only_markup_is_left_as_it_is(value: object) -> None:
    assert ("<" in safe(value)) == isinstance(value, Markup)


@given(st.text(), st.text())
def test_a_frame_filled_in_is_the_page_rendered(name: str, heading: str) -> None:
    frame = frame_of(ENVIRONMENT, "page", {"name": name}, {"heading": heading}, ("words", "title"), heading)
    values = {"words": "token-1_2", "title": "<x>"}
    whole = ENVIRONMENT.get_template("page").render(values, name=name, heading=heading)
    assert frame.filled(values) == whole


def test_a_frame_is_kept_for_what_it_was_given_and_for_nothing_else() -> None:
    holes = ("words", "title")
    first = frame_of(ENVIRONMENT, "page", {"name": "A"}, {"heading": "x"}, holes, "x")
    assert frame_of(ENVIRONMENT, "page", {"name": "A"}, {"heading": "x"}, holes, "x") is first
    assert frame_of(ENVIRONMENT, "page", {"name": "B"}, {"heading": "x"}, holes, "x") is not first
    assert frame_of(ENVIRONMENT, "page", {"name": "A"}, {"heading": "y"}, holes, "y") is not first
    with speaking("cy"):
        assert frame_of(ENVIRONMENT, "page", {"name": "A"}, {"heading": "x"}, holes, "x") is not first


def test_without_a_key_nothing_is_kept() -> None:
    holes, before = ("words", "title"), len(patterns._frames)
    one, other = (frame_of(ENVIRONMENT, "page", {"name": "A"}, {"heading": "x"}, holes, None) for _ in range(2))
    assert one == other
    assert one is not other
    assert len(patterns._frames) == before


def test_only_so_many_frames_are_kept_and_the_least_used_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "_frames", OrderedDict())
    monkeypatch.setattr(patterns, "MOST_KEPT", 2)

    def ask(name: str) -> object:
        return frame_of(ENVIRONMENT, "page", {"name": name}, {"heading": "x"}, ("words", "title"), "few")

    first, second = ask("1"), ask("2")
    assert ask("1") is first
    ask("3")
    assert len(patterns._frames) == 2
    assert ask("1") is first
    assert ask("2") is not second


def test_what_a_page_may_not_know_of_is_missed_at_once() -> None:
    """A frame is not given the time: what depends on it would be kept."""
    result = made()
    result.loader = jinja2.DictLoader({"page": "{{ moment|ago }}"})
    with pytest.raises(LookupError):
        frame_of(result, "page", {}, {"moment": None}, (), "x")
