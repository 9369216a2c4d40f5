"""The bodies that inspect, and the headings under which each of them asks: data in `tenants/inspectors.toml`."""

import tomllib
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, Final

import msgspec

from safeguard import paths

FILE: Final = paths.TENANTS / "inspectors.toml"
ANSWERS: Final = "answers"
"""Where a pack stands that came with an answer: under no heading of the body's."""
EVERY: Final = "every"
"""Where a pack stands that was made for an inspection: it answers every heading."""
FORMER: Final = "A heading of an earlier layout"
APART: Final = {ANSWERS: "In an answer", EVERY: "All of their headings"}


class Heading(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of an inspector's own headings, and what is asked under it."""

    code: str
    title: str
    asks: str
    shows: tuple[str, ...] = ()
    """What of an inspection pack answers it: codes of its sections, and `cases`."""
    note: str = ""
    """What this body asks here and Safeguard does not keep."""


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A body that inspects, and how it lays out what it looks for."""

    code: str
    name: str
    kinds: tuple[str, ...]
    """The kinds of organisation that it inspects; none is every kind."""
    verdict: str
    source: str
    as_of: date
    headings: tuple[Heading, ...]
    frameworks: tuple[str, ...] = ()
    """Codes of the standards that this layout is about: a review of one of them answers it. None is any."""
    dated: str = ""
    """Why its text may no longer be the one that applies."""

    def title_of(self, code: str) -> str:
        """The heading's words; of one that only an earlier layout had, words that say so."""
        if code in APART:
            return APART[code]
        return {heading.code: heading.title for heading in self.headings}.get(code, FORMER)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    bodies: tuple[Body, ...]


@cache
def load_bodies() -> dict[str, Body]:
    """Every body, by its code; raises `msgspec.ValidationError` naming what is wrong with the file."""
    raw: dict[str, Any] = tomllib.loads(FILE.read_text("utf-8"))
    return {body.code: body for body in msgspec.convert(raw, _File).bodies}


def bodies_for(kind: str) -> tuple[Body, ...]:
    """Those that inspect this kind of organisation, and the one that follows no framework."""
    return tuple(body for body in load_bodies().values() if not body.kinds or kind in body.kinds)


def to_choose(kind: str) -> tuple[Body, ...]:
    """Those that inspect this kind of organisation, where it has to be said which; none where there is but one."""
    bodies = bodies_for(kind)
    return () if only_one(bodies) else tuple(bodies)


def only_one(bodies: Sequence[Body]) -> Body | None:
    """The one with a framework for this kind, where there is no other to choose: nobody is asked what is plain."""
    own = [body for body in bodies if body.kinds]
    return own[0] if len(own) == 1 else None
