"""What an organisation chose in its settings that these pages read."""

from datetime import timedelta
from typing import Final

from safeguard.tenancy.calendars.reading import Clocks
from safeguard.tenancy.effective import effective_values
from safeguard.tenancy.limits import Unit
from safeguard.tenancy.profile import Platform, Profile
from safeguard.work import Work

LEAD: Final = "contact.lead"
FIRST_PLATFORMS: Final = "report.first_platforms"
QUIET: Final = "open_incident_review"
QUIET_AT_MOST: Final = timedelta(days=14)
"""Where a profile has no such clock, or counts it in something else than days."""


async def read_contact(work: Work, profile: Profile) -> str:
    """How to reach the lead, shown beside the emergency instructions; empty when nobody has said."""
    return str((await effective_values(work, (LEAD,), profile)).get(LEAD, ""))


async def read_form_choices(work: Work, profile: Profile) -> tuple[str, tuple[Platform, ...]]:
    """How to reach the lead, and every platform with those that are offered first at the front."""
    chosen = await effective_values(work, (LEAD, FIRST_PLATFORMS), profile)
    first = chosen.get(FIRST_PLATFORMS, [])
    codes = dict.fromkeys((*(first if isinstance(first, list) else ()), *profile.platforms))
    return str(chosen.get(LEAD, "")), tuple(profile.platforms[code] for code in codes if code in profile.platforms)


def quiet_after(clocks: Clocks) -> timedelta:
    """After how long an open incident in which nothing happens is looked at again."""
    limit = clocks.limits.get(QUIET)
    return timedelta(days=limit.value) if limit and limit.unit is Unit.DAYS else QUIET_AT_MOST
