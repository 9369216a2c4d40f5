"""The table of mail: to whom, by which template, how far. No words of a message are kept: templates hold them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, identifies, plain

MOMENT = DateTime(timezone=True)


class Mail(Owned, Base):
    """One mail. `secret` is its link, sealed, and gone once it has left."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("organisation_id", "key", name="outbox_once_key"),
        ForeignKeyConstraint(
            ["organisation_id", "recipient_id"], ["memberships.organisation_id", "memberships.user_id"],
            name="outbox_recipient_fkey",
        ),
        ForeignKeyConstraint(
            ["organisation_id", "notice_id"], ["notices.organisation_id", "notices.id"], name="outbox_notice_fkey"
        ),
        CheckConstraint("num_nonnulls(recipient_id, address) = 1", name="to"),
        CheckConstraint("address = lower(address) and length(address) between 3 and 254", name="address"),
        CheckConstraint("template ~ '^[a-z_]+$'", name="template"),
        CheckConstraint("length(secret) <= 4000", name="secret"),
        CheckConstraint("state in ('queued', 'sent', 'refused', 'stopped', 'kept')", name="state"),
        Index("outbox_notice", "organisation_id", "notice_id", postgresql_where=text("notice_id is not null")),
        Index("outbox_about", "organisation_id", "about_id", postgresql_where=text("about_id is not null")),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    recipient_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    address: Mapped[str | None] = mapped_column(Text, info=identifies(committed=False))
    """Of somebody who has no account here: the outside second person, somebody who is invited."""
    template: Mapped[str] = mapped_column(Text, info=plain())
    notice_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    about_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    """What a mail without a notice is about: it hides with that from whoever must not know of it."""
    secret: Mapped[str | None] = mapped_column(Text, info=plain(exported=False))
    key: Mapped[str] = mapped_column(Text, info=plain(exported=False))
    state: Mapped[str] = mapped_column(Text, server_default=text("'queued'"), info=plain())
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"), info=plain())
    fault: Mapped[str | None] = mapped_column(Text, info=plain())
    created_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    sent_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
