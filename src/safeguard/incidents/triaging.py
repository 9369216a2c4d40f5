"""Triaging: how great the risk is, with a reason for every change, and what kind of incident it is."""

from collections.abc import Container
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.incidents.acknowledging import received
from safeguard.incidents.changing import insert_entry, new_entry, open_one, save
from safeguard.incidents.entering import too_long
from safeguard.incidents.reminding import look_at_owed
from safeguard.incidents.reports import tidy
from safeguard.incidents.story import Change, Facts, Risk
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

GREAT: Final = frozenset({"high", "emergency"})


class Classes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What kind of incident it is; each may be several, because cases are."""

    four_c: tuple[str, ...] = ()
    risk_areas: tuple[str, ...] = ()
    issue_types: tuple[str, ...] = ()
    platforms: tuple[str, ...] | None = None
    """None leaves them as they were reported."""


async def assess(work: Work, incident_id: UUID, version: int, risk: Risk, reason: str) -> Facts:
    """Set the risk, or confirm what it is already; raises `Invalid` without a reason."""
    work.require(Permission.INCIDENT_TRIAGE)
    reason = tidy(reason)
    errors = too_long({"reason": reason})
    if risk == "unassessed":
        errors.append(FieldError("risk", "Choose how great the risk is."))
    if not reason:
        errors.append(FieldError("reason", "Give the reason. Whoever reads this later needs it."))
    if errors:
        raise Invalid(*errors)
    story = await open_one(work, incident_id, version)
    facts = await received(work, story)
    entry = new_entry(work, incident_id, "risk_change", reason=reason, risk_before=story.facts.risk, risk_after=risk)
    await insert_entry(work, entry)
    if risk in GREAT and story.facts.risk not in GREAT:
        look_at_owed(work, incident_id, story.facts.version)
    return await save(work, facts, story.people, "incident.assessed", risk=risk)


async def classify(work: Work, incident_id: UUID, version: int, classes: Classes, profile: Profile) -> Facts:
    """Say what kind of incident it is; raises `Invalid` for a code that the profile does not know."""
    work.require(Permission.INCIDENT_TRIAGE)
    known: dict[str, Container[str]] = {
        "four_c": profile.areas, "risk_areas": profile.risk_areas, "issue_types": profile.issues,
        "platforms": profile.platforms,
    }  # fmt: skip
    said = {name: getattr(classes, name) for name in known}
    chosen = {name: tuple(dict.fromkeys(codes)) for name, codes in said.items() if codes is not None}
    for name, codes in chosen.items():
        if not all(code in known[name] for code in codes):
            raise Invalid(FieldError(name, "Choose from this organisation's own list."))
    story = await open_one(work, incident_id, version)
    changes = tuple(
        Change(name, list(getattr(story.facts, name)), list(codes))
        for name, codes in chosen.items()
        if getattr(story.facts, name) != codes
    )
    if not changes:
        return story.facts
    facts = await received(work, story)
    await insert_entry(work, new_entry(work, incident_id, "classification", changes=changes))
    if any(each.begins.issues or each.begins.risk_areas for each in profile.clocks.values()):
        look_at_owed(work, incident_id, story.facts.version)
    return await save(work, facts, story.people, "incident.classified", **chosen)
