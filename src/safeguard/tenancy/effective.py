"""What a setting is here, and who said so: built in, the kind of organisation, its group, or the organisation itself.

The later layer wins. A group's choices are rows of the organisation's own, put there by a worker: nothing that is read
here belongs to another organisation.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.profiles import profile_of
from safeguard.tenancy.registry import SECTIONS, Setting, settings_of
from safeguard.tenancy.values import Chosen
from safeguard.work import Work

KIND = "select kind, nation from public.organisations where id = $1"
CHOSEN = """
select layer, name, value::text as value, version, changed_at, changed_by_name
from public.organisation_settings where organisation_id = $1
"""


class Source(StrEnum):
    """The layer that a value comes from."""

    BUILT_IN = "built_in"
    KIND = "kind"
    GROUP = "group"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Value:
    """A value, and the layer that it comes from."""

    value: Chosen
    source: Source


@dataclass(frozen=True, slots=True)
class Shown:
    """A setting as its page shows it."""

    setting: Setting
    said: str
    typed: str
    source: Source
    inherited: str
    """What it would be if the organisation had not chosen."""
    version: int
    """Of the organisation's own choice; 0 before it ever chose."""
    changed_at: datetime | None = None
    changed_by: str = ""

    @property
    def is_own(self) -> bool:
        """Whether the organisation chose it, and could take that back."""
        return self.source is Source.ORGANISATION


async def own_profile(work: Work) -> Profile:
    """The profile of the organisation in which this work happens."""
    row = await work.driver.fetchrow(KIND, work.organisation_id)
    if row is None:
        raise NotFound
    return profile_of(row["kind"], row["nation"])


async def effective(work: Work, name: str, profile: Profile | None = None) -> Value:
    """The value of one setting; raises `KeyError` for a name that this kind of organisation does not have."""
    setting = settings_of(profile or await own_profile(work))[name]
    return resolve(setting, await _chosen(work))


async def effective_values(work: Work, names: tuple[str, ...], profile: Profile) -> dict[str, Chosen]:
    """The values of several settings by name, in one statement. One that this kind does not have is left out."""
    known, chosen = settings_of(profile), await _chosen(work)
    return {name: resolve(known[name], chosen).value for name in names if name in known}


async def list_settings(work: Work) -> tuple[tuple[str, tuple[Shown, ...]], ...]:
    """Every setting under the heading of its section, with its value and where that comes from."""
    work.require(Permission.SETTINGS_READ)
    profile, chosen = await own_profile(work), await _chosen(work)
    shown = [_shown(setting, chosen) for setting in settings_of(profile).values()]
    return tuple((heading, _within(section, shown)) for section, heading in SECTIONS.items())


def _within(section: str, shown: list[Shown]) -> tuple[Shown, ...]:
    return tuple(one for one in shown if one.setting.section == section)


async def get_setting(work: Work, setting: Setting) -> Shown:
    """One setting with its value and its source."""
    work.require(Permission.SETTINGS_READ)
    return _shown(setting, await _chosen(work))


Layers = Mapping[tuple[str, str], Any]
"""The rows of this organisation by layer and name."""


async def _chosen(work: Work) -> Layers:
    rows = await work.driver.fetch(CHOSEN, work.organisation_id)
    return {(row["layer"], row["name"]): row for row in rows}


def resolve(setting: Setting, chosen: Layers) -> Value:
    """The value that wins, with its layer. A stored value that the setting no longer takes is passed over."""
    for layer in (Source.ORGANISATION, Source.GROUP):
        row = chosen.get((layer, setting.name))
        if row is not None and (value := _decoded(row)) is not None and setting.takes(value):
            return Value(value, layer)
    if setting.of_kind is not None:
        return Value(setting.of_kind, Source.KIND)
    return Value(setting.built_in if setting.built_in is not None else "", Source.BUILT_IN)


def _decoded(row: Any) -> Chosen | None:
    return json.loads(row["value"]) if row["value"] is not None else None


def _shown(setting: Setting, chosen: Layers) -> Shown:
    own = chosen.get((Source.ORGANISATION, setting.name))
    now = resolve(setting, chosen)
    beneath = resolve(setting, {key: row for key, row in chosen.items() if key[0] != Source.ORGANISATION})
    return Shown(
        setting, setting.said(now.value), setting.typed(now.value), now.source, setting.said(beneath.value),
        own["version"] if own else 0, own["changed_at"] if own else None, own["changed_by_name"] if own else "",
    )  # fmt: skip
