"""The kinds of entry that somebody may add to an incident, what each holds, and with whom one speaks.

The forms, the API, the checks and the pages all read this one table.
"""

from collections.abc import Mapping
from typing import Final, Literal

AddedKind = Literal[
    "note", "decision", "action", "completion", "contact", "answer", "informing", "person_outcome", "plan", "support",
    "lesson", "review", "link",
]  # fmt: skip

CONTACTS: Final[Mapping[str, str]] = {
    "parents": "Parent or carer",
    "social_care": "Children's or adults' social care",
    "police": "Police",
    "lado": "Local authority designated officer",
    "regulator": "Regulator",
    "governing_body": "Governing body's safeguarding team",
    "health": "Health service",
    "helpline": "Helpline",
    "platform": "Platform",
    "other": "Somebody else",
}
"""With whom an entry of kind `contact` was, and to whom a decision about a referral refers."""

KNOWERS: Final[Mapping[str, str]] = {
    "parents": "Parents or carers",
    "parental_responsibility": "Whoever holds parental responsibility",
    "social_worker": "Social worker",
    "placing_authority": "Placing authority",
}
"""Who should know, or why not. For a looked-after child the last three are told, each with a time or a reason."""

INFORMED: Final[Mapping[str, str]] = {
    "yes": "Told",
    "not_yet": "Not yet",
    "no": "Not told, and here is why",
    "not_needed": "Does not apply",
}

REFERRALS: Final[Mapping[str, str]] = {
    "made": "A referral is made",
    "not_made": "Considered, and not referred",
}

USES: Final[Mapping[AddedKind, frozenset[str]]] = {
    "note": frozenset(),
    "decision": frozenset({"referral", "contact"}),
    "action": frozenset({"owner_id", "owner_name", "due_on", "remind_on"}),
    "completion": frozenset({"action_id", "proof_file_id", "proof_item_id"}),
    "contact": frozenset(
        {"contact", "contact_name", "contact_reference", "took_place_at", "awaits_answer", "due_on"}
    ),
    "answer": frozenset({"action_id", "contact_reference", "took_place_at"}),
    "informing": frozenset({"contact", "contact_name", "informed", "took_place_at", "person_id"}),
    "person_outcome": frozenset({"person_id", "result"}),
    "plan": frozenset({"person_id", "due_on"}),
    "support": frozenset({"person_id", "due_on"}),
    "lesson": frozenset({"controls"}),
    "review": frozenset({"attendees", "took_place_at"}),
    "link": frozenset({"linked_id"}),
}  # fmt: skip
"""What each kind holds beside its words and its reason."""

SHAREABLE: Final = frozenset({"note", "decision", "action", "completion", "contact", "answer"})
"""What may be shared with whoever reported it. What concerns one person of the incident never is."""

ABOUT_SOMEBODY: Final = frozenset({"person_outcome", "plan", "support"})
"""Kinds that are about one person of the incident."""

LOOKED_AT_AGAIN: Final[frozenset[Literal["plan", "support"]]] = frozenset({"plan", "support"})
"""Kinds that are looked at again on a day, until somebody says how that went and ends it, or writes the next."""

CORRECTABLE: Final = frozenset(
    {"note", "decision", "action", "contact", "person_outcome", "plan", "support", "lesson", "review"}
)
"""Kinds that another of the same kind may supersede: a correction, or the next version of a plan."""
