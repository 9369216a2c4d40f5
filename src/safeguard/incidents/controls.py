"""The controls of the standards that an incident may touch: those of the built-in framework, by code and name.

Records keep nothing but codes, because they outlive the wording of a framework.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from safeguard.standards.framework import Control
from safeguard.standards.frameworks import BUILT_IN, framework_of, load_frameworks
from safeguard.tenancy.profile import Profile


@cache
def known_controls() -> Mapping[str, Control]:
    """Every control by its code, in the order of the framework. Names may hold a word of the profile in braces."""
    return MappingProxyType({control.code: control for control in load_frameworks()[BUILT_IN].controls})


def controls_by_objective(profile: Profile) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Objectives with the codes and names of their controls, in this organisation's words."""
    framework = framework_of(BUILT_IN, profile)
    if framework is None:
        return ()
    return tuple(
        (objective.name, tuple((control.code, control.name) for control in framework.under(objective.code)))
        for objective in framework.objectives
    )


def name_of(code: str, profile: Profile) -> str:
    """What a control is called here; the code itself when the framework no longer has it."""
    framework = framework_of(BUILT_IN, profile)
    control = framework.control(code) if framework else None
    return control.name if control else code
