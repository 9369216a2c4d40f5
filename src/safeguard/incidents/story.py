"""One incident as it is read: its facts, the people in it, and the entries that follow it up.

One constant statement builds all of it as JSON, which is decoded straight into these structs.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID

import msgspec

from safeguard.attachments.queries import File
from safeguard.people.twins import SAME
from safeguard.standards.frameworks import BUILT_IN

State = Literal["new", "open", "closed"]
Risk = Literal["unassessed", "low", "medium", "high", "emergency"]
Precision = Literal["unknown", "minute", "day", "period", "about"]
PersonRole = Literal["affected", "alleged", "witness", "reporter", "other"]
PersonKind = Literal["child", "adult", "unknown"]
ParentsInformed = Literal["not_said", "yes", "no", "not_yet", "not_needed"]
EntryKind = Literal[
    "note", "decision", "action", "completion", "contact", "answer", "message", "informing", "person_outcome", "plan",
    "support", "lesson", "review", "link", "unlinking", "assignment", "risk_change", "classification", "correction",
    "acknowledgement", "closing", "reopening",
]  # fmt: skip
Referral = Literal["made", "not_made"]
Informed = Literal["yes", "no", "not_yet", "not_needed"]


ChangeValue: TypeAlias = str | int | bool | list[str] | None


class Answer(msgspec.Struct, frozen=True):
    """An answer to one of the organisation's own questions, with the question as it was asked."""

    code: str
    asked: str
    said: str
    """A day is ISO 8601, yes and no are "yes" and "no"."""
    kind: str = "text"
    identifies: bool = True


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an incident now: the columns of its current version."""

    id: UUID
    reference: str
    version: int = 1
    state: State = "new"
    risk: Risk = "unassessed"
    recorded_at: datetime
    recorded_by: UUID | None
    recorded_by_name: str
    happened_from: datetime | None = None
    happened_until: datetime | None = None
    happened_precision: Precision = "unknown"
    happened_words: str = ""
    discovered_at: datetime | None = None
    place: str | None = None
    place_detail: str = ""
    platforms: tuple[str, ...] = ()
    device: str | None = None
    accounts: str = ""
    four_c: tuple[str, ...] = ()
    risk_areas: tuple[str, ...] = ()
    issue_types: tuple[str, ...] = ()
    narrative: str
    child_words: str = ""
    immediate_action: str = ""
    danger_now: bool | None = None
    lead_told: bool | None = None
    parents_informed: ParentsInformed = "not_said"
    parents_reason: str = ""
    acknowledged_at: datetime | None = None
    acknowledged_by: UUID | None = None
    closed_at: datetime | None = None
    closed_by: UUID | None = None
    closing_summary: str | None = None
    closing_follow_up: str | None = None
    closing_decision: str | None = None
    closing_outcome: str | None = None
    assigned_to: UUID | None = None
    assigned_name: str = ""
    reported_type: str | None = None
    form_version: int | None = None
    answers: tuple[Answer, ...] = ()
    last_activity_at: datetime
    imported_at: datetime | None = None
    """When it came from an earlier product; `recorded_at` is then when it was written there."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One person in this incident, with the role they have in this one."""

    id: UUID
    position: int
    role: PersonRole
    kind: PersonKind = "unknown"
    connection: str | None = None
    name: str
    group_name: str = ""
    notes: str = ""
    removed_at: datetime | None = None
    person_id: UUID | None = None
    """Who this is in the list of people; the name stays as it was written."""


class Change(msgspec.Struct, frozen=True):
    """One field of a correction, before and after."""

    field: str
    before: ChangeValue
    after: ChangeValue


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Something added to the story. Its words never change; `supersedes_id` names an entry that it corrects."""

    id: UUID
    incident_id: UUID
    kind: EntryKind
    version: int = 1
    written_at: datetime
    author_id: UUID | None = None
    author_name: str
    words: str = ""
    reason: str = ""
    supersedes_id: UUID | None = None
    action_id: UUID | None = None
    owner_id: UUID | None = None
    owner_name: str = ""
    due_on: date | None = None
    done_at: datetime | None = None
    contact: str | None = None
    contact_name: str = ""
    contact_reference: str = ""
    risk_before: Risk | None = None
    risk_after: Risk | None = None
    changes: tuple[Change, ...] = ()
    follow_up: str = ""
    decision: str = ""
    outcome: str = ""
    shared: bool = False
    remind_on: date | None = None
    took_place_at: datetime | None = None
    awaits_answer: bool = False
    referral: Referral | None = None
    person_id: UUID | None = None
    person_position: int | None = None
    person_name: str = ""
    result: str | None = None
    informed: Informed | None = None
    attendees: str = ""
    controls: tuple[str, ...] = ()
    linked_id: UUID | None = None
    linked_reference: str = ""
    proof_file_id: UUID | None = None
    """Of a completion: a file of this incident that shows it."""
    proof_item_id: UUID | None = None
    """Or an item of the organisation's evidence."""
    proof_name: str = ""
    """What that is called, as it was then."""


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """Another incident that somebody linked to this one, as far as the reader may know of it."""

    entry_id: UUID
    id: UUID
    reference: str
    state: State
    risk: Risk
    beginning: str = ""


