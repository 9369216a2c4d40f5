"""The tables of this room, and how each column is redacted, exported and committed.

Models serve the schema check and the column registry. Reading and writing go through constant SQL at the driver's
level beside each verb: at this size of row the ORM costs seven times the processor time of the statement itself.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    desc,
    text,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, identifies, plain
from safeguard.database.base import words as free_text  # an entry has a column of that name
from safeguard.tenancy.blocking import BLOCKED_TYPES

EMPTY = text("''")
NO_CODES = text("'{}'")
BLOCKING = "issue_types && array[" + ", ".join(f"'{code}'" for code in BLOCKED_TYPES) + "]"
RANK = text(
    "CASE risk WHEN 'emergency'::text THEN 0 WHEN 'high'::text THEN 1 WHEN 'unassessed'::text THEN 2 "
    "WHEN 'medium'::text THEN 3 ELSE 4 END"
)
"""Risk as the inbox sorts it: what nobody has assessed may be anything, and comes before what is known to be less."""


def _member(name: str, column: str) -> ForeignKeyConstraint:
    """A person of the same organisation: foreign keys ignore row security, so the organisation is in the key."""
    people = ["memberships.organisation_id", "memberships.user_id"]
    return ForeignKeyConstraint(["organisation_id", column], people, name=name)


def _incident(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["organisation_id", "incident_id"],
        ["incidents.organisation_id", "incidents.id"],
        name=f"{table}_incident_fkey",
    )


class Incident(Owned, Base):
    """Something that happened, or may have happened, to a person in our care.

    What is learnt later is another Entry; a correction is another version, and the earlier one stays in the log's
    committed documents. Fields: KCSIE's record-keeping, and what the helpline asks for.
    """

    __tablename__ = "incidents"
    __table_args__ = (
        UniqueConstraint("organisation_id", "reference", name="incidents_reference_key"),
        UniqueConstraint("organisation_id", "id", "blocks_attachments", name="incidents_blocking_key"),
        _member("incidents_recorded_by_fkey", "recorded_by"),
        _member("incidents_acknowledged_by_fkey", "acknowledged_by"),
        _member("incidents_closed_by_fkey", "closed_by"),
        _member("incidents_assigned_to_fkey", "assigned_to"),
        CheckConstraint("state in ('new', 'open', 'closed')", name="state"),
        CheckConstraint("risk in ('unassessed', 'low', 'medium', 'high', 'emergency')", name="risk"),
        CheckConstraint("jsonb_typeof(answers) = 'array'", name="answers"),
        ForeignKeyConstraint(
            ["organisation_id", "form_version"], ["form_versions.organisation_id", "form_versions.number"],
            name="incidents_form_fkey",
        ),
        Index("incidents_list", "organisation_id", desc("recorded_at"), desc("id")),
        Index(
            "incidents_open", "organisation_id", desc("recorded_at"), desc("id"),
            postgresql_where=text("state <> 'closed'"),
        ),
        Index(
            "incidents_closed", "organisation_id", desc("recorded_at"), desc("id"),
            postgresql_where=text("state = 'closed'"),
        ),
        Index(
            "incidents_risk", "organisation_id", "risk", desc("recorded_at"), desc("id"),
            postgresql_where=text("risk <> 'unassessed'"),
        ),
        Index(
            "incidents_unread", "organisation_id",
            text("CASE risk WHEN 'emergency'::text THEN 0 WHEN 'high'::text THEN 1 ELSE 2 END"), "recorded_at",
            postgresql_where=text("state = 'new'"),
        ),
        Index(
            "incidents_unassigned", "organisation_id", RANK, "recorded_at", "id",
            postgresql_where=text("state = 'open' and assigned_to is null"),
        ),
        Index(
            "incidents_assigned", "organisation_id", "assigned_to", RANK, "recorded_at", "id",
            postgresql_where=text("state = 'open' and assigned_to is not null"),
        ),
        Index("incidents_quiet", "organisation_id", "last_activity_at", postgresql_where=text("state = 'open'")),
        Index("incidents_heard", "organisation_id", "heard_at", "id", postgresql_where=text("heard_at is not null")),
        Index("incidents_restricted", "organisation_id", "id", postgresql_where=text("restricted_at is not null")),
        Index("incidents_own", "organisation_id", "recorded_by", desc("recorded_at"), desc("id")),
        Index(
            "incidents_words", "organisation_id", "tsv", postgresql_using="gin", postgresql_with={"fastupdate": "on"}
        ),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    reference: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    """Random, K7Q-3MX: no gaps to count."""
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    state: Mapped[str] = mapped_column(Text, server_default="new", info=plain(committed=True))
    risk: Mapped[str] = mapped_column(Text, server_default="unassessed", info=plain(committed=True))
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    recorded_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    recorded_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    imported_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    """When it came from an earlier product: then `recorded_at` is when it was written there."""
    happened_from: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    happened_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    happened_precision: Mapped[str] = mapped_column(Text, server_default="unknown", info=plain(committed=True))
    happened_words: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    discovered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    place: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    place_detail: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    platforms: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=NO_CODES, info=plain(committed=True))
    device: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    accounts: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    """Accounts, addresses and handles as text: never fetched, never previewed."""
    four_c: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=NO_CODES, info=plain(committed=True))
    risk_areas: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=NO_CODES, info=plain(committed=True))
    issue_types: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=NO_CODES, info=plain(committed=True))
    narrative: Mapped[str] = mapped_column(Text, info=free_text())
    child_words: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    immediate_action: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    danger_now: Mapped[bool | None] = mapped_column(Boolean, info=plain(committed=True))
    lead_told: Mapped[bool | None] = mapped_column(Boolean, info=plain(committed=True))
    parents_informed: Mapped[str] = mapped_column(Text, server_default="not_said", info=plain(committed=True))
    parents_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    acknowledged_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    acknowledged_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    closed_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    closing_summary: Mapped[str | None] = mapped_column(Text, info=free_text())
    closing_follow_up: Mapped[str | None] = mapped_column(Text, info=free_text())
    closing_decision: Mapped[str | None] = mapped_column(Text, info=free_text())
    closing_outcome: Mapped[str | None] = mapped_column(Text, info=free_text())
    assigned_to: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    """Who handles it; None until somebody is named."""
    assigned_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    reported_type: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    """What whoever reported it said that it is about; how it is classified is for those who handle it."""
    form_version: Mapped[int | None] = mapped_column(Integer, info=plain(committed=True))
    """The version of the organisation's form that it was made with; None for the form of its kind."""
    answers: Mapped[Any] = mapped_column(JSONB, server_default=text("'[]'"), nullable=False, info=identifies())
    """To the organisation's own questions: [{code, asked, said, kind, identifies}]."""
    last_activity_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain())
    heard_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain())
    """Since when words of whoever reported it by the public page wait to be read; None when somebody read them."""
    heard_urgent: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), info=plain())
    """Whether any of those words say that somebody may be in danger."""
    restricted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain())
    """Since when only the restricted log hears of it; set by the database, and never taken away."""
    blocks_attachments: Mapped[bool] = mapped_column(Boolean, Computed(BLOCKING, persisted=True), info=plain())
    """Whether one of its types is such that nothing may ever be attached: computed by the database alone."""
    tsv: Mapped[Any] = mapped_column(
        TSVECTOR, server_default=EMPTY, nullable=False, info=free_text(committed=False, exported=False)
    )


