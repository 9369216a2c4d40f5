"""The controls of the standards that an incident may touch: the built-in framework's, and those that were added to it.

Records keep nothing but codes, because they outlive the wording of a framework, and a control that is asked no more.
"""

from collections.abc import Collection, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from safeguard.errors import FieldError
from safeguard.standards.framework import Control
from safeguard.standards.frameworks import BUILT_IN, framework_of, load_frameworks
from safeguard.standards.owning import list_ever_added, with_added
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

NONE: Final[Mapping[str, str]] = MappingProxyType({})


@cache
def known_controls() -> Mapping[str, Control]:
    """Every built-in control by its code, in their order. Names may hold a word of the profile in braces."""
    return MappingProxyType({control.code: control for control in load_frameworks()[BUILT_IN].controls})


async def controls_by_objective(
    work: Work, profile: Profile, chosen: Collection[str] = ()
) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Objectives with the codes and names of their controls, in this organisation's words; what it added among them.

    One that it asks no more is there where it was `chosen`, so that nobody loses it who corrects what they wrote.
    """
    framework = framework_of(BUILT_IN, profile)
    if framework is None:
        return ()
    framework = with_added(framework, [one for one in await list_ever_added(work)
                                       if one.stood(None) or one.code in chosen])  # fmt: skip
    return tuple(
        (objective.name, tuple((control.code, control.name) for control in framework.under(objective.code)))
        for objective in framework.objectives
    )


async def own_names(work: Work) -> Mapping[str, str]:
    """What the controls are called that the organisation added to the framework, also those that it asks no more."""
    return {one.code: one.name for one in await list_ever_added(work) if one.framework == BUILT_IN}


async def wrong_controls(work: Work, codes: Collection[str]) -> list[FieldError]:
    """An error for the first code that is none of the framework, and none that was added to it."""
    others = [code for code in codes if code not in known_controls()]
    own = await own_names(work) if others else NONE
    unknown = [code for code in others if code not in own]
    return [FieldError("controls", f"“{code[:40]}” is not a control of the standards.") for code in unknown[:1]]


def name_of(code: str, profile: Profile, own: Mapping[str, str] = NONE) -> str:
    """What a control is called here, with those of the organisation's `own`; the code itself when nobody knows it."""
    framework = framework_of(BUILT_IN, profile)
    control = framework.control(code) if framework else None
    return control.name if control else own.get(code, code)
