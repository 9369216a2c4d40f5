"""How a referral is shown: to the lead before it leaves, to the helpline once it came, and afterwards to both.

All three pages render one macro (`referrals/_opened.html`) from this alone, so that they are the same to the byte for
one body and one reader's language. What codes are called follows from the body too: it is named in the words of the
kind of organisation that sent it, not of whoever reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from safeguard.channel.bodies import Opened
from safeguard.referrals import wording
from safeguard.tenancy.nations import Nation
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.profiles import load_profiles, profile_of

ELSEWHERE: Final = "helpline"
"""In whose words a referral is shown of a kind of organisation that this service does not have."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A body, and what is needed to say it in words."""

    opened: Opened
    profile: Profile
    kind: str
    """What kind of organisation sent it."""
    nation: str
    asked: Mapping[str, str] = field(default_factory=lambda: wording.ASKED)
    urgency: Mapping[str, str] = field(default_factory=lambda: wording.URGENCY)
    bases: Mapping[str, str] = field(default_factory=lambda: wording.BASES)
    conditions: Mapping[str, str] = field(default_factory=lambda: wording.CONDITIONS)
    ages: Mapping[str, str] = field(default_factory=lambda: wording.AGES)
    roles: Mapping[str, str] = field(default_factory=lambda: wording.ROLES)
    kinds: Mapping[str, str] = field(default_factory=lambda: wording.PERSON_KINDS)

    @property
    def reported_on(self) -> date | None:
        """The day on which it was reported to the platform, where it is known as one."""
        try:
            return date.fromisoformat(self.opened.reported.reported_on.strip()) if self.opened.reported else None
        except ValueError:
            return None


def shown(opened: Opened) -> Shown:
    """What the macro is given."""
    kind, nation = opened.organisation_kind, opened.nation
    known, there = kind in load_profiles(), nation in set(Nation)
    profile = profile_of(kind if known else ELSEWHERE, nation if there else Nation.ENGLAND)
    return Shown(opened, profile, profile.name if known else kind, Nation(nation).label if there else nation)
