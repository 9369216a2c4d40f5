"""Telling on what was said in confidence, because somebody is at risk: to whom, why, when and what, on record.

It is written down, never sent: whoever tells the police or social care does so by telephone. It can be noted of a case
that has ended, because a risk is often understood later. What was told on may be repeated in answers from then on. The
case is one of a child at risk from that moment: it stands first in the queue, and no waiting period applies to what it
names. Why stands in the note; whoever knows that it was no child says so in the facts of the case.
"""

from typing import Final

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.helpline.case import Case, Entry, ToldOn, case_document
from safeguard.helpline.writing import refuse_second, write_entry
from safeguard.work import Work

RAISE: Final = """
update public.helpline_cases c set at_risk = true, queued_at = $3, version = c.version + 1
where c.organisation_id = (select sec.current_organisation()) and c.id = $1 and c.version = $2
"""


async def tell_on(work: Work, case: Case, told: ToldOn, words: str) -> Entry:
    """Note that something of this case was told on; raises `Invalid` for what is missing, and for a time to come."""
    work.require(Permission.HELPLINE_WORK)
    said = (
        ("told_to", told.to, "Say whom you told: the service, and the person where you know."),
        ("told_why", told.why, "Say who is at risk, and of what. Confidence ends for that alone."),
        ("told_words", words, "Write what you told them. Say no more than they need."),
    )
    errors = [FieldError(name, sentence) for name, value, sentence in said if not value]
    if told.at > work.now():
        errors.append(FieldError("told_on", "That is in the future. When did you tell them?"))
    if errors:
        raise Invalid(*errors)
    if not case.at_risk:
        await _raise(work, case)
    return await write_entry(work, case.id, "told_on", words=words, told=told)


async def _raise(work: Work, before: Case) -> None:
    case = msgspec.structs.replace(before, at_risk=True, version=before.version + 1)
    refuse_second(await work.driver.execute(RAISE, case.id, before.version, case.queued_at))
    work.record("case.changed", case.id, document=case_document(case))
