"""Which controls of other standards ask the same, read in both directions from the `maps` of their files.

A file says a pair once, on whichever side; what shows the one control shows the other too. A pair is not passed on:
that two controls both map to a third does not make them the same. (The road not taken: every pair in both files, which
somebody has to keep equal.)
"""

from collections.abc import Iterable
from dataclasses import dataclass

from safeguard.standards.framework import Control, Framework
from safeguard.standards.frameworks import BUILT_IN


@dataclass(frozen=True, slots=True)
class Answered:
    """A control of another standard that the same evidence answers."""

    framework: Framework
    control: Control

    @property
    def pair(self) -> tuple[str, str]:
        """(framework, control), as evidence names what it supports."""
        return self.framework.code, self.control.code


def also_answers(frameworks: Iterable[Framework], code: str, control: str) -> tuple[Answered, ...]:
    """The controls of other standards that ask what this one asks, in the order of the standards given."""
    known = {framework.code: framework for framework in frameworks}
    own = known[code].control(control) if code in known else None
    forth = {(other, each) for other, named in (own.maps.items() if own else ()) for each in named}
    return tuple(
        Answered(framework, one)
        for framework in known.values() if framework.code != code
        for one in framework.controls
        if (framework.code, one.code) in forth or control in one.maps.get(code, ())
    )  # fmt: skip


def in_built_in(code: str, control: str, answered: Iterable[Answered]) -> tuple[str, ...]:
    """The controls of the built-in standard that a control is, or answers: what lessons and registers name."""
    return (
        (control,)
        if code == BUILT_IN
        else tuple(one.control.code for one in answered if one.framework.code == BUILT_IN)
    )
