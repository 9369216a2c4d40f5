"""Which verb answers which kind of job: the table that the worker's actors are made of."""

from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

from safeguard.notifications import (
    attending,
    deciding,
    gathering,
    holding,
    owing,
    promising,
    referring,
    registers,
    reminding,
    reporting,
    standards,
    transferring,
    warning,
)
from safeguard.work import Work

Teller = Callable[[Work, UUID], Awaitable[None]]

TELLERS: Final[dict[str, Teller]] = {
    "notice.incident.recorded": reporting.tell_of_report,
    "notice.still_waiting": reporting.tell_that_it_waits,
    "notice.waiting_long": reporting.tell_above,
    "notice.incident.written_to": reporting.tell_of_message,
    "notice.incident.acknowledged": reporting.tell_reporter,
    "notice.incident.assigned": reporting.tell_handler,
    "notice.public_report.held": holding.tell_of_held,
    "notice.held_waiting": holding.tell_that_they_wait,
    "notice.task": reminding.tell_of_task,
    "notice.task_remind": reminding.remind,
    "notice.task_due": reminding.tell_that_it_is_due,
    "notice.task_overdue": reminding.tell_that_it_is_overdue,
    "notice.pack.made": deciding.tell_of_pack,
    "notice.report.made": deciding.tell_of_finished_report,
    "notice.access_report.made": deciding.tell_of_access_report,
    "notice.inspection_note.written": deciding.tell_of_inspection,
    "notice.concern.raised": deciding.tell_of_concern,
    "notice.concern.written_to": deciding.tell_of_message,
    "notice.approval.proposed": deciding.tell_of_proposal,
    "notice.glass.broken": deciding.tell_of_glass,
    "notice.referral.answered": referring.tell_of_answer,
    "notice.envelope.undelivered": referring.tell_of_undelivered,
    "notice.referral_waiting": referring.remind_of_question,
    "notice.signal.received": referring.tell_of_signal,
    "notice.case.opened": attending.tell_of_case,
    "notice.case.heard": attending.tell_that_they_wrote,
    "notice.case.assigned": attending.tell_practitioner,
    **{f"notice.{event}": referring.teller_of(event) for event in referring.OF_FILES},
    **{f"notice.{event}": attending.tell_of_file for event in attending.OF_FILES},
    **{f"notice.{event}": warning.teller_of(event) for event in warning.EVENTS},
    "notice.policy.published": registers.tell_readers,
    "notice.policy_unread": registers.tell_that_it_is_unread,
    "notice.policy_renewal": registers.tell_of_renewal,
    "notice.filtering_due": registers.tell_of_filtering_review,
    "notice.duty_due": registers.tell_of_duty,
    "notice.request_due": promising.tell_of_request,
    "notice.breach_due": promising.tell_of_breach,
    "notice.outside_owed": owing.tell_of_owed,
    "notice.training_due": registers.tell_whose_training_ends,
    "notice.review_due": standards.tell_of_review,
    "notice.proof_due": standards.tell_of_proof,
    **{f"notice.{event}": transferring.teller_of(event) for event in transferring.EVENTS},
    "notice.digest": gathering.send_gathered,
    "notice.together": gathering.send_together,
}
