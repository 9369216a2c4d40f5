"""The level of one control over the years: what each signed review gave it, with the edition that was read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.web.languages import gettext, ngettext
from safeguard.work import Work

MOST: Final = 12
"""As many years as a picture of this width can tell apart."""
SIGNED: Final = """
select r.id, r.signed_at, coalesce(t.framework_version, r.framework_version), t.level,
    coalesce(t.scale, r.scale, (select json_array_length(f.body::json -> 'levels') from public.own_frameworks f
        where f.organisation_id = r.organisation_id and f.code = r.framework and f.edition = r.framework_version))
from public.ratings t
join public.reviews r on r.organisation_id = t.organisation_id and r.id = t.review_id and r.state = 'signed'
where t.organisation_id = (select sec.current_organisation()) and r.framework = $1 and t.control = $2
    and t.level is not null
order by r.signed_at desc, r.id desc limit $3
"""


class Point(msgspec.Struct, frozen=True):
    """What one signed review said."""

    review_id: UUID
    signed_at: datetime
    edition: str
    level: int
    scale: int | None = None
    """How many levels that edition had; None where nobody wrote it down, and the standard is the service's."""


async def list_points(work: Work, framework: str, control: str) -> tuple[Point, ...]:
    """The last signed reviews that judged a control, the earliest first."""
    work.require(Permission.STANDARDS_READ)
    rows = await work.driver.fetch(SIGNED, framework, control, MOST)
    return tuple(Point(*row) for row in reversed(rows))


def on_scale(points: Sequence[Point], scale: int) -> tuple[Point, ...]:
    """Those that were judged on a scale of so many levels: what a picture and a comparison may hold."""
    return tuple(point for point in points if (point.scale or scale) == scale and point.level <= scale)


def what_it_says(points: Sequence[Point]) -> str:
    """The sentence beside the picture: 1 is the highest level."""
    if len(points) < 2:
        return gettext("One signed review has judged it so far.")
    first, last = points[0], points[-1]
    steps = first.level - last.level
    if not steps:
        moved = gettext("as in the first of them")
    elif steps > 0:
        moved = ngettext("%(num)s step up since the first of them", "%(num)s steps up since the first of them", steps)
    else:
        moved = ngettext(
            "%(num)s step down since the first of them", "%(num)s steps down since the first of them", -steps
        )
    return gettext("Level %(level)s in the last of %(count)s signed reviews, %(moved)s.") % {
        "level": last.level, "count": len(points), "moved": moved % {"num": abs(steps)} if steps else moved,
    }  # fmt: skip