class Flagged(msgspec.Struct, frozen=True, kw_only=True):
    """What must be known at once of somebody in an incident, as the list of people says it today."""

    id: UUID
    """Of the person in this incident."""
    flag: str
    since: datetime | None = None
    """Since when that is known of them here: the later of the flag and of who they are; None for as long as anybody
    can tell."""


class Story(msgspec.Struct, frozen=True):
    """An incident with everything that a reader may see of it, the entries oldest first."""

    facts: Facts
    people: tuple[Person, ...] = ()
    entries: tuple[Entry, ...] = ()
    links: tuple[Linked, ...] = ()
    files: tuple[File, ...] = ()
    flagged: tuple[Flagged, ...] = ()
    labels: Mapping[str, str] = {}
    """How each question was put in the form that it was made with, by its code; none where nobody read it."""
    own_controls: Mapping[str, str] = {}
    """What the controls are called that the organisation added to the standards, by code: a lesson may name one."""

    @property
    def present(self) -> tuple[Person, ...]:
        """The people whom the current version names."""
        return tuple(person for person in self.people if person.removed_at is None)


FACT_COLUMNS = tuple(field.name for field in msgspec.structs.fields(Facts))
PERSON_COLUMNS = tuple(field.name for field in msgspec.structs.fields(Person))
ENTRY_COLUMNS = tuple(field.name for field in msgspec.structs.fields(Entry))


def columns(names: tuple[str, ...], alias: str) -> str:
    """`alias.first, alias.second, ...`, for a statement that is put together once, at import."""
    return ", ".join(f"{alias}.{name}" for name in names)


FACTS_JSON = f"(select row_to_json(f) from (select {columns(FACT_COLUMNS, 'i')}) f)"  # noqa: S608  our own constants
PEOPLE_JSON = f"""coalesce((select json_agg(p order by p.position, p.id) from (
    select {columns(PERSON_COLUMNS, "n")} from public.incident_people n
    where n.organisation_id = i.organisation_id and n.incident_id = i.id) p), '[]'::json)"""  # noqa: S608  our own constants

FLAGGED_JSON = f"""coalesce((
    select json_agg(json_build_object('id', n.id, 'flag', f.flag, 'since', greatest(f.since, n.tied_at)))
    from public.incident_people n
    cross join lateral ({SAME}
        select u.flag, min((p.flags_since ->> u.flag)::timestamptz) as since
        from same s
        join public.people p on p.organisation_id = n.organisation_id and p.id = s.id
        cross join unnest(p.flags) u (flag)
        group by u.flag) f
    where n.organisation_id = i.organisation_id and n.incident_id = i.id and n.removed_at is null
        and n.person_id is not null), '[]'::json)"""  # noqa: S608  our own constants
"""Of whoever each person is, through every duplicate that was merged: no merge loses who answers for a child."""

OWN_CONTROLS_JSON: Final = f"""coalesce((
    select json_object_agg(c.code, c.name) from public.own_controls c
    where c.organisation_id = i.organisation_id and c.framework = '{BUILT_IN}'), '{{}}'::json)"""  # noqa: S608  our own constants

decode_story = msgspec.json.Decoder(Story).decode


def people_of(values: Mapping[str, Any]) -> tuple[Person, ...]:
    """The people of a committed version: `people.2.name` is the name of the one at position 2."""
    found: dict[int, dict[str, Any]] = {}
    for name, value in values.items():
        if name.startswith("people."):
            _, position, what = name.split(".", 2)
            found.setdefault(int(position), {})[what] = value
    return tuple(
        msgspec.convert({"name": ""} | found[position] | {"id": UUID(int=position), "position": position}, Person)
        for position in sorted(found)
    )


def as_reporter_sees(story: Story) -> Story:
    """What somebody who reported an incident may see of it: their own words, that it was received, what is shared."""
    facts = msgspec.structs.replace(
        story.facts,
        risk="unassessed", four_c=(), risk_areas=(), issue_types=(), parents_informed="not_said", parents_reason="",
        closing_summary=None, closing_follow_up=None, closing_decision=None, closing_outcome=None,
        assigned_to=None, assigned_name="",
    )  # fmt: skip
    people = tuple(msgspec.structs.replace(person, person_id=None) for person in story.people)
    return Story(facts, people, tuple(entry for entry in story.entries if entry.shared))
