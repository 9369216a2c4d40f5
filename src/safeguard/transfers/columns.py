"""What of each table goes with somebody's file, column by column, and what stays, with the reason the sender reads.

A file goes whole unless its sender says otherwise. So that this stays true when a record learns to hold more, each
column of each table that belongs to the file stands here: under the field of the format in which it goes, or with the
reason why it does not. A test refuses a column, or a table that is tied to a person or an incident, that is in neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

UNREAD: Final = "that a further message waits to be read here; the message itself goes"
OURS: Final = "how it is kept and found here; it means nothing anywhere else"
ACCOUNTS: Final = "the accounts of people who work here; their names go"
SEEN: Final = "who is told of it and who handles it here"
FILES: Final = "how a file is stored and was checked here; it is checked anew where it arrives"

KEEPING: Final = {"organisation_id": OURS, "version": OURS}

SENT: Final[Mapping[str, Mapping[str, str]]] = {
    "public.people": {
        **{name: name for name in (
            "id", "kind", "given_name", "family_name", "known_as", "former_names", "born_on", "connection",
            "group_name", "identifiers", "contacts", "flags", "address", "notes", "recorded_at")},
        "recorded_by_name": "recorded_by",
    },
    "public.incidents": {
        **{name: name for name in (
            "id", "reference", "state", "risk", "recorded_at", "imported_at", "happened_from", "happened_until",
            "happened_precision", "happened_words", "discovered_at", "place", "place_detail", "platforms", "device",
            "accounts", "four_c", "risk_areas", "issue_types", "narrative", "child_words", "immediate_action",
            "danger_now", "lead_told", "parents_informed", "parents_reason", "acknowledged_at", "reported_type",
            "answers")},
        "recorded_by_name": "recorded_by", "closed_at": "closing.closed_at", "closing_summary": "closing.summary",
        "closing_follow_up": "closing.follow_up", "closing_decision": "closing.decision",
        "closing_outcome": "closing.outcome",
    },
    "public.incident_people": {
        **{name: name for name in ("role", "kind", "connection", "name", "group_name", "notes")},
        "person_id": "subject",
    },
    "public.entries": {
        **{name: name for name in (
            "id", "kind", "written_at", "words", "reason", "due_on", "done_at", "contact", "contact_name",
            "contact_reference", "risk_before", "risk_after", "changes", "follow_up", "decision", "outcome",
            "took_place_at", "awaits_answer", "referral", "result", "informed", "attendees")},
        "author_name": "author", "supersedes_id": "corrects", "action_id": "closes", "owner_name": "owner",
        "person_name": "person", "proof_name": "proof",
    },
    "public.attachments": {
        **{name: name for name in ("id", "name", "note", "media_type", "size", "sha256", "attached_at")},
        "attached_by_name": "attached_by",
    },
    "public.referrals": {
        **{name: name for name in (
            "id", "reference", "state", "urgency", "asked", "lawful_basis", "condition", "reason", "case_reference",
            "sent_at", "closed_at", "outcome", "helpful", "feedback")},
        "helpline_name": "helpline", "pseudonyms": "names", "sent_by_name": "sent_by",
    },
    "public.referral_steps": {
        **{name: name for name in ("id", "direction", "kind", "at")}, "body": "said", "author_name": "author",
    },
    "public.disagreements": {
        **{name: name for name in ("by_name", "words", "answer", "written_at")}, "written_by_name": "written_by",
    },
}  # fmt: skip
"""Table -> column -> the field of `file.json` in which it goes."""

STAYS: Final[Mapping[str, Mapping[str, str]]] = {
    "public.people": KEEPING | {
        "flags_since": "since when a flag stands here; what it was about is in the incidents",
        "user_id": ACCOUNTS, "merged_into_id": "two records of one person go as one", "withdrawn_at": OURS,
        "recorded_by": ACCOUNTS, "changed_at": OURS, "sort_key": OURS, "found_by": OURS, "sounds": OURS, "twin": OURS,
    },
    "public.incidents": KEEPING | {
        "recorded_by": ACCOUNTS, "acknowledged_by": ACCOUNTS, "closed_by": ACCOUNTS, "assigned_to": SEEN,
        "assigned_name": SEEN, "form_version": "which of our forms it was; each question goes with its answer",
        "last_activity_at": OURS, "restricted_at": SEEN, "blocks_attachments": OURS, "tsv": OURS,
        "heard_at": UNREAD, "heard_urgent": UNREAD,
    },
    "public.incident_people": {
        "organisation_id": OURS, "id": OURS, "incident_id": OURS, "position": OURS, "tied_at": OURS,
        "removed_at": "whoever was named by mistake and taken out is not in it",
    },
    "public.entries": KEEPING | {
        "incident_id": OURS, "author_id": ACCOUNTS, "owner_id": ACCOUNTS, "shared": SEEN, "remind_on": SEEN,
        "person_id": OURS, "person_position": OURS,
        "controls": "what was learnt for the organisation",
        "linked_id": "another incident; where they are in it, it goes by itself",
        "linked_reference": "another incident; where they are in it, it goes by itself",
        "proof_file_id": "what it is called goes, and the file with the incident",
        "proof_item_id": "the organisation's own evidence; what it is called goes",
    },
    "public.attachments": KEEPING | {
        "incident_id": OURS, "incident_blocks": OURS, "object_name": FILES, "wrapped_key": FILES, "state": FILES,
        "finding": FILES, "scanner": FILES, "scanned_at": FILES, "attached_by": ACCOUNTS,
        "locked_at": "a locked file does not leave", "locked_why": "a locked file does not leave",
    },
    "public.referrals": KEEPING | {
        "incident_id": OURS, "helpline_id": OURS, "sent_by": ACCOUNTS, "last_activity_at": OURS,
    },
    "public.referral_steps": {
        "organisation_id": OURS, "referral_id": OURS, "incident_id": OURS, "author_id": ACCOUNTS, "outbox_id": OURS,
    },
    "public.disagreements": {"organisation_id": OURS, "id": OURS, "person_id": OURS},
}  # fmt: skip
"""Table -> column -> why it does not go."""

TABLES: Final[Mapping[str, str]] = {
    "public.record_dates": "when they left or died, and for how long we keep this: the next place keeps its own dates",
    "public.public_reports": "a report from the public page stands in the incident that it became, in its words",
    "public.alerts": "an alert of a filter stands in the incident that it became; what it showed is not passed on",
    "public.imported_records": "how an incident came here from an earlier product; it goes as any other",
    "public.person_merges": "that two records of them were found to be one; they go as one",
    "public.record_holds": "holds forbid us to dispose of it; the next place places its own",
    "public.access_requests": "requests for what we keep are answered here; what they hold against it goes",
    "public.transfers": "to whom else we sent it; the receipts for that are ours to keep",
    "public.transfer_items": "to whom else we sent it; the receipts for that are ours to keep",
    "public.incoming_transfers": "how a part of it came here; what came with it is in the incidents and the notes",
    "public.roster_links": "the lists from which names and groups came; what they said is in the person's own entry",
    "public.roster_rows": "the lists from which names and groups came; what they said is in the person's own entry",
}
"""Tables that are tied to a person or an incident, of which nothing goes."""
CALLED: Final = {
    "public.people": "The person", "public.incidents": "An incident", "public.incident_people": "People in an incident",
    "public.entries": "An entry", "public.attachments": "An attached file", "public.referrals": "A referral",
    "public.referral_steps": "What was said on a referral", "public.disagreements": "A disagreement",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Staying:
    """One reason why something is never in a file, and what it keeps here."""

    why: str
    what: tuple[str, ...]


def list_staying() -> list[Staying]:
    """What never goes, for whoever sends: by its reason, the columns in words; then whole tables."""
    found: dict[str, list[str]] = {}
    for name, columns in STAYS.items():
        for column, why in columns.items():
            found.setdefault(why, []).append(f"{CALLED[name]}: {column.replace('_', ' ')}")
    told = [Staying(why, tuple(what)) for why, what in found.items() if why != OURS]
    return [*told, *(Staying(why, ()) for why in dict.fromkeys(TABLES.values()))]
