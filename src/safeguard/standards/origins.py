"""Where an improvement came from, by name: an incident, an inspection. Bound by the application.

This room knows of neither: an improvement holds an id that means nothing by itself, and the room that keeps what it
means says how it is called, to whoever may know of it. (The road not taken: a copy of the reference beside the
improvement, which would outlive the record, and be read by somebody from whom it is kept.)
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Final, get_args
from uuid import UUID

import msgspec

from safeguard.standards.review import Improvement, Source
from safeguard.work import Work

SOURCES: Final[tuple[Source, ...]] = get_args(Source)


class Origin(msgspec.Struct, frozen=True):
    """What something came from, for whoever may know of it."""

    name: str
    """A reference, or whose inspector it was; nobody's name."""
    href: str
    learnt: tuple[str, ...] = ()
    """What the lessons of an incident say, the latest first."""


Finding = Callable[[Work, Collection[UUID]], Awaitable[Mapping[UUID, Origin]]]
"""Those of some ids that whoever asks may know of."""

_bound: dict[Source, Finding] = {}


def bind(finders: Mapping[Source, Finding]) -> None:
    """Let this room ask those that know."""
    _bound.clear()
    _bound.update(finders)


async def find_origin(work: Work, source: str, origin_id: UUID | None) -> Origin | None:
    """What one id means; None for what is not there, and for whoever may not know of it."""
    known = {each: find for each, find in _bound.items() if each == source}
    if origin_id is None or not known:
        return None
    [find] = known.values()
    return (await find(work, (origin_id,))).get(origin_id)


async def name_origins(work: Work, improvements: Sequence[Improvement]) -> Mapping[UUID, Origin]:
    """Where each of these came from, by the improvement's id: those alone of which whoever asks may know."""
    named: dict[UUID, Origin] = {}
    for source, find in _bound.items():
        asked = {one.id: one.origin_id for one in improvements if one.source == source and one.origin_id}
        found = await find(work, set(asked.values())) if asked else {}
        named |= {improvement: found[origin] for improvement, origin in asked.items() if origin in found}
    return named
