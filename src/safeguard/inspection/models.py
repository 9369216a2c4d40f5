"""The tables of inspections, as models: what the migration made, held against it by a test."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, ForeignKeyConstraint, Index, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, identifies, plain, words

MOMENT = DateTime(timezone=True)
MEMBER = ["memberships.organisation_id", "memberships.user_id"]
INSPECTION = ["inspections.organisation_id", "inspections.id"]


class Inspection(Owned, Base):
    """Somebody from outside may read some packs, until a moment."""

    __tablename__ = "inspections"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "created_by"], MEMBER, name="inspections_created_by_fkey"),
        ForeignKeyConstraint(["organisation_id", "ended_by"], MEMBER, name="inspections_ended_by_fkey"),
        CheckConstraint("length(inspector) between 1 and 200", name="inspector"),
        CheckConstraint("length(purpose) between 1 and 2000", name="purpose"),
        CheckConstraint("email = lower(email)", name="email"),
        CheckConstraint("expires_at > created_at", name="expires"),
        CheckConstraint(
            "num_nonnulls(live_from, live_until) in (0, 2) and (live_until is null or live_until >= live_from)",
            name="live",
        ),
        Index("inspections_list", "organisation_id", "created_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    inspector: Mapped[str] = mapped_column(Text, info=identifies(committed=True))
    email: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    body: Mapped[str] = mapped_column(Text, info=plain())
    purpose: Mapped[str] = mapped_column(Text, info=words())
    created_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    created_by: Mapped[UUID] = mapped_column(Uuid, info=plain())
    expires_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    ended_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    live_from: Mapped[date | None] = mapped_column(Date, info=plain())
    """Incidents recorded from this day to `live_until` may be read as they stand, besides the packs."""
    live_until: Mapped[date | None] = mapped_column(Date, info=plain())


class InspectionPack(Base):
    """A pack that an inspector was given, under one of their own headings."""

    __tablename__ = "inspection_packs"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "inspection_id"], INSPECTION, name="inspection_packs_inspection_fkey"),
        ForeignKeyConstraint(
            ["organisation_id", "pack_id"], ["packs.organisation_id", "packs.id"], name="inspection_packs_pack_fkey"
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    inspection_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    pack_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    heading: Mapped[str] = mapped_column(Text, info=plain())
    added_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())


class InspectionNote(Owned, Base):
    """What an inspector noted for themselves, or asked; and what the lead answered."""

    __tablename__ = "inspection_notes"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "inspection_id"], INSPECTION, name="inspection_notes_inspection_fkey"),
        ForeignKeyConstraint(["organisation_id", "written_by"], MEMBER, name="inspection_notes_written_by_fkey"),
        ForeignKeyConstraint(
            ["organisation_id", "answers"],
            ["inspection_notes.organisation_id", "inspection_notes.id"],
            name="inspection_notes_answers_fkey",
        ),
        ForeignKeyConstraint(
            ["organisation_id", "pack_id"], ["packs.organisation_id", "packs.id"], name="inspection_notes_pack_fkey"
        ),
        CheckConstraint("kind in ('note', 'question', 'answer')", name="kind"),
        CheckConstraint("(kind = 'answer') = (answers is not null)", name="answers"),
        CheckConstraint("length(words) between 1 and 10000", name="words"),
        Index("inspection_notes_list", "organisation_id", "inspection_id", "written_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    inspection_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    kind: Mapped[str] = mapped_column(Text, info=plain())
    words: Mapped[str] = mapped_column(Text, info=words())
    written_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    written_by: Mapped[UUID] = mapped_column(Uuid, info=plain())
    answers: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    pack_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    """Further evidence that came with an answer."""


class InspectionOpening(Owned, Base):
    """What an inspector opened: the organisation reads it when the access has run out, and not before."""

    __tablename__ = "inspection_openings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "inspection_id"], INSPECTION, name="inspection_openings_inspection_fkey"
        ),
        ForeignKeyConstraint(["organisation_id", "user_id"], MEMBER, name="inspection_openings_user_fkey"),
        CheckConstraint("what in ('room', 'pack', 'record', 'report', 'download', 'search')", name="what"),
        Index("inspection_openings_list", "organisation_id", "inspection_id", "opened_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    inspection_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    user_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    what: Mapped[str] = mapped_column(Text, info=plain())
    pack_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    record: Mapped[str | None] = mapped_column(Text, info=plain())
    opened_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    until: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    """When the access runs out, as it stood then."""
