"""Reviews that wait for a signature: every control that is asked has its level, and whoever governs reads and signs."""

from typing import NamedTuple
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.standards.framework import Framework
from safeguard.standards.made_with import framework_of_review
from safeguard.standards.queries import latest_reviews
from safeguard.standards.reviewing import asked
from safeguard.tenancy.profile import Profile
from safeguard.work import Work


class ToSign(NamedTuple):
    """A review that is whole and not signed, with the standard that it was made with."""

    review_id: UUID
    framework: Framework


async def list_to_sign(work: Work, profile: Profile) -> tuple[ToSign, ...]:
    """What waits for the reader's signature; nothing for whoever signs none."""
    if not (work.may(Permission.STANDARDS_SIGN) and work.may(Permission.STANDARDS_READ)):
        return ()
    found: list[ToSign] = []
    for review in await latest_reviews(work):
        if review.state == "open":
            framework = await framework_of_review(work, review, profile)
            levels = review.levels_of(len(framework.levels))
            if all(control.code in levels for control in asked(framework, review)):
                found.append(ToSign(review.id, framework))
    return tuple(found)
