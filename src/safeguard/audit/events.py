"""Every event that the audit log, jobs and webhooks may name: `noun.past_tense`.

The noun is the kind of object that the event is about. Names are content-neutral: a log line must never tell a
category of abuse. An event that is not here cannot be recorded.
"""

from typing import Final

EVENTS: Final[dict[str, str]] = {
    "log.created": "The log was opened",
    "organisation.created": "The organisation was set up",
    "organisation.changed": "The organisation's details were changed",
    "settings.changed": "A setting was changed",
    "form.changed": "The report form was changed",
    "invitation.created": "Somebody was invited",
    "invitation.accepted": "An invitation was accepted",
    "invitation.withdrawn": "An invitation was withdrawn",
    "membership.created": "Somebody joined the organisation",
    "membership.changed": "Somebody's roles were changed",
    "membership.assigned": "What a pastoral member may read was changed",
    "membership.ended": "Somebody left the organisation",
    "session.started": "Somebody signed in",
    "session.refused": "A sign-in was refused",
    "session.ended": "Somebody signed out",
    "user.changed": "Somebody changed their account",
    "notices.chosen": "Somebody chose how they are told",
    "reset.requested": "A link for a lost password was asked for",
    "reset.made": "A link for somebody's lost password was made",
    "reset.used": "A new password was chosen by a link",
    "token.created": "An API token was made",
    "token.activated": "An API token was approved, and works from now on",
    "token.revoked": "An API token was revoked",
    "approval.proposed": "Approval was asked for",
    "approval.link_made": "A link for the outside second person was made",
    "approval.given": "Something that takes two people was approved",
    "approval.declined": "Something that takes two people was declined",
    "approval.withdrawn": "A request for approval was taken back",
    "calendar.opened": "Somebody made an address for their calendar",
    "calendar.closed": "An address of a calendar was taken back",
    "incident.recorded": "An incident was recorded",
    "incident.viewed": "An incident was read",
    "incident.listed": "The list of incidents was read",
    "incident.searched": "Incidents were searched",
    "incident.exported": "An incident was printed or downloaded",
    "list.exported": "A list was downloaded",
    "incident.acknowledged": "An incident was acknowledged",
    "incident.corrected": "An incident was corrected",
    "incident.assessed": "The risk of an incident was changed",
    "incident.classified": "An incident was classified",
    "incident.followed_up": "An entry was added to an incident",
    "incident.closed": "An incident was closed",
    "incident.reopened": "An incident was reopened",
    "incident.assigned": "An incident was given to somebody to handle",
    "incident.unlinked": "A link between incidents was taken away",
    "incident.confined": "An incident was kept to those who need to know",
    "incident.released": "An incident was opened to all who handle incidents",
    "exclusion.made": "Somebody was kept from a record",
    "exclusion.lifted": "Somebody is no longer kept from a record",
    "glass.broken": "Somebody read restricted records in an emergency, with another's agreement",
    "glass.mended": "Reading restricted records in an emergency was ended",
    "concern.raised": "A concern was raised",
    "concern.viewed": "A concern was read",
    "concern.received": "A concern was received",
    "concern.followed_up": "Something was added to a concern",
    "concern.decided": "A concern was assessed",
    "concern.told": "The person concerned was told",
    "concern.closed": "A concern was closed",
    "concern.reopened": "A concern was reopened",
    "concern_entry.recorded": "An entry was written to a concern",
    "concern_reader.named": "Somebody was let into the vault",
    "concern_reader.ended": "Somebody was taken from the vault's list",
    "entry.recorded": "An entry was written",
    "entry.corrected": "An entry was corrected",
    "entry.completed": "An action was completed",
    "entry.answered": "An answer was received",
    "entry.revised": "A plan was revised",
    "entry.ended": "A link was taken away",
    "incident.linked": "An incident was linked to another, or one of its people to the list of people",
    "person.recorded": "A person was added to the list of people",
    "person.corrected": "What is known of a person was corrected",
    "person.viewed": "What is known of a person was read",
    "person.revealed": "A person's address was read",
    "person.merged": "Two records of one person were merged",
    "person.separated": "The merging of two records was undone",
    "person.exported": "A person's chronology was printed or downloaded",
    "pack.requested": "An evidence pack was asked for",
    "pack.made": "An evidence pack was made",
    "pack.downloaded": "An evidence pack was downloaded",
    "review.started": "A review against a standard was begun",
    "review.widened": "A first review was widened to every control",
    "review.signed": "A review was signed off",
    "rating.given": "A control was judged",
    "proof.added": "An item of evidence was added",
    "proof.changed": "An item of evidence was changed",
    "proof.withdrawn": "An item of evidence was withdrawn",
    "improvement.planned": "An improvement was planned",
    "improvement.changed": "An improvement was changed",
    "improvement.finished": "An improvement was finished",
    "pack.locked": "An evidence pack was locked",
    "attachment.added": "A file was attached",
    "attachment.checked": "A file was checked",
    "attachment.opened": "A file was opened",
    "attachment.locked": "A file was locked",
    "incident.examined": "Something was looked at on a device, on record",
    "key.rotated": "The organisation's key was replaced",
    "log.read": "The audit log was read",
    "job.retried": "Work that had stopped was tried again",
}

TOLD: Final = frozenset({
    "approval.proposed",
    "concern.raised",
    "incident.acknowledged",
    "incident.assigned",
    "incident.recorded",
    "pack.made",
})  # fmt: skip
"""Events of which people are told: recording one adds a job, in the same transaction, that finds out whom."""


def sentence_of(event: str) -> str:
    """What happened, for people to read; raises `KeyError` for an event that nobody registered."""
    return EVENTS[event]


def noun_of(event: str) -> str:
    """The kind of object that `event` is about: `incident.recorded` is about an incident."""
    if event not in EVENTS:
        raise KeyError(f"{event!r} is not a registered event: add it to safeguard.audit.events")
    return event.partition(".")[0]
