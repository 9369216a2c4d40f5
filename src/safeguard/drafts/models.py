"""The table of drafts. What somebody typed is sealed; where they typed it is plain."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, plain, words

MOMENT = DateTime(timezone=True)


class DraftRow(Owned, Base):
    """One form that somebody has begun to fill in."""

    __tablename__ = "drafts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "user_id"], ["memberships.organisation_id", "memberships.user_id"],
            name="drafts_user_fkey",
        ),
        ForeignKeyConstraint(
            ["organisation_id", "incident_id"], ["incidents.organisation_id", "incidents.id"],
            name="drafts_incident_fkey",
        ),
        CheckConstraint("place ~ '^/[a-z]' and length(place) <= 300", name="place"),
        Index("drafts_own", "organisation_id", "user_id", text("saved_at desc")),
        Index("drafts_incident", "organisation_id", "incident_id"),
        Index("drafts_expiry", "expires_at"),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    user_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    place: Mapped[str] = mapped_column(Text, info=plain(exported=False))
    """The address of the form."""
    incident_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=words(committed=False, exported=False))
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    saved_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    expires_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
