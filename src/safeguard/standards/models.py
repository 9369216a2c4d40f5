"""The tables of this room, and how each column is redacted, exported and committed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
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
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, identifies, plain
from safeguard.database.base import words as free_text  # an improvement has a column of that name

EMPTY = text("''")
NONE = text("'{}'")


def _member(name: str, column: str) -> ForeignKeyConstraint:
    people = ["memberships.organisation_id", "memberships.user_id"]
    return ForeignKeyConstraint(["organisation_id", column], people, name=name)


class Review(Owned, Base):
    """An organisation looking at itself against one framework, once: open, then signed off."""

    __tablename__ = "reviews"
    __table_args__ = (
        _member("reviews_started_by_fkey", "started_by"),
        _member("reviews_signed_by_fkey", "signed_by"),
        ForeignKeyConstraint(
            ["organisation_id", "framework_digest"], ["framework_texts.organisation_id", "framework_texts.digest"],
            name="reviews_framework_digest_fkey",
        ),
        CheckConstraint("scope in ('first', 'full')", name="scope"),
        CheckConstraint("state in ('open', 'signed')", name="state"),
        CheckConstraint("(state = 'signed') = (signed_at is not null)", name="signed"),
        Index("reviews_open", "organisation_id", "framework", unique=True, postgresql_where=text("state = 'open'")),
        Index("reviews_list", "organisation_id", "framework", desc("started_at"), desc("id")),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    framework: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    framework_version: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    """The version whose sentences were read when the levels were given."""
    framework_digest: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    """SHA-256 of its text, where it is a standard of the service: what was read, whatever the version says later."""
    scale: Mapped[int | None] = mapped_column(Integer, info=plain())
    """How many levels that edition has."""
    editions_left: Mapped[Any] = mapped_column(JSONB, server_default=text("'[]'"), info=plain())
    """(version, digest, levels) of the editions that it went on from: a way back until it is signed."""
    scope: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    state: Mapped[str] = mapped_column(Text, server_default="open", info=plain(committed=True))
    statement: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    started_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    started_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    signed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    signed_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    signed_by_name: Mapped[str | None] = mapped_column(Text, info=identifies())


class Rating(Owned, Base):
    """Where one control stands in one review, and why it is judged so."""

    __tablename__ = "ratings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "review_id"], ["reviews.organisation_id", "reviews.id"], name="ratings_review_fkey"
        ),
        _member("ratings_judged_by_fkey", "judged_by"),
        UniqueConstraint("organisation_id", "review_id", "control", name="ratings_control_key"),
        CheckConstraint("level between 1 and 9", name="level"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    review_id: Mapped[UUID] = mapped_column(Uuid, info=plain(committed=True))
    control: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    level: Mapped[int | None] = mapped_column(Integer, info=plain(committed=True))
    commentary: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    framework_version: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    """The edition whose sentence was read, whatever its review goes on with; None: that of the review."""
    framework_digest: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    scale: Mapped[int | None] = mapped_column(Integer, info=plain(committed=True))
    """How many levels that edition has."""
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    judged_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    judged_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    judged_by_name: Mapped[str] = mapped_column(Text, info=identifies())


class EvidenceItem(Owned, Base):
    """Something that shows where an organisation stands: a policy, a record of training, a photograph of a display."""

    __tablename__ = "evidence_items"
    __table_args__ = (
        _member("evidence_items_added_by_fkey", "added_by"),
        CheckConstraint("renew_on is null or renew_on >= dated_on", name="renew"),
        Index("evidence_items_list", "organisation_id", desc("added_at"), desc("id")),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    kind: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    title: Mapped[str] = mapped_column(Text, info=free_text())
    description: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    kept_at: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    """Where it can be seen: a place, a folder, an address on the web, as text."""
    dated_on: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    renew_on: Mapped[date | None] = mapped_column(Date, info=plain(committed=True))
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    added_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    added_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    added_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    withdrawn_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())


class EvidenceControl(Owned, Base):
    """That an item supports a control: one item, controls of several frameworks."""

    __tablename__ = "evidence_controls"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "item_id"], ["evidence_items.organisation_id", "evidence_items.id"],
            name="evidence_controls_item_fkey",
        ),
        UniqueConstraint("organisation_id", "item_id", "framework", "control", name="evidence_controls_item_key"),
        Index("evidence_controls_control", "organisation_id", "framework", "control"),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    item_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    framework: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    control: Mapped[str] = mapped_column(Text, info=plain(committed=True))


class EvidenceFile(Owned, Base):
    """A file of an item of evidence: sealed in the object store, checked before anybody opens it, never replaced."""

    __tablename__ = "evidence_files"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "item_id"], ["evidence_items.organisation_id", "evidence_items.id"],
            name="evidence_files_item_fkey",
        ),
        _member("evidence_files_attached_by_fkey", "attached_by"),
        UniqueConstraint("organisation_id", "object_name", name="evidence_files_object_key"),
        CheckConstraint("state in ('waiting', 'clean', 'infected')", name="state"),
        CheckConstraint("locked_why is null or locked_why in ('found', 'mistaken')", name="locked"),
        Index("evidence_files_item", "organisation_id", "item_id", "attached_at", "id"),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    item_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    name: Mapped[str] = mapped_column(Text, info=free_text())
    note: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    media_type: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    size: Mapped[int] = mapped_column(BigInteger, info=plain(committed=True))
    sha256: Mapped[bytes] = mapped_column(LargeBinary, info=plain(committed=True))
    object_name: Mapped[str] = mapped_column(Text, info=plain(exported=False))
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary, info=plain(exported=False))
    """The key of the stored file under the organisation's: erasing it erases the file."""
    state: Mapped[str] = mapped_column(Text, server_default="waiting", info=plain())
    finding: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain())
    scanner: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain())
    scanned_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain())
    attached_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    attached_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    attached_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    locked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain())
    locked_why: Mapped[str | None] = mapped_column(Text, info=plain())
    """`found`: it shows what nobody may look at; `mistaken`: it should not be here."""
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())


