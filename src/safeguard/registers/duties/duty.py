"""What a duty that comes round again is, and one time that it was done.

Which duties there are is data: each clock of the profile that begins with the last visit or the last review, unless a
register of its own keeps it. When the next is due is not kept: it follows from the day and from the limit as the
organisation has it by then (regulations 44 and 45 of the Children's Homes (England) Regulations 2015; a club's own).
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.errors import NotFound
from safeguard.tenancy.limits import Clock
from safeguard.tenancy.profile import Profile

BASE: Final = "/standards/registers/duties"
STARTS: Final = ("last_visit", "last_review")
"""Moments at which a clock of this register begins."""
KEPT_ELSEWHERE: Final = ("filtering_review", "policy_review")
"""Clocks of other registers that begin with a review too."""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """One time that a duty was done."""

    id: UUID
    duty: str
    done_on: date
    done_by: str
    kept_at: str = ""
    """Where the report is."""
    note: str = ""
    item_id: UUID | None = None
    struck_on: date | None = None
    struck_reason: str = ""
    recorded_at: datetime
    recorded_by_name: str


class NewDone(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody says of it."""

    duty: str
    done_on: date | None = None
    done_by: str = ""
    kept_at: str = ""
    note: str = ""


def duties_of(profile: Profile) -> tuple[Clock, ...]:
    """The duties of this kind of organisation that come round again; several kinds have none."""
    return tuple(each for each in profile.clocks.values() if each.starts in STARTS and each.code not in KEPT_ELSEWHERE)


def get_duty(profile: Profile, code: str) -> Clock:
    """One of them; raises `NotFound`."""
    found = next((each for each in duties_of(profile) if each.code == code), None)
    if found is None:
        raise NotFound
    return found
