"""What is not looked through for somebody who asks what we keep, each with its reason.

A reason is told to whoever answers (docs/records.md), so that they know where to look by hand. A table that holds
names or words and stands neither here nor in `sources` fails a test.
"""

from typing import Final

VAULT: Final = "concerns about staff: the head answers for those"
CALLERS: Final = "what callers tell a helpline in confidence: its supervisors answer for those"
KEPT_FROM: Final = "would tell somebody that a record is kept from them: whoever restricted it decides"
COPY: Final = "the working copies of requests themselves"
SETTINGS: Final = "what the organisation chose, and who may agree in its name"
POST: Final = "addresses of what is on its way, gone when it has arrived"
OPERATOR: Final = "the operator's own, in no organisation"
WITHIN: Final = "shown with the incident"

TABLES: Final = {
    "public.incident_people": WITHIN,
    "public.concerns": VAULT,
    "public.concern_entries": VAULT,
    "public.vault_people": VAULT,
    "public.exclusions": KEPT_FROM,
    "public.confinements": KEPT_FROM,
    "public.proposals": "what waits for somebody to agree, which may be about any of the above; once done, it "
    "stands in the record",
    "public.access_items": COPY,
    "public.access_redactions": COPY,
    "public.drafts": "sealed: only whoever writes them can open them, for a time",
    "audit.documents": "the same words as the records, version by version, for proof; what was corrected is an entry",
    "audit.actors": "handles that name nobody: who did what is under Audit",
    "public.disposals": "holds only the names of those who disposed",
    "public.packs": "holds only the name of whoever asked for it; what it holds are the records",
    "public.people_apart": "holds the name of whoever said that two are not one",
    "public.meeting_actions": "holds the name of whoever wrote it; the action is in the plan",
    "public.duty_actions": "holds the name of whoever wrote it; the action is in the plan",
    "public.alert_sources": "holds the name of whoever connected it",
    "public.helpline_themes": "holds the name of whoever opened it",
    "public.tokens": "programs, with the name of whoever answers for each",
    "public.helpline_imports": "file names and headings; what was imported are cases",
    "public.helpline_cases": CALLERS,
    "public.helpline_entries": CALLERS,
    "public.helpline_urls": CALLERS,
    "public.helpline_url_steps": CALLERS,
    "public.helpline_case_urls": CALLERS,
    "public.helpline_mail_in": CALLERS,
    "public.helpline_forms": CALLERS,
    "public.helpline_feedback": CALLERS,
    "public.helpline_stories": CALLERS,
    "public.helpline_files": CALLERS,
    "public.helpline_referrals": CALLERS,
    "public.helpline_debriefs": "between a practitioner and whoever listens to them: ask whoever listens",
    "public.helpline_mail_out": POST,
    "public.outbox": POST,
    "public.invitations": POST,
    "public.approval_links": POST,
    "public.organisations": SETTINGS,
    "public.organisation_settings": SETTINGS,
    "public.form_versions": SETTINGS,
    "public.users": "people's own, over all organisations; they see it under their name",
    "console.acts": OPERATOR,
    "console.operators": OPERATOR,
    "console.removals": OPERATOR,
    "console.requests": OPERATOR,
}
"""Tables, under their names with their schemas."""

COLUMNS: Final = {
    "public.people.sort_key": "made from the name",
    "public.people.found_by": "made from the name",
    "public.people.sounds": "made from the name",
    "public.people.twin": "made from name and birthday",
}
"""Columns of tables that are looked through, neither shown nor looked through themselves."""

HOW: Final = "how it is kept here, and nothing about anybody"
UNSAID: Final = {
    "version": HOW, "object_name": HOW, "size": HOW, "scanner": HOW, "scanned_at": HOW, "incident_blocks": HOW,
    "blocks_attachments": HOW, "form_version": HOW, "last_activity_at": HOW, "row_number": HOW, "product_id": HOW,
    "person_position": HOW, "based_on": HOW, "made_version": HOW, "link_before": HOW, "is_here": HOW,
    "tries_left": HOW, "made_count": HOW, "known_count": HOW, "flags_since": "the days are with what was changed",
    "restricted_at": KEPT_FROM, "candidates": "others whom a list might have meant",
    "receipt": "a signature over a number; when it came, and from whom, is told",
    "linked_reference": "another incident: where they are in it, it is in the answer by itself",
    "controls": "what was learnt for the organisation",
}  # fmt: skip
"""Columns of what is tied to somebody, by name, that are in no answer, each with its reason. Everything else is."""

AUTHORS: Final = frozenset({"author_name", "assigned_name", "author"})
"""Who wrote or did it, as every column whose name ends in `_by_name`: shown, and no reason to find it. That somebody
did their work here is not about them; all of it is under Audit."""


def is_authors(column: str) -> bool:
    """Whether a column says only who wrote or did something."""
    return column in AUTHORS or column.endswith("_by_name")
