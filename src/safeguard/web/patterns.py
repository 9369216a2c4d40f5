"""Templates that are rendered once and then only filled in: for the few pages that are asked for all day.

A template is rendered with a mark in place of each thing that differs (a hole), cut at the marks, and kept. Filling it
in is joining strings: a row of the list costs 5 microseconds so, where rendering it anew costs 50. The template stays
the one place where the markup is written, and what comes out is the same to the byte.

What goes into a hole is escaped as everywhere else, unless it is markup already. A hole stands in text or inside an
attribute's quotes; no filter and no condition can look at it, so whatever depends on it is made ready before.
"""

import re
from collections import OrderedDict
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from jinja2 import Environment
from markupsafe import Markup, escape

from safeguard import clock
from safeguard.web.directions import neutral_page
from safeguard.web.languages import language, speaking

MOST_KEPT = 1_000
"""Rendered frames of pages that a process keeps, 10 to 20 KB each: the least used goes first."""

_SPECIAL: Final = re.compile("[&<>\"']")
_SECRET: Final = clock.new_token().replace("-", "x").replace("_", "y")
"""In every mark, so that no text that anybody types is one. Letters and digits, which no escaping changes."""


def mark(hole: str) -> Markup:
    """What stands in a rendered template where `hole` will be."""
    return Markup(f"zz{_SECRET}{hole.encode().hex()}zz")  # noqa: S704  letters and digits


@dataclass(frozen=True, slots=True)
class Pattern:
    """A rendered template, cut where its holes are."""

    form: str
    """The text as a format: `%s` in each hole."""
    holes: tuple[str, ...]
    """In the order of the text; one may come often."""

    @classmethod
    def of(cls, rendered: str, holes: Iterable[str]) -> "Pattern":
        """Cut a rendered template at the marks of `holes`."""
        marks = {str(mark(hole)): hole for hole in holes}
        pieces: list[str] = []
        order: list[str] = []
        for number, part in enumerate(rendered.split(f"zz{_SECRET}")):
            hexed, found, rest = part.partition("zz") if number else ("", "", part)
            if number:
                order.append(marks[f"zz{_SECRET}{hexed}{found}"])
            pieces.append(rest)
        return cls("%s".join(piece.replace("%", "%%") for piece in pieces), tuple(order))

    def filled(self, values: Mapping[str, object]) -> Markup:
        """The text with every hole filled in."""
        return Markup(neutral_page(self.form % tuple([safe(values[hole]) for hole in self.holes])))  # noqa: S704  ours, and escaped

    def repeated(self, rows: Iterable[Mapping[str, object]], plain: Collection[str] = ()) -> Markup:
        """The text once for each row. What goes into a `plain` hole is ours and needs no escaping, such as an id."""
        form, holes = self.form, [(hole, hole in plain) for hole in self.holes]
        lines = [form % tuple([row[hole] if ours else safe(row[hole]) for hole, ours in holes]) for row in rows]
        return Markup("".join(lines))  # noqa: S704  as above


def safe(value: object) -> str:
    """`markupsafe.escape`, in a third of the time: markup as it is, everything else as text with `&<>"'` escaped."""
    if type(value) is Markup:
        return value
    text = value if type(value) is str else str(escape(value))
    if type(value) is not str or not _SPECIAL.search(text):
        return text
    return str(escape(text))


def pattern_of(environment: Environment, template: str, holes: tuple[str, ...]) -> Pattern:
    """The pattern of a template that is given nothing but holes, in this request's language."""
    return _pattern(environment, template, holes, language())


@lru_cache(maxsize=100)
def _pattern(environment: Environment, template: str, holes: tuple[str, ...], spoken: str) -> Pattern:
    with speaking(spoken):
        return _cut(environment, template, {}, holes)


def frame_of(
    environment: Environment,
    template: str,
    given: Mapping[str, Hashable],
    own: Mapping[str, Any],
    holes: tuple[str, ...],
    key: Hashable,
) -> Pattern:
    """The pattern of a page, kept for everything that it was `given`: another person's is another pattern.

    `own` is what this page has beside that, and `key` what stands for it; without a key nothing is kept.
    """
    if key is None:
        return _cut(environment, template, {**given, **own}, holes)
    whole = (environment, template, holes, language(), key, tuple(given.items()))
    if (found := _frames.get(whole)) is None:
        found = _frames[whole] = _cut(environment, template, {**given, **own}, holes)
        if len(_frames) > MOST_KEPT:
            _frames.popitem(last=False)
    _frames.move_to_end(whole)
    return found


_frames: OrderedDict[Hashable, Pattern] = OrderedDict()


def _cut(environment: Environment, template: str, given: Mapping[str, Any], holes: tuple[str, ...]) -> Pattern:
    context = {**given, **{hole: mark(hole) for hole in holes}}
    return Pattern.of(environment.get_template(template).render(context), holes)
