"""What changed from one edition of a framework to the next, and what that means for a review under way."""

from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import Conflict
from safeguard.standards.framework import Control, Framework
from safeguard.standards.made_with import keep_wording
from safeguard.standards.review import Review, review_document
from safeguard.standards.reviewing import SIGNED
from safeguard.work import Work

MOVE: Final = """
update public.reviews r set framework_version = $3, framework_digest = $4, version = r.version + 1
where r.organisation_id = (select sec.current_organisation()) and r.id = $1 and r.version = $2 and r.state = 'open'
"""


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
        """(place, before, after) of each sentence that changed."""
        if self.before is None:
            return ()
        pairs = zip(self.before.levels, self.control.levels, strict=False)
        return tuple((place, was, now) for place, (was, now) in enumerate(pairs) if was != now)


def compare(before: Framework, after: Framework, review: Review) -> tuple[Difference, ...]:
    """Controls that came, went or say something else, in the order of the framework."""
    judged = review.levels
    found: list[Difference] = []
    for control in after.controls:
        was = before.control(control.code)
        if was is None:
            found.append(Difference("added", control))
        elif (was.levels, was.name) != (control.levels, control.name):
            found.append(Difference("reworded", control, was, control.code in judged))
    gone = [control for control in before.controls if after.control(control.code) is None]
    return (*found, *(Difference("removed", control, judged=control.code in judged) for control in gone))


async def move_on(work: Work, review: Review, after: Framework, seen: int) -> None:
    """Go on with another edition: what was judged stays, also of controls that are gone. Raises `Conflict`."""
    work.require(Permission.STANDARDS_REVIEW)
    if review.state == "signed":
        raise Conflict(SIGNED)
    digest = await keep_wording(work, after)
    if await work.driver.execute(MOVE, review.id, seen, after.version, digest) != "UPDATE 1":
        raise Conflict
    moved = msgspec.structs.replace(review, framework_version=after.version, framework_digest=digest, version=seen + 1)
    work.record("review.moved", review.id, document=review_document(moved))
