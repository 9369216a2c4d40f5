"""What the parts of a transfer are called, on pages and on paper."""

from typing import Final

WAYS: Final = {
    "inside": "To an organisation in this service",
    "link": "By a one-time link, with a passphrase on the telephone",
    "paper": "On paper, with a slip to sign",
}
SENT_BY: Final = {
    "inside": "in a sealed envelope of this service",
    "link": "by a one-time link",
    "paper": "on paper",
}
"""The same in a report, after "sent"."""
STATES: Final = {
    "sent": "No receipt yet",
    "received": "Received",
    "declined": "Not taken",
    "cancelled": "Taken back",
    "locked": "Locked",
}
INCOMING: Final = {
    "waiting": "Waits to be opened",
    "opened": "Opened, not taken over yet",
    "imported": "Taken over",
    "declined": "Not taken",
    "cancelled": "Taken back by the sender",
}
STAYS: Final = {
    "no_next": "They go to no other place that must have it",
    "unknown": "Nobody knows where they went, and the local authority was told",
    "not_theirs": "What is here is not part of a child protection file",
    "went_already": "It went another way, or before it was kept here",
    "other": "Something else",
}
"""Why no file of somebody who left is sent."""
POLICIES: Final = {"keep": "A copy is kept", "none": "No copy is kept once it was received"}
ENTRY_KINDS: Final = {
    "note": "Note", "decision": "Decision", "action": "Action", "completion": "Action done", "contact": "Contact",
    "answer": "Answer", "message": "Message", "informing": "Informing", "person_outcome": "Outcome for somebody",
    "plan": "Plan", "support": "Support", "risk_change": "Risk changed", "classification": "Classified",
    "correction": "Correction", "acknowledgement": "Acknowledged", "closing": "Closed", "reopening": "Reopened",
}  # fmt: skip
PARTS: Final = {
    "affected": "Affected", "alleged": "Alleged to have harmed", "witness": "Witness", "reporter": "Reported it",
    "other": "Part not said",
}  # fmt: skip


def said(code: str) -> str:
    """A code of another vocabulary as words."""
    return code.replace("_", " ").capitalize()


def entry_kind(code: str) -> str:
    """What kind of entry it is; as it came where we do not know it."""
    return ENTRY_KINDS.get(code, said(code))
