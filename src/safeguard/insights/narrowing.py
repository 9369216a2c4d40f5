"""Narrowing a board to one thing, a platform, an issue, a level of risk, in the address: `?only=platform:tiktok`.

One thing at a time: the figures of two are kept as incidents change, and those of three would be kept for nobody. The
list of incidents takes several. For those alone who see every figure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from safeguard.tenancy.profile import Profile
from safeguard.web.languages import gettext as _

IN_THE_LIST: Final = {
    "four_c": "area", "risk": "risk", "risk_area": "theme", "issue": "issue", "platform": "platform", "place": "place",
}  # fmt: skip
"""Dimension of the counts -> the filter of the list of incidents."""


class Named(Protocol):
    """Whatever a profile has a name for."""

    @property
    def name(self) -> str:
        """As people read it."""
        ...


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a board is narrowed to."""

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
    def key(self) -> str:
        """As the counts have it."""
        return f"{self.dimension}|{self.code}"


@dataclass(frozen=True, slots=True)
class Choices:
    """What one may choose of one kind."""

    kind: str
    narrowed: tuple[Narrowed, ...]


def choices_of(profile: Profile) -> tuple[Choices, ...]:
    """Everything that a board may be narrowed to, by kind."""
    return tuple(
        Choices(kind, tuple(Narrowed(dimension, code, kind, each) for code, each in names.items()))
        for dimension, kind, names in _kinds(profile)
    )


def find_narrowed(said: str, profile: Profile) -> Narrowed | None:
    """What an address asks for; None for the whole, and for what this organisation has no name for."""
    return next((each for some in choices_of(profile) for each in some.narrowed if each.said == said), None)


def _kinds(profile: Profile) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    yield "four_c", _("Area of risk"), _names(profile.areas)
    yield "risk", _("Level of risk"), risks_of(profile)
    yield "issue", _("Issue"), _names(profile.issues)
    yield "risk_area", _("Theme"), _names(profile.risk_areas)
    yield "platform", _("Platform"), _names(profile.platforms)
    yield "place", _("Place"), _names(profile.places)


def risks_of(profile: Profile) -> Mapping[str, str]:
    """The levels of risk with their names, the first for what nobody has judged."""
    return {"unassessed": _("Not yet assessed")} | {code: each.name for code, each in profile.risk_levels.items()}


def _names(coded: Mapping[str, Named]) -> Mapping[str, str]:
    return {code: each.name for code, each in coded.items()}
