"""The pictures of a review as tables: every part at once, and the level of a control over signed reviews."""

from collections.abc import Sequence
from typing import TypeAlias
from uuid import UUID

from safeguard.errors import NotFound
from safeguard.standards.made_with import framework_of_review, judged_with
from safeguard.standards.over_time import list_points
from safeguard.standards.queries import get_review, signed_before
from safeguard.standards.review import Review
from safeguard.standards.spokes import spokes_of_review
from safeguard.standards.standing import Standing, stand
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.whereabouts import zone_here
from safeguard.web.languages import gettext
from safeguard.work import Work

Rows: TypeAlias = Sequence[Sequence[str]]


async def standing_of(work: Work, review: Review, profile: Profile) -> Standing:
    """How a review stands, in the words that it was made with."""
    framework = await framework_of_review(work, review, profile)
    others = await judged_with(work, review, framework, profile)
    return stand(framework, review, await signed_before(work, review), others)


async def radar_rows(work: Work, review_id: str, profile: Profile) -> tuple[Sequence[str], Rows]:
    """What the radar of a review shows; raises `NotFound`, also where it has none."""
    spokes = spokes_of_review(await standing_of(work, await _review(work, review_id), profile))
    if spokes is None:
        raise NotFound
    headings, *rows = spokes.rows()
    return [gettext("Part"), *headings[1:]], rows


async def level_rows(work: Work, review_id: str, control: str, profile: Profile) -> tuple[Sequence[str], Rows]:
    """What "Level over time" shows on the page of a control in a review, the earliest first; raises `NotFound`."""
    review, zone = await _review(work, review_id), await zone_here(work)
    framework = await framework_of_review(work, review, profile)
    points = await list_points(work, review.framework, control)
    if not points:
        raise NotFound
    headings = [
        gettext("Signed off"), gettext("Edition"), gettext("Level"), gettext("Lowest level"), gettext("Benchmark"),
    ]  # fmt: skip
    most = len(framework.levels)
    return headings, [
        (f"{point.signed_at.astimezone(zone):%Y-%m-%d}", point.edition, str(point.level), str(point.scale or most),
         str(framework.benchmark) if point.scale in (None, most) else "")
        for point in points
    ]  # fmt: skip


async def _review(work: Work, review_id: str) -> Review:
    try:
        return await get_review(work, UUID(review_id))
    except ValueError:
        raise NotFound from None