class IncidentPerson(Owned, Base):
    """One person in one incident, with a role of their own: linking a second child never copies the first's."""

    __tablename__ = "incident_people"
    __table_args__ = (
        _incident("incident_people"),
        CheckConstraint("role in ('affected', 'alleged', 'witness', 'reporter', 'other')", name="role"),
        CheckConstraint("kind in ('child', 'adult', 'unknown')", name="kind"),
        Index("incident_people_incident", "organisation_id", "incident_id", "position"),
        ForeignKeyConstraint(
            ["organisation_id", "person_id"], ["people.organisation_id", "people.id"],
            name="incident_people_person_fkey",
        ),
        Index(
            "incident_people_person", "organisation_id", "person_id", postgresql_where=text("person_id is not null")
        ),
        Index(
            "incident_people_once", "organisation_id", "incident_id", "person_id", unique=True,
            postgresql_where=text("person_id is not null and removed_at is null"),
        ),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    incident_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    position: Mapped[int] = mapped_column(Integer, info=plain())
    role: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    kind: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    connection: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    """How they belong to the organisation, as its profile names it."""
    name: Mapped[str] = mapped_column(Text, info=identifies())
    group_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    """Year group, team or unit."""
    notes: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    """Named here by mistake, and taken out by a correction: the earlier versions still show them."""
    person_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain(committed=True))
    """Who this is among the people whom the organisation knows; the name stays as it was written."""
    tied_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain())
    """Since when that is said. The database writes it."""


