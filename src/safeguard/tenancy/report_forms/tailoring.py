"""Changing what a report of one type asks: brought forward, left out, required, with guidance of its own.

It changes the organisation's form, so it makes a new version of that. What is as the kind has it is not kept, and
follows what a later release makes of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from safeguard.errors import FieldError, Invalid, NotFound
from safeguard.tenancy.checking import KEPT_IN_TYPES
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.questions import ReportedType
from safeguard.tenancy.report_forms.asked import TAILORED, WHY_KEPT, OfType, types_of
from safeguard.tenancy.report_forms.changing import HINT_LIMIT, begun, check_hint, keep
from safeguard.work import Work

WHY_ABOUT = "What it is about is always asked: without it nobody could choose another answer."


class Tailored(msgspec.Struct, frozen=True):
    """One question in the reports of one type."""

    position: int
    where: str
    """usual, first or left_out"""
    required: bool
    hint: str


async def tailor(work: Work, profile: Profile, code: str, notice: str, said: Mapping[str, Tailored], seen: int) -> int:
    """What is asked for one type; the number of the new version. Raises `NotFound`, `Invalid` for what must stay."""
    form = await begun(work, profile, seen)
    kinds = find_type(profile, code)
    if errors := [*_kept(said), *_too_long(notice, said)]:
        raise Invalid(*errors)
    of_type = _difference(kinds, _chosen(types_of(profile.reported, form.choices)[code], notice, said))
    types = {each: chosen for each, chosen in form.choices.types.items() if each != code}
    if of_type != OfType():
        types[code] = of_type
    return await keep(work, profile, form, msgspec.structs.replace(form.choices, types=types))


def find_type(profile: Profile, code: str) -> ReportedType:
    """What the kind asks for a type; raises `NotFound`."""
    if code not in profile.reported:
        raise NotFound
    return profile.reported[code]


def _chosen(before: ReportedType, notice: str, said: Mapping[str, Tailored]) -> dict[str, Any]:
    """What is asked for the type now; hidden questions, of which nothing was said, stay as they are."""
    first = sorted((one.position, code) for code, one in said.items() if one.where == "first")
    return {
        "first": (*(code for _, code in first), *_unsaid(before.first, said)),
        "leave_out": (
            *(code for code, one in said.items() if one.where == "left_out"),
            *_unsaid(before.leave_out, said),
        ),
        "require": (*(code for code, one in said.items() if one.required), *_unsaid(before.require, said)),
        "hints": {code: hint for code, hint in before.hints.items() if code not in said}
        | {code: one.hint for code, one in said.items() if one.hint},
        "notice": notice,
    }


def _unsaid(codes: Iterable[str], said: Mapping[str, Tailored]) -> Iterator[str]:
    return (code for code in codes if code not in said)


def _difference(kinds: ReportedType, chosen: Mapping[str, Any]) -> OfType:
    return OfType(**{name: chosen[name] for name in TAILORED if not _same(getattr(kinds, name), chosen[name])})


def _same(one: Any, other: Any) -> bool:
    return dict(one) == other if isinstance(one, Mapping) else one == other


def _kept(said: Mapping[str, Tailored]) -> Iterator[FieldError]:
    for code, one in said.items():
        if code in KEPT_IN_TYPES and one.where == "left_out":
            yield FieldError(f"where-{code}", WHY_KEPT.get(code, WHY_ABOUT))


def _too_long(notice: str, said: Mapping[str, Tailored]) -> Iterator[FieldError]:
    if len(notice) > HINT_LIMIT:
        yield FieldError("notice", f"Keep it under {HINT_LIMIT} characters.")
    for code, one in said.items():
        yield from check_hint(one.hint, f"hint-{code}")
