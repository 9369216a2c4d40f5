"""What somebody was told, and how they want to be told. Neither holds a word that anybody typed."""

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    Time,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, plain

MOMENT = DateTime(timezone=True)
EACH = text("'each'")


class Notice(Owned, Base):
    """One thing that one person was told. Opening what it is about asks for their rights there."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("organisation_id", "recipient_id", "key", name="notices_once_key"),
        ForeignKeyConstraint(
            ["organisation_id", "recipient_id"], ["memberships.organisation_id", "memberships.user_id"],
            name="notices_recipient_fkey",
        ),
        ForeignKeyConstraint(
            ["organisation_id", "incident_id"], ["incidents.organisation_id", "incidents.id"],
            name="notices_incident_fkey",
        ),
        CheckConstraint("event ~ '^[a-z_]+[.][a-z_]+$'", name="event"),
        Index("notices_inbox", "organisation_id", "recipient_id", text("created_at desc"), text("id desc")),
        Index("notices_unread", "organisation_id", "recipient_id", postgresql_where=text("read_at is null")),
        Index("notices_incident", "organisation_id", "incident_id"),
        Index("notices_subject", "organisation_id", "subject_id"),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    recipient_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    event: Mapped[str] = mapped_column(Text, info=plain())
    subject_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    incident_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    key: Mapped[str] = mapped_column(Text, info=plain(exported=False))
    """What makes it one of a kind for its recipient: the event, its subject, the round."""
    created_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    read_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())


class NoticeChoices(Base):
    """How somebody wants mail, in one organisation. Without a row: one mail for each notice."""

    __tablename__ = "notice_choices"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "user_id"], ["memberships.organisation_id", "memberships.user_id"],
            name="notice_choices_user_fkey",
        ),
        CheckConstraint("duty in ('each', 'digest')", name="duty"),
        CheckConstraint("tasks in ('each', 'digest', 'none')", name="tasks"),
        CheckConstraint("updates in ('each', 'digest', 'none')", name="updates"),
        CheckConstraint("(quiet_from is null) = (quiet_until is null)", name="quiet"),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    user_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    duty: Mapped[str] = mapped_column(Text, server_default=EACH, info=plain())
    """New reports and what nobody has answered: can be gathered, and never be switched off."""
    tasks: Mapped[str] = mapped_column(Text, server_default=EACH, info=plain())
    updates: Mapped[str] = mapped_column(Text, server_default=EACH, info=plain())
    quiet_from: Mapped[time | None] = mapped_column(Time, info=plain())
    quiet_until: Mapped[time | None] = mapped_column(Time, info=plain())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    changed_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
