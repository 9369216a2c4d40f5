"""What pages show of the organisation itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.tenancy.details import Details
from safeguard.tenancy.nations import Nation
from safeguard.tenancy.profile import Profile, SecondPerson
from safeguard.tenancy.profiles import profile_of
from safeguard.work import Work

OWN = """
select slug, name, kind, nation, time_zone, urn, ukprn, state, public.name_of_own_group() as group_name,
       second_person_name, second_person_email, version
from public.organisations where id = $1
"""

REMOVAL: Final = "select console.own_removal()"
NAMED: Final = "select second_person_email is not null from public.organisations where id = $1"


@dataclass(frozen=True, slots=True)
class Own:
    """The organisation as its settings page shows it."""

    profile: Profile
    slug: str
    nation: Nation
    state: str
    group_name: str
    """The group whose choices come before its own; empty for none."""
    details: Details
    version: int

    @property
    def notice(self) -> str:
        """What an organisation in a nation that the profile is not written for must know."""
        return self.profile.notice_for(self.nation)

    @property
    def identifiers(self) -> tuple[tuple[str, str], ...]:
        """The numbers by which others know it: name and value, empty ones too."""
        return tuple((one.name, str(getattr(self.details, code))) for code, one in self.profile.identifiers.items())

    @property
    def waits_for_second_person(self) -> bool:
        """Whether nobody outside is named yet, without whom it stays in setting up."""
        return not self.details.second_person_email


async def missing_second_person(work: Work, profile: Profile) -> SecondPerson | None:
    """Whom the organisation has still to name, for somebody who can name them; None when that is done or not theirs."""
    if not work.may(Permission.SETTINGS_MANAGE) or await work.driver.fetchval(NAMED, work.organisation_id):
        return None
    return profile.second_person


async def find_removal(work: Work) -> datetime | None:
    """From when on what the organisation keeps may be removed, when two operators agreed to that; else None."""
    work.require(Permission.SETTINGS_READ)
    return await work.driver.fetchval(REMOVAL)


async def get_own(work: Work) -> Own:
    """The organisation in which this work happens."""
    work.require(Permission.SETTINGS_READ)
    row = await work.driver.fetchrow(OWN, work.organisation_id)
    if row is None:
        raise NotFound
    details = Details(
        name=row["name"], time_zone=row["time_zone"], urn=row["urn"] or "", ukprn=row["ukprn"] or "",
        second_person_name=row["second_person_name"] or "", second_person_email=row["second_person_email"] or "",
    )  # fmt: skip
    profile = profile_of(row["kind"], row["nation"])
    return Own(
        profile, row["slug"], Nation(row["nation"]), row["state"], row["group_name"] or "", details, row["version"]
    )
