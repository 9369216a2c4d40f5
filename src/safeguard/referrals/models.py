"""The tables of this room, as models: what the migration made, held against it by a test."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    Uuid,
    desc,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, identifies, plain, words

MOMENT = DateTime(timezone=True)
EMPTY = text("''")


def _incident(table: str) -> ForeignKeyConstraint:
    ours = ["incidents.organisation_id", "incidents.id"]
    return ForeignKeyConstraint(["organisation_id", "incident_id"], ours, name=f"{table}_incident_fkey")


def _member(table: str, column: str, name: str) -> ForeignKeyConstraint:
    people = ["memberships.organisation_id", "memberships.user_id"]
    return ForeignKeyConstraint(["organisation_id", column], people, name=f"{table}_{name}_fkey")


class Referral(Owned, Base):
    """One referral to a helpline, as the organisation that made it knows it."""

    __tablename__ = "referrals"
    __table_args__ = (
        _incident("referrals"),
        _member("referrals", "sent_by", "sent_by"),
        UniqueConstraint("organisation_id", "reference", name="referrals_reference_key"),
        Index("referrals_list", "organisation_id", desc("last_activity_at"), desc("id")),
        Index("referrals_incident", "organisation_id", "incident_id", "sent_at", "id"),
    )

    incident_id: Mapped[UUID] = mapped_column(Uuid, info=plain(committed=True))
    helpline_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    helpline_name: Mapped[str] = mapped_column(Text, info=plain())
    reference: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    """What both sides call it; not the incident's."""
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    state: Mapped[str] = mapped_column(Text, server_default=text("'submitted'"), info=plain(committed=True))
    urgency: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    asked: Mapped[list[str]] = mapped_column(ARRAY(Text), info=plain(committed=True))
    lawful_basis: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    condition: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    reason: Mapped[str] = mapped_column(Text, info=words())
    pseudonyms: Mapped[Any] = mapped_column(JSONB, server_default=text("'[]'"), nullable=False, info=identifies())
    """[{pseudonym, person}]: who is who, which only this side knows."""
    case_reference: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain(committed=True))
    """What the helpline calls it."""
    sent_at: Mapped[datetime] = mapped_column(MOMENT, info=plain(committed=True))
    sent_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    sent_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    closed_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain(committed=True))
    outcome: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain(committed=True))
    helpful: Mapped[int | None] = mapped_column(Integer, info=plain(committed=True))
    feedback: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=words())
    last_activity_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())


class ReferralStep(Owned, Base):
    """Something that was said on a referral, by either side: the body exactly as it left or as it came."""

    __tablename__ = "referral_steps"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "referral_id"], ["referrals.organisation_id", "referrals.id"],
            name="referral_steps_referral_fkey",
        ),
        _incident("referral_steps"),
        _member("referral_steps", "author_id", "author"),
        ForeignKeyConstraint(
            ["organisation_id", "outbox_id"], ["channel_outbox.organisation_id", "channel_outbox.id"],
            name="referral_steps_outbox_fkey",
        ),
        Index("referral_steps_referral", "organisation_id", "referral_id", "at", "id"),
    )  # fmt: skip

    referral_id: Mapped[UUID] = mapped_column(Uuid)
    incident_id: Mapped[UUID] = mapped_column(Uuid)
    direction: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    kind: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    body: Mapped[Any] = mapped_column(JSONB, nullable=False, info=words())
    at: Mapped[datetime] = mapped_column(MOMENT, info=plain(committed=True))
    author_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    author_name: Mapped[str] = mapped_column(Text, info=identifies())
    outbox_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())


class ReferralFile(Owned, Base):
    """A file of the incident that was chosen to go with a referral, and how far it is.

    What was said of it stands in the referral's first step; the key that opens it on its way only in its envelope.
    """

    __tablename__ = "referral_files"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "referral_id"], ["referrals.organisation_id", "referrals.id"],
            name="referral_files_referral_fkey",
        ),
        ForeignKeyConstraint(
            ["organisation_id", "incident_id", "incident_blocks"],
            ["incidents.organisation_id", "incidents.id", "incidents.blocks_attachments"],
            name="referral_files_incident_fkey", onupdate="CASCADE",
        ),
        ForeignKeyConstraint(
            ["organisation_id", "incident_id", "attachment_id"],
            ["attachments.organisation_id", "attachments.incident_id", "attachments.id"],
            name="referral_files_attachment_fkey",
        ),
        ForeignKeyConstraint(
            ["organisation_id", "outbox_id"], ["channel_outbox.organisation_id", "channel_outbox.id"],
            name="referral_files_outbox_fkey",
        ),
        UniqueConstraint("organisation_id", "referral_id", "attachment_id", name="referral_files_once_key"),
        Index("referral_files_incident", "organisation_id", "incident_id"),
    )  # fmt: skip

    referral_id: Mapped[UUID] = mapped_column(Uuid)
    incident_id: Mapped[UUID] = mapped_column(Uuid)
    incident_blocks: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), info=plain())
    """What the incident says of itself, brought here by the foreign key: never written by the app."""
    attachment_id: Mapped[UUID] = mapped_column(Uuid)
    state: Mapped[str] = mapped_column(Text, server_default="waiting", info=plain())
    fault: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain())
    """Why it was kept back or not taken, a code of `wording.FILE_FAULTS`."""
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    object_name: Mapped[str | None] = mapped_column(Text, info=plain(exported=False))
    outbox_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    changed_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
