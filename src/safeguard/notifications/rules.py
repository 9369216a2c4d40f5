"""What people are told of: the words, the mail that goes with them, and how far somebody may refuse it.

Words name nobody and no category; in the app the reference of an incident stands beside them, for whoever may open it.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.referrals.telephone import telephone
from safeguard.web.languages import gettext


class Topic(StrEnum):
    """How much a notice binds whoever gets it."""

    DUTY = "duty"
    """Somebody has to act: mail for it can be gathered, and never be switched off."""
    TASKS = "tasks"
    UPDATES = "updates"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of notice."""

    topic: Topic
    template: str
    """Of its mail, in `templates/messages/`."""
    words: str
    href: str
    """Where it leads: `{subject}` and `{incident}` are put in."""
    pressing: bool = False
    """Not gathered and not held back at night: somebody may be in danger."""
    together: bool = False
    """One mail in a quarter of an hour says it of everything that is like it: twenty reports that wait are one thing to
    see to, and twenty mails bury it."""
    kept: bool = False
    """Its mail holds something for people to keep outside: it is mailed by itself, and whatever they chose."""
    rings: bool = False
    """Its words say by which number, and when, the helpline answers."""


NOTICES: Final[dict[str, Rule]] = {
    "incident.recorded": Rule(
        Topic.DUTY, "incident_recorded", "A new report was recorded", "/incidents/{incident}"
    ),
    "incident.written_to": Rule(
        Topic.DUTY, "something_new", "Whoever reported something by the public page wrote again",
        "/incidents/{incident}/messages",
    ),
    "incident.urgent": Rule(
        Topic.DUTY, "something_new", "Whoever reported something by the public page wrote again: read it now",
        "/incidents/{incident}/messages", pressing=True,
    ),
    "incident.unread": Rule(
        Topic.DUTY, "incident_unread", "Somebody wrote again by the public page, and nobody has read it",
        "/incidents/{incident}/messages", pressing=True, together=True,
    ),
    "incident.unread_long": Rule(
        Topic.DUTY, "incident_unread",
        "Something that came by the public page has waited for long. Ask whoever leads on safeguarding to read it", "",
        pressing=True, together=True,
    ),
    "incident.waiting": Rule(
        Topic.DUTY, "incident_waiting", "A new report still waits, and nobody has said that it was received",
        "/incidents/{incident}", pressing=True, together=True,
    ),
    "incident.waiting_long": Rule(
        Topic.DUTY, "incident_waiting",
        "A new report has waited for long. Ask whoever leads on safeguarding to read it", "", pressing=True,
        together=True,
    ),
    "public_report.held": Rule(
        Topic.DUTY, "something_new", "Reports by the public page wait for you to look at them", "/incidents/held"
    ),
    "public_report.held_urgent": Rule(
        Topic.DUTY, "something_new", "Reports by the public page wait for you: look at them now", "/incidents/held",
        pressing=True,
    ),
    "public_report.waiting": Rule(
        Topic.DUTY, "incident_waiting",
        "Reports by the public page have waited for long. Ask whoever leads on safeguarding to look at them", "",
        pressing=True, together=True,
    ),
    "alert.pressing": Rule(
        Topic.DUTY, "something_new", "Something came in that a product calls grave: look at it now",
        "/alerts/{subject}", pressing=True, together=True,
    ),
    "alert.waiting": Rule(
        Topic.DUTY, "incident_waiting",
        "Something that a product calls grave has waited for long. Ask whoever leads on safeguarding to look at it", "",
        pressing=True, together=True,
    ),
    "incident.owed": Rule(
        Topic.DUTY, "something_new", "Somebody outside has still to hear of something, or you say why not",
        "/incidents/{incident}",
    ),
    "incident.acknowledged": Rule(
        Topic.UPDATES, "incident_acknowledged", "What you reported was received", "/incidents/{incident}"
    ),
    "incident.assigned": Rule(
        Topic.TASKS, "task_assigned", "An incident was given to you to handle", "/incidents/{incident}"
    ),
    "handler.left": Rule(
        Topic.DUTY, "something_new", "Somebody handles incidents no more: say who has theirs now",
        "/incidents/inbox?show=unassigned",
    ),
    "incident.unhandled": Rule(
        Topic.DUTY, "something_new", "Nobody handles an incident any more: say who has it now", "/incidents/{incident}"
    ),
    "task.given": Rule(Topic.TASKS, "task_assigned", "A task was given to you", "/incidents/{incident}?show=actions"),
    "task.remind": Rule(
        Topic.TASKS, "something_new", "You asked to be reminded of a task", "/incidents/{incident}?show=actions"
    ),
    "task.due": Rule(Topic.TASKS, "task_due", "A task of yours is due today", "/incidents/{incident}?show=actions"),
    "task.unowned": Rule(
        Topic.TASKS, "something_new", "Nobody can do a task any more who was given it: give it to somebody else",
        "/incidents/{incident}?show=actions",
    ),
    "task.overdue": Rule(Topic.TASKS, "task_due", "A task of yours is overdue", "/incidents/{incident}?show=actions"),
    "pack.made": Rule(
        Topic.UPDATES, "pack_made", "An evidence pack that you asked for is ready", "/evidence/{subject}"
    ),
    "incident.onward": Rule(
        Topic.DUTY, "something_new", "Something new waits for you to read", "/concerns/incidents/{incident}",
        pressing=True,
    ),
    "incident.kept_to_one": Rule(
        Topic.DUTY, "something_new", "One person alone takes care of something: look at it as a second",
        "/concerns/incidents/{incident}",
    ),
    "record.kept_to_one": Rule(
        Topic.DUTY, "something_new",
        "One person alone takes care of something. Unless you know why, ask to read it in an emergency", "/restricted",
    ),
    "glass.broken": Rule(
        Topic.DUTY, "something_new",
        "Somebody reads restricted records for 60 minutes in an emergency, and another agreed to it", "/approvals",
        pressing=True,
    ),
    "report.made": Rule(
        Topic.UPDATES, "something_new", "A report is ready for you to read", "/insights/reports/{subject}"
    ),
    "access_report.made": Rule(
        Topic.DUTY, "access_report", "The weekly report of who looked at what is ready", "/audit/weeks/{subject}",
        kept=True,
    ),
    "inspection.asked": Rule(
        Topic.DUTY, "something_new", "An inspector asked you something", "/inspections/{subject}"
    ),
    "inspection.answered": Rule(Topic.TASKS, "something_new", "Your question was answered", "/inspect/{subject}"),
    "concern.raised": Rule(Topic.DUTY, "something_new", "Something new waits for you to read", "/concerns/{subject}"),
    "vault.flood": Rule(Topic.DUTY, "something_new", "Something new waits for you to read", "/concerns?state=flood"),
    "concern.written_to": Rule(
        Topic.DUTY, "something_new", "Something new waits for you to read", "/concerns/{subject}"
    ),
    "referral.answered": Rule(
        Topic.UPDATES, "something_new", "The helpline wrote on something that you referred", "/referrals/{subject}"
    ),
    "referral.undelivered": Rule(
        Topic.DUTY, "something_new", "Something that you sent to the helpline was not delivered. Ring them: %(number)s,"
        " Monday to Friday, %(opens)s to %(closes)s, not on bank holidays",
        "/referrals/{subject}", pressing=True, rings=True,
    ),
    "referral.waiting": Rule(
        Topic.DUTY, "something_new", "The helpline still waits for your answer on something that you referred",
        "/referrals/{subject}",
    ),
    "referral.file_kept_back": Rule(
        Topic.DUTY, "something_new", "A file did not go with something that you referred", "/referrals/{subject}"
    ),
    "referral.file_refused": Rule(
        Topic.DUTY, "something_new", "A file that you referred was not taken in", "/referrals/{subject}"
    ),
    "referral.file_locked": Rule(
        Topic.DUTY, "something_new", "A file that you referred was locked", "/referrals/{subject}", pressing=True
    ),
    "transfer.received": Rule(
        Topic.UPDATES, "something_new", "A receipt came for something that you sent", "/transfers/{subject}"
    ),
    "transfer.declined": Rule(
        Topic.DUTY, "something_new", "Something that you sent was not taken. Telephone them", "/transfers/{subject}"
    ),
    "transfer.locked": Rule(
        Topic.DUTY, "something_new", "A link that you made is locked: somebody typed wrong passphrases",
        "/transfers/{subject}", pressing=True,
    ),
    "transfer.reopened": Rule(
        Topic.DUTY, "something_new", "Somebody tried to open something that you sent, which was opened or taken back",
        "/transfers/{subject}", pressing=True,
    ),
    "transfer.withheld": Rule(
        Topic.DUTY, "something_new", "Something that you sent was kept back. Send it again",
        "/transfers/{subject}", pressing=True,
    ),
    "transfer.unreceived": Rule(
        Topic.DUTY, "something_new", "No receipt has come for something that you sent. Ask for it",
        "/transfers/{subject}",
    ),
    "transfer.undelivered": Rule(
        Topic.DUTY, "something_new", "Something that you sent was not delivered. Telephone them",
        "/transfers/{subject}", pressing=True,
    ),
    "incoming.received": Rule(
        Topic.DUTY, "something_new", "Something came from another organisation for you to open",
        "/transfers/received/{subject}",
    ),
    "incoming.withdrawn": Rule(
        Topic.UPDATES, "something_new", "Something that came from another organisation was taken back",
        "/transfers/received/{subject}",
    ),
    "signal.received": Rule(
        Topic.UPDATES, "something_new", "The helpline sent an alert to organisations like yours", "/signals/{subject}"
    ),
    "case.opened": Rule(Topic.TASKS, "something_new", "A new case waits at the desk", "/helpline/cases/{subject}"),
    "case.urgent": Rule(
        Topic.DUTY, "something_new", "A new case at the desk is urgent", "/helpline/cases/{subject}", pressing=True
    ),
    "case.heard": Rule(
        Topic.TASKS, "something_new", "Somebody wrote again to a case of yours", "/helpline/cases/{subject}"
    ),
    "case.unsent": Rule(
        Topic.TASKS, "something_new", "An answer in a case of yours was not delivered", "/helpline/cases/{subject}"
    ),
    "case.assigned": Rule(Topic.TASKS, "task_assigned", "A case was given to you", "/helpline/cases/{subject}"),
    "practitioner.left": Rule(
        Topic.DUTY, "something_new", "Somebody works at the desk no more: say who has their cases now",
        "/helpline?show=unassigned",
    ),
    "practitioner.left_urgent": Rule(
        Topic.DUTY, "something_new",
        "Somebody works at the desk no more, and what is urgent waits with nobody: say who has it now",
        "/helpline?show=unassigned", pressing=True,
    ),
    "case.file_refused": Rule(
        Topic.TASKS, "something_new", "A file of a case was not taken in", "/helpline/cases/{subject}"
    ),
    "case.file_locked": Rule(
        Topic.DUTY, "something_new", "A file of a case was locked", "/helpline/cases/{subject}", pressing=True
    ),
    "case.undelivered": Rule(
        Topic.DUTY, "something_new", "Something that the desk sent was not delivered", "/helpline/cases/{subject}",
        pressing=True,
    ),
    "desk.unattended": Rule(
        Topic.DUTY, "something_new", "Something waits at the desk, and nobody works there", "/settings/people",
        pressing=True,
    ),
    "policy.published": Rule(
        Topic.TASKS, "something_new", "Something waits for you to read or to sign", "/policies/{subject}"
    ),
    "policy.unread": Rule(
        Topic.DUTY, "something_new", "Something still waits for you to read or to sign", "/policies/{subject}"
    ),
    "policy.renewal": Rule(
        Topic.TASKS, "something_new", "A policy or an agreement is to be reviewed within a month",
        "/standards/registers/policies/{subject}",
    ),
    "filtering.due": Rule(
        Topic.TASKS, "something_new", "The review of filtering and monitoring is due within a month",
        "/standards/registers/filtering",
    ),
    "request.due": Rule(
        Topic.DUTY, "something_new", "An answer that the law gives a month for is due within a week",
        "/records/requests/{subject}",
    ),
    "request.overdue": Rule(
        Topic.DUTY, "something_new", "An answer that the law gives a month for is overdue",
        "/records/requests/{subject}", pressing=True,
    ),
    "breach.due": Rule(
        Topic.DUTY, "something_new", "Something has to be reported, or it is said why not, within a day",
        "/records/breaches/{subject}", pressing=True,
    ),
    "breach.overdue": Rule(
        Topic.DUTY, "something_new", "The 72 hours in which something is reported are over",
        "/records/breaches/{subject}", pressing=True,
    ),
    "duty.due": Rule(
        Topic.TASKS, "something_new", "A visit or a review that comes round again is due soon",
        "/standards/registers/duties",
    ),
    "duty.overdue": Rule(
        Topic.DUTY, "something_new", "A visit or a review that comes round again is overdue",
        "/standards/registers/duties",
    ),
    "review.due": Rule(
        Topic.TASKS, "something_new", "The next review against a standard is due within a month", "/standards"
    ),
    "review.overdue": Rule(
        Topic.DUTY, "something_new", "The review against a standard is overdue", "/standards"
    ),
    "proof.due": Rule(
        Topic.TASKS, "something_new", "An item of evidence is to be renewed within a month",
        "/standards/evidence/{subject}",
    ),
    "proof.overdue": Rule(
        Topic.TASKS, "something_new", "An item of evidence is out of date", "/standards/evidence/{subject}"
    ),
    "improvement.given": Rule(
        Topic.TASKS, "task_assigned", "An improvement was given to you", "/improvements/{subject}"
    ),
    "improvement.due": Rule(
        Topic.TASKS, "something_new", "An improvement of yours is due within a week", "/improvements/{subject}"
    ),
    "improvement.overdue": Rule(
        Topic.TASKS, "task_due", "An improvement of yours is past its day", "/improvements/{subject}"
    ),
    "improvement.overdue_of_others": Rule(
        Topic.TASKS, "something_new", "An improvement of the action plan is past its day", "/standards/plan/{subject}"
    ),
    "training.due": Rule(Topic.TASKS, "something_new", "Your training runs out within a month", ""),
    "training.due_of_others": Rule(
        Topic.TASKS, "something_new", "Training of some of you runs out within a month",
        "/standards/registers/training/{subject}",
    ),
    "approval.proposed": Rule(
        Topic.DUTY, "something_new", "Your approval is asked for", "/approvals/{subject}"
    ),
    "lead.needed": Rule(
        Topic.DUTY, "something_new", "Nobody answers for the records here any more. Ask for another lead now",
        "/settings/lead", pressing=True,
    ),
    "sign_on.required": Rule(
        Topic.DUTY, "something_new",
        "Within two weeks, link your account at the provider: after that a password lets you in no more",
        "/account/sign-on",
    ),
    "sign_on.ending": Rule(
        Topic.DUTY, "something_new",
        "Link your account at the provider now: in three days a password lets you in no more",
        "/account/sign-on", pressing=True,
    ),
    "sign_on.alone": Rule(
        Topic.DUTY, "something_new",
        "Nobody gets in any more when the provider is down. Name somebody who keeps a password", "/settings/sign-on",
        pressing=True,
    ),
    **{
        event: Rule(
            Topic.DUTY, "account_changed", words,
            "/account/sign-on" if event.startswith("sign_on.") else "/account/second-step", pressing=True,
        )
        for event, words in {
            "browser.met": "You signed in on a browser that was new. If it was not you, change your password now",
            "factor.added": "A second step was added to your sign-in. If it was not you, change your password now",
            "factor.removed": "A second step of your sign-in is gone. If it was not you, change your password now",
            "factors.reset": "Two people of your organisation agreed that you set up your second step anew",
            "codes.made": "New recovery codes were made for you. If it was not you, change your password now",
            "codes.used": "One of your recovery codes was used. If it was not you, change your password now",
            "password.changed": "Your password was changed. If it was not you, choose a new one now",
            "sign_on.linked": "An account at a provider lets you in from now on. If it was not you, take it back now",
            "sign_on.unlinked": "An account at a provider lets you in no more. If it was not you, link it again",
        }.items()
    },
}  # fmt: skip
"""The code of a notice -> its rule. Codes are kept in rows: reword, never reuse."""

TOGETHER: Final = tuple(code for code, rule in NOTICES.items() if rule.together)
UNKNOWN: Final = Rule(Topic.UPDATES, "something_new", "Something happened", "")
"""Of a code that an older or a newer release wrote."""


def rule_of(code: str) -> Rule:
    """The rule of a notice, whichever release wrote it."""
    return NOTICES.get(code, UNKNOWN)


def said(code: str) -> str:
    """What a notice says, in the reader's language."""
    rule = rule_of(code)
    words = gettext(rule.words)
    return words % asdict(telephone(clock.now())) if rule.rings else words


def leads_to(code: str, subject_id: UUID, incident_id: UUID | None) -> str:
    """The page that it is about; empty when there is none for whoever gets it."""
    return rule_of(code).href.format(subject=subject_id, incident=incident_id)