class Entry(Owned, Base):
    """Something added to the story of an incident; its words never change.

    A mistake is corrected by another entry that supersedes this one, and both stay visible.
    """

    __tablename__ = "entries"
    __table_args__ = (
        _incident("entries"),
        _member("entries_author_fkey", "author_id"),
        _member("entries_owner_fkey", "owner_id"),
        ForeignKeyConstraint(
            ["organisation_id", "supersedes_id"], ["entries.organisation_id", "entries.id"],
            name="entries_supersedes_fkey",
        ),
        ForeignKeyConstraint(
            ["organisation_id", "action_id"], ["entries.organisation_id", "entries.id"], name="entries_action_fkey"
        ),
        ForeignKeyConstraint(
            ["organisation_id", "person_id"], ["incident_people.organisation_id", "incident_people.id"],
            name="entries_person_fkey",
        ),
        ForeignKeyConstraint(
            ["organisation_id", "linked_id"], ["incidents.organisation_id", "incidents.id"], name="entries_linked_fkey"
        ),
        ForeignKeyConstraint(
            ["organisation_id", "incident_id", "proof_file_id"],
            ["attachments.organisation_id", "attachments.incident_id", "attachments.id"],
            name="entries_proof_file_fkey", deferrable=True, initially="DEFERRED",
        ),
        ForeignKeyConstraint(
            ["organisation_id", "proof_item_id"], ["evidence_items.organisation_id", "evidence_items.id"],
            name="entries_proof_item_fkey", ondelete="SET NULL (proof_item_id)",
        ),
        UniqueConstraint("organisation_id", "supersedes_id", name="entries_supersedes_key"),
        Index(
            "entries_lessons", "organisation_id", desc("written_at"), desc("id"),
            postgresql_where=text("kind = 'lesson'"),
        ),
        Index("entries_timeline", "organisation_id", "incident_id", "written_at", "id"),
        Index(
            "entries_completion", "organisation_id", "action_id", postgresql_where=text("action_id is not null")
        ),
        Index(
            "entries_due", "organisation_id", "due_on", "id",
            postgresql_where=text("due_on is not null and done_at is null"),
        ),
        Index(
            "entries_link", "organisation_id", "incident_id", "linked_id", unique=True,
            postgresql_where=text("kind = 'link' and done_at is null"),
        ),
        Index("entries_proof_item", "organisation_id", "proof_item_id",
              postgresql_where=text("proof_item_id is not null")),
        Index("entries_linked", "organisation_id", "linked_id", postgresql_where=text("linked_id is not null")),
        Index(
            "entries_awaited", "organisation_id", "written_at", "id",
            postgresql_where=text("kind = 'contact' and awaits_answer and done_at is null"),
        ),
        Index(
            "entries_owned", "organisation_id", "owner_id",
            postgresql_where=text("owner_id is not null and done_at is null and kind in ('action', 'plan')"),
        ),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    incident_id: Mapped[UUID] = mapped_column(Uuid, info=plain(committed=True))
    kind: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    written_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    author_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    author_name: Mapped[str] = mapped_column(Text, info=identifies())
    words: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    supersedes_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain(committed=True))
    action_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain(committed=True))
    """What this closes: for a completion the action, for an answer the contact, for an unlinking the link."""
    owner_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    owner_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    due_on: Mapped[date | None] = mapped_column(Date, info=plain(committed=True))
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    contact: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    """Whom an entry of kind `contact` was with: parents, police, children's social care ..."""
    contact_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    contact_reference: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    risk_before: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    risk_after: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    changes: Mapped[Any] = mapped_column(JSONB, server_default=text("'[]'"), nullable=False, info=free_text())
    """For a correction: [{field, before, after}]."""
    follow_up: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    decision: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    outcome: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    shared: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), info=plain(committed=True))
    """Whether the person who reported the incident sees this entry."""
    remind_on: Mapped[date | None] = mapped_column(Date, info=plain(committed=True))
    """Of an action: when whoever has it is reminded."""
    took_place_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    """When somebody was spoken with or told, or a meeting was held; the entry may be written later."""
    awaits_answer: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), info=plain(committed=True))
    """Of a contact: whether an answer is awaited; `done_at` says when it came."""
    referral: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    """Of a decision about a referral to `contact`: made, or considered and not made."""
    person_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    """Which person of this incident an outcome, a plan, a support record or an informing is about."""
    person_position: Mapped[int | None] = mapped_column(Integer, info=plain(committed=True))
    person_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    result: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    """Of a person's outcome: how it ended for them, a code of `safeguard.incidents.outcomes`."""
    informed: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    """Of an informing: whether `contact` knows."""
    attendees: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    controls: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=NO_CODES, info=plain(committed=True))
    """Of a lesson: controls of the standards that it touches."""
    linked_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain(committed=True))
    linked_reference: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain(committed=True))
    proof_file_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain(committed=True))
    """Of a completion: a file of this incident that shows it."""
    proof_item_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain(committed=True))
    """Or an item of the organisation's evidence."""
    proof_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    """What that is called, as it was then."""


class CalendarFeed(Owned, Base):
    """A secret address at which somebody's own calendar finds deadlines; only the hash of it is kept."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        _member("calendar_feeds_member_fkey", "user_id"),
        UniqueConstraint("organisation_id", "token_hash", name="calendar_feeds_token_key"),
        CheckConstraint("length(token_hash) = 32", name="token"),
        Index("calendar_feeds_by_token", "token_hash"),
        Index("calendar_feeds_member", "organisation_id", "user_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    user_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, info=plain(exported=False))
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain())
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain())
