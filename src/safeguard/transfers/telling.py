"""What of a record goes to the next place: everything that stands in it, but for the columns that `columns` names.

Codes go as they are, and a document to read says them in words. Of somebody alleged to have harmed it is always said
how that ended, if need be that it did not: a child does not arrive elsewhere as an allegation without an outcome.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from safeguard.attachments.kinds import BY_TYPE
from safeguard.attachments.queries import File
from safeguard.incidents.story import Change as StoryChange
from safeguard.incidents.story import ChangeValue, Person, Story
from safeguard.incidents.story import Entry as StoryEntry
from safeguard.people.person import Person as PersonRecord
from safeguard.tenancy.blocking import blocks
from safeguard.transfers.file import (
    Answer,
    Attached,
    Change,
    Closing,
    Contact,
    Entry,
    Identifier,
    Incident,
    Part,
    Referral,
    Subject,
)

INTERNAL: Final = frozenset({"assignment", "lesson", "review", "link", "unlinking"})
"""Entries about how the organisation works, or about other incidents: not of this person's file."""
UNRESOLVED: Final = "unresolved"
"""Of somebody alleged to have harmed, while nobody has said how it ended for them."""
KEPT_BACK: Final = {
    "blocked": "It belongs to an incident of a kind to which nothing is attached.",
    "locked": "It is locked: nobody may open it.",
    "waiting": "It was not checked for viruses yet.",
    "infected": "The virus check found something harmful in it.",
}


def subject_of(one: PersonRecord) -> Subject:
    """Whose file it is."""
    return Subject(
        id=one.id, kind=one.kind, given_name=one.given_name, family_name=one.family_name, known_as=one.known_as,
        former_names=one.former_names, born_on=one.born_on, connection=one.connection or "",
        group_name=one.group_name, flags=one.flags, address=one.address, notes=one.notes,
        recorded_at=one.recorded_at, recorded_by=one.recorded_by_name,
        identifiers=tuple(Identifier(kind=each.kind, value=each.value) for each in one.identifiers),
        contacts=tuple(
            Contact(**{name: getattr(each, name) for name in each.__struct_fields__}) for each in one.contacts
        ),
    )  # fmt: skip


def incident_of(story: Story, whole: frozenset[UUID], referrals: Sequence[Referral]) -> Incident:
    """One incident, with everything that follows it; `whole` are the records of whose file it is."""
    f = story.facts
    closing = Closing(
        closed_at=f.closed_at, summary=f.closing_summary or "", follow_up=f.closing_follow_up or "",
        decision=f.closing_decision or "", outcome=f.closing_outcome or "",
    )  # fmt: skip
    return Incident(
        id=f.id, reference=f.reference, recorded_at=f.recorded_at, recorded_by=f.recorded_by_name, state=f.state,
        risk=f.risk, happened_from=f.happened_from, happened_until=f.happened_until, happened_words=f.happened_words,
        happened_precision=f.happened_precision, discovered_at=f.discovered_at, imported_at=f.imported_at,
        place=f.place or "", place_detail=f.place_detail, platforms=f.platforms, device=f.device or "",
        accounts=f.accounts, four_c=f.four_c, risk_areas=f.risk_areas, issue_types=f.issue_types,
        narrative=f.narrative, child_words=f.child_words, immediate_action=f.immediate_action,
        parents_informed=f.parents_informed, parents_reason=f.parents_reason, danger_now=f.danger_now,
        lead_told=f.lead_told, acknowledged_at=f.acknowledged_at, reported_type=f.reported_type or "",
        answers=tuple(Answer(code=one.code, asked=one.asked, said=one.said, kind=one.kind) for one in f.answers),
        people=tuple(_part(one, story, whole) for one in story.present),
        entries=tuple(_entry(one) for one in story.entries if one.kind not in INTERNAL),
        attachments=tuple(_attached(one) for one in story.files if not kept_back(story, one)),
        referrals=tuple(referrals), closing=closing if f.state == "closed" else None,
    )  # fmt: skip


def kept_back(story: Story, one: File) -> str:
    """Why a file stays; empty when it may go."""
    if blocks(story.facts.issue_types):
        return KEPT_BACK["blocked"]
    if one.locked_at:
        return KEPT_BACK["locked"]
    return "" if one.state == "clean" else KEPT_BACK[one.state]


def _part(one: Person, story: Story, whole: frozenset[UUID]) -> Part:
    return Part(
        name=one.name, role=one.role, kind=one.kind, group_name=one.group_name, notes=one.notes,
        connection=one.connection or "", result=_result(one, story), subject=one.person_id in whole,
    )  # fmt: skip


def _result(one: Person, story: Story) -> str:
    """How it ended for them, as it was said last and not taken back."""
    replaced = {each.supersedes_id for each in story.entries}
    said = [each.result for each in story.entries
            if each.kind == "person_outcome" and each.person_id == one.id and each.id not in replaced]  # fmt: skip
    return (said[-1] if said else None) or (UNRESOLVED if one.role == "alleged" else "")


def _entry(one: StoryEntry) -> Entry:
    return Entry(
        id=one.id, kind=one.kind, written_at=one.written_at, author=one.author_name, words=one.words,
        reason=one.reason, follow_up=one.follow_up, decision=one.decision, outcome=one.outcome,
        contact=one.contact or "", contact_name=one.contact_name, contact_reference=one.contact_reference,
        owner=one.owner_name, person=one.person_name, attendees=one.attendees, took_place_at=one.took_place_at,
        awaits_answer=one.awaits_answer, referral=one.referral or "", result=one.result or "",
        informed=one.informed or "", risk_before=one.risk_before or "", risk_after=one.risk_after or "",
        changes=tuple(_change(each) for each in one.changes), proof=one.proof_name, closes=one.action_id,
        due_on=one.due_on, done_at=one.done_at, corrects=one.supersedes_id,
    )  # fmt: skip


def _change(one: StoryChange) -> Change:
    return Change(field=one.field, before=_words(one.before), after=_words(one.after))


def _words(value: ChangeValue) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(value)
        case _:
            return str(value)


def _attached(one: File) -> Attached:
    return Attached(
        id=one.id, path=f"attachments/{one.id}.{BY_TYPE[one.media_type].extension}", name=one.name,
        media_type=one.media_type, size=one.size, sha256=one.sha256, note=one.note, attached_at=one.attached_at,
        attached_by=one.attached_by_name,
    )  # fmt: skip