class Improvement(Owned, Base):
    """Something that is done so that a control stands better: from a review, an incident's lesson, an audit."""

    __tablename__ = "improvements"
    __table_args__ = (
        _member("improvements_owner_fkey", "owner_id"),
        _member("improvements_planned_by_fkey", "planned_by"),
        CheckConstraint("source in ('review', 'incident', 'audit', 'other')", name="source"),
        CheckConstraint("state in ('planned', 'doing', 'done', 'dropped')", name="state"),
        CheckConstraint("(state in ('done', 'dropped')) = (finished_at is not null)", name="finished"),
        Index(
            "improvements_open", "organisation_id", "due_on", "id",
            postgresql_where=text("state in ('planned', 'doing')"),
        ),
        Index("improvements_list", "organisation_id", desc("planned_at"), desc("id")),
        Index("improvements_control", "organisation_id", "framework", "control"),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    framework: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    control: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    source: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    origin_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    """The incident or the inspection that it came from: it is named to whoever may know of it, and holds nothing."""
    level_then: Mapped[int | None] = mapped_column(Integer, info=plain(committed=True))
    """Where its control stood when it was planned."""
    words: Mapped[str] = mapped_column(Text, info=free_text())
    owner_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    owner_name: Mapped[str] = mapped_column(Text, info=identifies())
    due_on: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    state: Mapped[str] = mapped_column(Text, server_default="planned", info=plain(committed=True))
    progress: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    effect: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    """What it changed, in levels and in incidents: said when it is done."""
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    planned_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    planned_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    planned_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))


class OwnFramework(Owned, Base):
    """One edition of a framework that an organisation imported. It is never changed: reviews were made with it."""

    __tablename__ = "own_frameworks"
    __table_args__ = (
        _member("own_frameworks_imported_by_fkey", "imported_by"),
        UniqueConstraint("organisation_id", "code", "edition", name="own_frameworks_edition_key"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    code: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    edition: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    name: Mapped[str] = mapped_column(Text, info=free_text())
    body: Mapped[str] = mapped_column(Text, info=free_text(committed=False))
    """The whole framework as JSON, in the shape of the files in `tenants/frameworks`."""
    controls: Mapped[int] = mapped_column(Integer, info=plain())
    imported_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    imported_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    imported_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    """Since when it is offered no more. An edition that is imported later is offered."""


class FrameworkText(Owned, Base):
    """A standard of the service as a review was made with it: kept once for each wording, never changed."""

    __tablename__ = "framework_texts"
    __table_args__ = (
        UniqueConstraint("organisation_id", "digest", name="framework_texts_digest_key"),
        CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    code: Mapped[str] = mapped_column(Text, info=plain())
    edition: Mapped[str] = mapped_column(Text, info=plain())
    digest: Mapped[str] = mapped_column(Text, info=plain())
    body: Mapped[str] = mapped_column(Text, info=plain())
    """The whole framework as JSON, in the shape of the files in `tenants/frameworks`."""
    kept_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain())


class OwnControl(Owned, Base):
    """A control that an organisation added to a framework which is not its own."""

    __tablename__ = "own_controls"
    __table_args__ = (
        _member("own_controls_added_by_fkey", "added_by"),
        UniqueConstraint("organisation_id", "framework", "code", name="own_controls_code_key"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    framework: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    code: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    objective: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    name: Mapped[str] = mapped_column(Text, info=free_text())
    levels: Mapped[list[str]] = mapped_column(ARRAY(Text), info=free_text())
    added_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    added_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    added_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    """Since when new reviews do not ask it."""


class OwnResource(Owned, Base):
    """Something that helps, which an organisation put into the library for itself."""

    __tablename__ = "own_resources"
    __table_args__ = (
        _member("own_resources_added_by_fkey", "added_by"),
        CheckConstraint("kind in ('guidance', 'service', 'question')", name="kind"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    kind: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    title: Mapped[str] = mapped_column(Text, info=free_text())
    """Of a question what is asked; its answer is the summary."""
    summary: Mapped[str] = mapped_column(Text, info=free_text())
    links: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=NONE, info=free_text())
    """Where it is to be found, as text: an address on the web, a room, a telephone."""
    controls: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=NONE, info=plain(committed=True))
    risk_areas: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=NONE, info=plain(committed=True))
    issues: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=NONE, info=plain(committed=True))
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    added_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    added_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    added_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    withdrawn_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
