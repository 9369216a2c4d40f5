"""Every kind of job, and the queue that its bell rings in. The worker's actor bears the same name."""

from dataclasses import dataclass
from typing import Final

from safeguard.audit.told import TOLD


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of job is run."""

    queue: str
    attempts: int = 5
    """After so many tries it is parked, with an alarm on the operations page."""
    patience: float = 1.0
    """Seconds that the wait before another try begins with; it doubles each time."""


KINDS: Final[dict[str, Kind]] = {
    "pack.make": Kind("packs"),
    "record.erase": Kind("packs", attempts=12),
    "attachment.check": Kind("checking", attempts=12),
    "proof.check": Kind("checking", attempts=12),
    "policy_file.check": Kind("checking", attempts=12),
    "logs.seal": Kind("sealing"),
    "settings.deliver": Kind("delivering"),
    "drafts.sweep": Kind("notices"),
    "channel.carry": Kind("channel", attempts=14),
    "channel.open": Kind("channel", attempts=14),
    "channel.answer": Kind("channel", attempts=14),
    "channel.enclose": Kind("channel", attempts=14),
    "channel.take": Kind("channel", attempts=14),
    "case_file.check": Kind("checking", attempts=12),
    "channel.keep": Kind("channel"),
    "channel.alarm": Kind("channel"),
    "desk_mail.send": Kind("mail", attempts=8, patience=15.0),
    "steps.tell": Kind("channel", attempts=14),
    "desk_form.take": Kind("channel", attempts=14),
    "case_import.run": Kind("importing"),
    "annual.make": Kind("packs"),
    "signal.spread": Kind("delivering"),
    "signals.join": Kind("delivering"),
    "platforms.place": Kind("delivering"),
    "counts.fold": Kind("delivering"),
    "report.make": Kind("packs"),
    "report.of_review": Kind("delivering"),
    "reports.due": Kind("delivering"),
    "policies.due": Kind("delivering"),
    "promises.due": Kind("delivering"),
    "deputies.due": Kind("delivering"),
    "deputy.relieve": Kind("delivering"),
    "incident.let_go": Kind("delivering"),
    "again.due": Kind("delivering"),
    "again.gather": Kind("delivering"),
    "account.give_on": Kind("delivering"),
    "access.due": Kind("delivering"),
    "access.report": Kind("sealing"),
    "figures.share": Kind("delivering"),
    "figures.carry": Kind("delivering"),
    "import.run": Kind("importing"),
    "transfer.chase": Kind("notices"),
    "incident.retell": Kind("delivering", attempts=12),
    "transfer.withhold": Kind("delivering", attempts=12),
    "roster.look": Kind("importing"),
    "roster.apply": Kind("importing"),
    "roster.undo": Kind("importing"),
    "webhook.send": Kind("hooks", attempts=10, patience=30.0),
    "mail.send": Kind("mail", attempts=8, patience=15.0),
    **{f"notice.{event}": Kind("notices") for event in sorted(TOLD)},
    "notice.still_waiting": Kind("notices"),
    "notice.handler_left": Kind("notices"),
    "notice.unhandled": Kind("notices"),
    "notice.incident_kept_to_one": Kind("notices"),
    "notice.concern_kept_to_one": Kind("notices"),
    "notice.practitioner_left": Kind("notices"),
    "notice.waiting_long": Kind("notices"),
    "notice.message_waiting": Kind("notices"),
    "notice.message_waiting_long": Kind("notices"),
    "notice.task": Kind("notices"),
    "notice.held_waiting": Kind("notices"),
    "notice.alert_onward": Kind("notices"),
    "notice.alert_pressing": Kind("notices"),
    "notice.alert_waiting": Kind("notices"),
    "notice.referral_waiting": Kind("notices"),
    "notice.task_remind": Kind("notices"),
    "notice.task_due": Kind("notices"),
    "notice.task_overdue": Kind("notices"),
    "notice.task_left": Kind("notices"),
    "notice.policies_due": Kind("notices"),
    "notice.policy_unread": Kind("notices"),
    "notice.policy_renewal": Kind("notices"),
    "notice.filtering_due": Kind("notices"),
    "notice.duty_due": Kind("notices"),
    "notice.request_due": Kind("notices"),
    "notice.breach_due": Kind("notices"),
    "notice.outside_owed": Kind("notices"),
    "notice.training_due": Kind("notices"),
    "notice.review_due": Kind("notices"),
    "notice.rhythm_changed": Kind("notices"),
    "notice.proof_due": Kind("notices"),
    "notice.improvement_given": Kind("notices"),
    "notice.improvement_due": Kind("notices"),
    "notice.lead_needed": Kind("notices"),
    "notice.sign_on_joined": Kind("notices"),
    "notice.sign_on_unlinked": Kind("notices"),
    "notice.sign_on_alone": Kind("notices"),
    "notice.digest": Kind("notices"),
    "notice.together": Kind("notices"),
}


def kind_of(name: str) -> Kind:
    """The kind of that name; raises `KeyError` for one that nobody registered."""
    if name not in KINDS:
        raise KeyError(f"{name!r} is not a registered job: add it to safeguard.jobs.kinds")
    return KINDS[name]
