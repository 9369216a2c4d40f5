"""What changed from one edition of a framework to the next, and what that means for a review under way.

A level is a number on a scale: level 3 of 4 and level 3 of 3 say different things. So sentences are paired by number,
and what was judged on another scale keeps its level and its sentence, counts for nothing, and is asked again.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, cast

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import Conflict
from safeguard.standards.framework import Control, Framework
from safeguard.standards.made_with import keep_wording
from safeguard.standards.owning import ELSEWHERE
from safeguard.standards.review import MadeWith, Review, review_document
from safeguard.standards.reviewing import SIGNED
from safeguard.work import Work

MOVE: Final = """
update public.reviews r set framework_version = $3, framework_digest = $4, scale = $5, editions_left = $6::text::jsonb,
    version = r.version + 1
where r.organisation_id = (select sec.current_organisation()) and r.id = $1 and r.version = $2 and r.state = 'open'
"""
KEEP: Final = """
update public.ratings t set framework_version = $2, framework_digest = $3, scale = $4
where t.organisation_id = (select sec.current_organisation()) and t.review_id = $1 and t.framework_version is null
"""
MOST_LEFT: Final = 20
BESIDE: Final = ("name", "next", "covers", "evidence", "first")
"""What is read of a control beside the sentences of its levels. What it maps to is not: that is as it is today."""
NO_WAY_BACK: Final = "This review is with the edition that it was begun with: there is none to go back to."


@dataclass(frozen=True, slots=True)
class Retold:
    """Something that is read beside the sentences of the levels."""

    what: str
    gone: tuple[str, ...]
    came: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One control that is not as it was."""

    kind: Literal["added", "removed", "reworded"]
    control: Control
    before: Control | None = None
    judged: bool = False
    """Whether the review has judged it: a level that was given to other words should be looked at again."""

    @property
    def reworded(self) -> tuple[tuple[int, str, str], ...]:
        """(number of the level, before, after) of each sentence that changed; empty where one edition has no such."""
        if self.before is None:
            return ()
        was, now = _by_number(self.before), _by_number(self.control)
        pairs = [(number, was.get(number, ""), now.get(number, "")) for number in sorted(was | now, reverse=True)]
        return tuple(pair for pair in pairs if pair[1] != pair[2])

    @property
    def retold(self) -> tuple["Retold", ...]:
        """What else is read of it and is not as it was: its name, its next steps, what it covers, examples, reasons."""
        return tuple(_retold(self.before, self.control, BESIDE)) if self.before else ()

    @property
    def anew(self) -> bool:
        """Whether it was judged by other words than those that are asked now."""
        return self.judged and self.before is not None and _asked(self.before) != _asked(self.control)

    @property
    def rescaled(self) -> bool:
        """Whether it has more levels than it had, or fewer."""
        return self.before is not None and len(self.before.levels) != len(self.control.levels)


def compare(before: Framework, after: Framework, review: Review) -> tuple[Difference, ...]:
    """Controls that came, went or say something else that is read, in the order of the framework."""
    judged = review.levels
    found: list[Difference] = []
    for control in after.controls:
        was = before.control(control.code)
        if was is None:
            found.append(Difference("added", control))
        elif (one := Difference("reworded", control, was, control.code in judged)).reworded or one.retold:
            found.append(one)
    gone = [control for control in before.controls if after.control(control.code) is None]
    return (*found, *(Difference("removed", control, judged=control.code in judged) for control in gone))


def compare_whole(before: Framework, after: Framework) -> tuple[Retold, ...]:
    """What is read of the framework itself and is not as it was: its name, its benchmark, its levels, its parts."""
    return (
        *_retold(before, after, ("name", "describes", "benchmark", "months")),
        *_pair("level", *([f"{level.number} {level.name}: {level.describes}".rstrip(": ") for level in each.levels]
                          for each in (before, after))),
        *_pair("part", *([f"{part.name}: {part.aim}".rstrip(": ") for part in each.objectives if part != ELSEWHERE]
                         for each in (before, after))),
    )  # fmt: skip


async def move_on(work: Work, review: Review, after: Framework, seen: int) -> None:
    """Go on with another edition: what was judged keeps the words that were read. Raises `Conflict`."""
    work.require(Permission.STANDARDS_REVIEW)
    edition = MadeWith(after.version, await keep_wording(work, after), len(after.levels))
    await _move(work, review, edition, (*review.editions_left, review.edition)[-MOST_LEFT:], seen)


async def move_back(work: Work, review: Review, seen: int) -> None:
    """Go back to the edition before: what was judged since counts where the scale is the same. Raises `Conflict`."""
    work.require(Permission.STANDARDS_REVIEW)
    if not review.editions_left:
        raise Conflict(NO_WAY_BACK)
    await _move(work, review, review.editions_left[-1], review.editions_left[:-1], seen)


async def _move(work: Work, review: Review, edition: MadeWith, left: tuple[MadeWith, ...], seen: int) -> None:
    if review.state == "signed":
        raise Conflict(SIGNED)
    kept = json.dumps([list(each) for each in left])
    if await work.driver.execute(MOVE, review.id, seen, *edition, kept) != "UPDATE 1":
        raise Conflict
    await work.driver.execute(KEEP, review.id, *review.edition)
    moved = msgspec.structs.replace(
        review, framework_version=edition.version, framework_digest=edition.digest, scale=edition.scale,
        editions_left=left, version=seen + 1,
    )  # fmt: skip
    work.record("review.moved", review.id, document=review_document(moved))


def _asked(control: Control) -> tuple[str, tuple[str, ...]]:
    return control.name, control.levels


def _retold(before: object, after: object, names: Iterable[str]) -> Iterator[Retold]:
    for name in names:
        yield from _pair(name, *(_lines(getattr(each, name)) for each in (before, after)))


def _pair(what: str, was: Sequence[str], now: Sequence[str]) -> Iterator[Retold]:
    gone, came = tuple(one for one in was if one not in now), tuple(one for one in now if one not in was)
    if gone or came:
        yield Retold(what, gone, came)


def _lines(value: object) -> tuple[str, ...]:
    lines = cast("tuple[str, ...]", value) if isinstance(value, tuple) else (str(value),)
    return tuple(line for line in lines if line)


def _by_number(control: Control) -> dict[int, str]:
    """Its sentences by the number of their level: the last is level 1."""
    return {len(control.levels) - place: sentence for place, sentence in enumerate(control.levels)}
