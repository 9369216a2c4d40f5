"""The controls of the standards that an incident may touch: the built-in framework, by code and name.

Read from `tenants/frameworks/pies.toml`, which is data of the standards; nothing but codes is kept in records.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from safeguard import paths
from safeguard.tenancy.profile import Profile

FRAMEWORK = paths.TENANTS / "frameworks" / "pies.toml"


@dataclass(frozen=True, slots=True)
class Control:
    """One control: what an organisation does, or should do."""

    code: str
    name: str
    objective: str


@cache
def known_controls() -> Mapping[str, Control]:
    """Every control by its code, in the order of the framework. Names may hold a word of the profile in braces."""
    framework = tomllib.loads(FRAMEWORK.read_text("utf-8"))
    objectives = {each["code"]: each["name"] for each in framework["objectives"]}
    controls = framework["controls"]
    return MappingProxyType(
        {each["code"]: Control(each["code"], each["name"], objectives[each["objective"]]) for each in controls}
    )


def controls_by_objective(profile: Profile) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Objectives with the codes and names of their controls, in this organisation's words."""
    controls = known_controls().values()
    return tuple(
        (objective, tuple((each.code, name_of(each.code, profile)) for each in controls if each.objective == objective))
        for objective in dict.fromkeys(each.objective for each in controls)
    )


def name_of(code: str, profile: Profile) -> str:
    """What a control is called here; the code itself when the framework no longer has it: records outlive choices."""
    control = known_controls().get(code)
    return control.name.format_map(profile.words) if control else code
