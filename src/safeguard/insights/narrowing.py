"""Narrowing a board to what incidents have in common, in the address: `?only=platform:tiktok&only=year:09`.

One of each kind: a platform, an issue, a place. The figures of a single one are kept as incidents change; those of
several together are counted when somebody asks (`combining`), since those of every combination would be kept for
nobody. For those alone who see every figure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import urlencode

from safeguard.incidents.parts import day_parts, hours_of, year_groups
from safeguard.tenancy.profile import Profile
from safeguard.web.languages import gettext as _

IN_THE_LIST: Final = {
    "four_c": "area", "risk": "risk", "risk_area": "theme", "issue": "issue", "platform": "platform", "place": "place",
    "year": "year", "hour": "time",
}  # fmt: skip
"""Dimension of the counts -> the filter of the list of incidents."""
ONLY: Final = "only"


class Named(Protocol):
    """Whatever a profile has a name for."""

    @property
    def name(self) -> str:
        """As people read it."""
        ...


@dataclass(frozen=True, slots=True)
class Narrowed:
    """One thing that a board is narrowed to."""

    dimension: str
    code: str
    kind: str
    """What kind of thing that is, in words."""
    name: str

    @property
    def said(self) -> str:
        """As the address has it."""
        return f"{self.dimension}:{self.code}"

    @property
    def keys(self) -> tuple[str, ...]:
        """As the counts have it: a part of the day hour by hour."""
        codes = hours_of(self.code) if self.dimension == "hour" else (self.code,)
        return tuple(f"{self.dimension}|{code}" for code in codes)


@dataclass(frozen=True, slots=True)
class Choices:
    """What one may choose of one kind."""

    dimension: str
    kind: str
    narrowed: tuple[Narrowed, ...]


def choices_of(profile: Profile) -> tuple[Choices, ...]:
    """Everything that a board may be narrowed to, by kind."""
    return tuple(
        Choices(dimension, kind, tuple(Narrowed(dimension, code, kind, each) for code, each in names.items()))
        for dimension, kind, names in _kinds(profile)
        if names
    )


def find_narrowed(said: Sequence[str], profile: Profile) -> tuple[Narrowed, ...]:
    """What an address asks for, one of each kind; what this organisation has no name for is left out."""
    found: dict[str, Narrowed] = {}
    for some in choices_of(profile):
        for one in some.narrowed:
            if one.said in said and one.dimension not in found:
                found[one.dimension] = one
    return tuple(found.values())


def query_of(narrowed: Sequence[Narrowed], without: Narrowed | None = None) -> str:
    """The part of the address that narrows: `only=platform%3Atiktok&only=year%3A09`."""
    return urlencode([(ONLY, one.said) for one in narrowed if one != without])


def _kinds(profile: Profile) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    yield "four_c", _("Area of risk"), _names(profile.areas)
    yield "risk", _("Level of risk"), risks_of(profile)
    yield "issue", _("Issue"), _names(profile.issues)
    yield "risk_area", _("Theme"), _names(profile.risk_areas)
    yield "platform", _("Platform"), _names(profile.platforms)
    yield "place", _("Place"), _names(profile.places)
    yield "year", _("Year group"), _names(year_groups(profile.kind))
    yield "hour", _("Time of day"), _names(day_parts())


def risks_of(profile: Profile) -> Mapping[str, str]:
    """The levels of risk with their names, the first for what nobody has judged."""
    return {"unassessed": _("Not yet assessed")} | {code: each.name for code, each in profile.risk_levels.items()}


def _names(coded: Mapping[str, Named]) -> Mapping[str, str]:
    return {code: each.name for code, each in coded.items()}
