"""What the timeline says of each kind of entry: who did what, how it is drawn, and its words under their labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from safeguard.incidents.controls import name_of
from safeguard.incidents.entry_kinds import CONTACTS, INFORMED, KNOWERS
from safeguard.incidents.story import Entry
from safeguard.tenancy.profile import Profile
from safeguard.web.languages import gettext

VERBS: Final = {
    "note": "wrote",
    "decision": "decided",
    "action": "set an action",
    "completion": "finished an action",
    "contact": "was in contact",
    "answer": "received an answer",
    "message": "wrote by the public page",
    "informing": "noted who knows",
    "person_outcome": "noted how it ended for somebody",
    "plan": "wrote a support and safety plan",
    "support": "noted support",
    "lesson": "noted a lesson",
    "review": "reviewed the incident",
    "link": "linked another incident",
    "unlinking": "took a link away",
    "assignment": "gave this to somebody to handle",
    "risk_change": "changed the risk",
    "classification": "classified this",
    "correction": "corrected the report",
    "acknowledgement": "received the report",
    "closing": "closed the incident",
    "reopening": "reopened the incident",
}
REFERRAL_VERBS: Final = {
    "made": "decided to refer",
    "not_made": "considered a referral, and decided against it",
}

MARKS: Final = {
    "note": "words",
    "decision": "decision",
    "action": "action",
    "completion": "action",
    "contact": "words",
    "answer": "words",
    "message": "words",
    "informing": "words",
    "person_outcome": "decision",
    "plan": "action",
    "support": "action",
    "lesson": "decision",
    "review": "decision",
    "risk_change": "decision",
    "correction": "words",
    "closing": "decision",
    "reopening": "decision",
}
"""How the timeline draws each kind; what the service noted by itself is a `note`."""

SHOWN: Final = {
    "words": frozenset({"note", "correction"}),
    "decisions": frozenset({"decision", "risk_change", "closing", "reopening", "person_outcome", "review", "lesson"}),
    "actions": frozenset({"action", "completion", "plan", "support"}),
    "contacts": frozenset({"contact", "answer", "message", "informing"}),
}
"""The filters of the timeline."""


class Named(Protocol):
    """A choice of the profile."""

    @property
    def name(self) -> str:
        """As people read it."""
        ...


@dataclass(frozen=True, slots=True)
class Passage:
    """Some words under a heading."""

    label: str
    text: str


def verb_of(entry: Entry) -> str:
    """What its author did, after their name."""
    if entry.referral:
        return gettext(REFERRAL_VERBS[entry.referral])
    if entry.kind == "assignment" and not entry.owner_name:
        return gettext("gave this back, so that nobody handles it now")
    if entry.kind == "completion" and entry.person_id:
        return gettext("looked at a plan or support again, and ended it")
    if entry.risk_after and entry.risk_after == entry.risk_before:
        return gettext("confirmed the risk")
    return gettext(VERBS[entry.kind])


def passages_of(entry: Entry, profile: Profile, own_controls: Mapping[str, str]) -> tuple[Passage, ...]:
    """The words of an entry, each under what it is."""
    said = [
        ("About", entry.person_name),
        *_with_whom(entry, profile),
        ("Reference", entry.contact_reference),
        ("How it ended", named(profile.person_outcomes, entry.result)),
        ("Took part", entry.attendees),
        ("Incident", entry.linked_reference),
        ("Handled by", entry.owner_name if entry.kind == "assignment" else ""),
        ("Summary" if entry.kind == "closing" else "", entry.words),
        ("Follow-up", entry.follow_up),
        ("Decision", entry.decision),
        ("Outcome", entry.outcome),
        (_reason_label(entry), entry.reason),
        ("Controls it touches", "; ".join(name_of(code, profile, own_controls) for code in entry.controls)),
    ]
    return tuple(Passage(gettext(label) if label else "", text) for label, text in said if text)


def _with_whom(entry: Entry, profile: Profile) -> list[tuple[str, str]]:
    match entry.kind:
        case "informing":
            return [(knower(entry.contact, profile), gettext(INFORMED[entry.informed or "not_needed"]).split(",")[0]),
                    ("Who", entry.contact_name)]  # fmt: skip
        case "decision":
            return [("To", contact_name(entry.contact))]
        case _:
            return [("With", contact_name(entry.contact)), ("Who", entry.contact_name)]


def _reason_label(entry: Entry) -> str:
    if entry.kind == "closing":
        return "Why it was closed with something still open"
    return "Because" if entry.words else "Reason"


def contact_name(code: str | None) -> str:
    """With whom, as people read it; the code itself when nobody knows it any more."""
    return gettext(CONTACTS.get(code, code)) if code else ""


def whom_outside(code: str, profile: Profile) -> str:
    """Who has to be told, as within a sentence and in this organisation's words: its own regulator by name."""
    name = gettext(KNOWERS[code]) if code in KNOWERS and code not in CONTACTS else contact_name(code)
    return profile.words.get(code) or name[:1].lower() + name[1:]


def knower(code: str | None, profile: Profile) -> str:
    """Who should know, in this organisation's words."""
    if code == "parents":
        return profile.title("families")
    return gettext(KNOWERS.get(code, code)) if code else ""


def named(known: Mapping[str, Named], code: str | None) -> str:
    """The name of a code; the code itself when the profile no longer has it, because records outlive choices."""
    if not code:
        return ""
    choice = known.get(code)
    return choice.name if choice else code
