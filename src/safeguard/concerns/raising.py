"""Raising a concern about an adult who works here: anybody may, and sees afterwards that it was received.

It goes to the head and to whom the head named, less whoever it is about: the database shuts them out as the row is
written. Nothing is read back here, because whoever raises it may not read it either, and least of all its subject.
"""

from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.concerns.record import FACT_COLUMNS, Facts, concern_document
from safeguard.errors import FieldError, Invalid
from safeguard.incidents.entering import too_long
from safeguard.incidents.reports import NAME_LIMIT, tidy
from safeguard.work import Work

ADD: Final = f"""
insert into public.concerns (organisation_id, {", ".join(FACT_COLUMNS)})
values ((select sec.current_organisation()), {", ".join(f"${n}" for n in range(1, len(FACT_COLUMNS) + 1))})
"""  # noqa: S608  our own constants


class NewConcern(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody noticed."""

    subject_name: str
    subject_work: str = ""
    narrative: str
    happened_words: str = ""
    immediate_action: str = ""
    child_at_risk: bool | None = None
    incident_id: UUID | None = None


async def raise_concern(work: Work, new: NewConcern) -> Facts:
    """Keep it in the vault; raises `Invalid` for what is missing."""
    work.require(Permission.CONCERN_RAISE)
    said = {name: tidy(getattr(new, name)) for name in _WORDS}
    if errors := [*_missing(said), *too_long({name: said[name] for name in _LONG})]:
        raise Invalid(*errors)
    now = work.now()
    facts = Facts(
        id=clock.new_id(), reference=clock.new_reference(), raised_at=now, raised_by=work.actor.user_id,
        raised_by_name=work.actor.name, child_at_risk=new.child_at_risk, incident_id=new.incident_id,
        last_activity_at=now, subject_name=said["subject_name"], subject_work=said["subject_work"],
        narrative=said["narrative"], happened_words=said["happened_words"], immediate_action=said["immediate_action"],
    )  # fmt: skip
    await work.driver.execute(ADD, *(getattr(facts, name) for name in FACT_COLUMNS))
    work.restrict()
    work.record("concern.raised", facts.id, document=concern_document(facts))
    return facts


_WORDS = ("subject_name", "subject_work", "narrative", "happened_words", "immediate_action")
_LONG = ("narrative", "happened_words", "immediate_action")


def _missing(said: dict[str, str]) -> list[FieldError]:
    asked = {
        "subject_name": "Say whom it is about. If you don't know their name, say what they do here.",
        "narrative": "Say what you noticed, even in one sentence.",
    }
    errors = [FieldError(name, sentence) for name, sentence in asked.items() if not said[name]]
    for name in ("subject_name", "subject_work"):
        if len(said[name]) > NAME_LIMIT:
            errors.append(FieldError(name, f"The most is {NAME_LIMIT:,} characters."))
    return errors
