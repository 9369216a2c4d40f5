"""What the fields of records are called, for whoever reads them in a pack."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from safeguard.incidents.presenting import FIELD_NAMES

LABELS: Final[Mapping[str, str]] = MappingProxyType({
    **FIELD_NAMES,
    "name": "Name", "role": "Part in it", "connection": "How they belong here", "group_name": "Group",
    "notes": "Notes", "kind": "Kind", "removed_at": "Taken out", "recorded_at": "Recorded on",
    "recorded_by_name": "Recorded by", "author_name": "Written by", "written_at": "Written on",
    "acknowledged_at": "Received on", "assigned_name": "Handled by", "owner_name": "Whose it is", "due_on": "Due",
    "closing_summary": "Summary", "closing_follow_up": "Follow-up", "closing_decision": "Decision",
    "closing_outcome": "Outcome", "words": "Words", "reason": "Reason", "contact": "With", "contact_name": "Who",
    "contact_reference": "Their reference", "awaits_answer": "Waits for an answer",
    "shared": "Shown to whoever reported it", "informed": "Told", "result": "How it ended", "attendees": "Took part",
    "linked_reference": "Linked incident", "follow_up": "Follow-up", "risk_before": "Risk before",
    "risk_after": "Risk after", "parents_reason": "Why, or why not", "took_place_at": "Took place",
    "control": "Control", "supports": "Controls that it supports", "kept_at": "Where it is kept", "dated_on": "Dated",
    "renew_on": "Renew by", "judged_at": "Judged on", "judged_by_name": "Judged by", "signed_at": "Signed off on",
    "signed_by_name": "Signed by", "started_at": "Begun on", "started_by_name": "Begun by",
    "planned_at": "Planned on", "planned_by_name": "Planned by", "level_then": "Level at that time",
    "source": "Because of", "effective_on": "In force from", "number": "Edition", "read_by": "To be read by",
    "readers": "Who reads it", "parties": "Who signs it", "read_at": "Read on", "party": "Who signed",
    "for_name": "Signed for", "way": "How", "signed_on": "Signed on", "expires_on": "Holds until",
    "ended_at": "Ended", "ended_on": "Ended", "held_on": "Held on", "headcount": "How many came", "audience": "For",
    "audiences": "For", "provider": "By", "since": "Since", "what": "What", "why": "Why", "applies_to": "For whom",
    "checked_by": "Checked by", "checked_on": "Checked on", "tested": "What was tried", "user_group": "Whose account",
    "part": "Answers for", "stance": "Acts", "covers": "Covers", "found": "Found", "changes": "Changed",
    "took_part": "Took part", "reviewed_on": "Reviewed on", "meets": "Meets", "remit": "What it is for",
    "minutes": "Minutes", "present": "Present", "is_child": "Is a child", "joined_on": "Since", "left_on": "Until",
    "said": "What they said", "done": "What was done", "voices": "How many were asked", "done_on": "Done on",
    "done_by": "Done by", "note": "Note", "sent_on": "Sent on", "sent_to": "Sent to", "media_type": "Type of file",
    "sha256": "SHA-256", "added_at": "Added on", "added_by_name": "Added by", "born_on": "Born on",
    "given_name": "First name", "family_name": "Last name", "known_as": "Known as", "title": "Title",
    "summary": "Summary", "framework": "Standard", "framework_version": "Version of the standard",
})  # fmt: skip
"""By the field's name, or the last part of it; in the order in which they are read where no other is said."""
