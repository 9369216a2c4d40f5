"""The tables of this room, and how each column is redacted and exported."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, plain

_MOMENT = DateTime(timezone=True)


class Webhook(Owned, Base):
    """An address that is told of some events, with the secret that what it is told is signed with."""

    __tablename__ = "webhooks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "made_by"], ["memberships.organisation_id", "memberships.user_id"],
            name="webhooks_made_by_fkey",
        ),
        CheckConstraint("length(label) between 1 and 100", name="label"),
        CheckConstraint("length(url) between 1 and 1000", name="url"),
        CheckConstraint("cardinality(events) > 0", name="events"),
        CheckConstraint("(earlier_secret is null) = (earlier_until is null)", name="earlier"),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    label: Mapped[str] = mapped_column(Text, info=plain())
    url: Mapped[str] = mapped_column(Text, info=plain())
    events: Mapped[list[str]] = mapped_column(ARRAY(Text), info=plain())
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary, info=plain(exported=False))
    earlier_secret: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    earlier_until: Mapped[datetime | None] = mapped_column(_MOMENT, info=plain())
    """Until when everything is signed with the secret before this one as well."""
    made_at: Mapped[datetime] = mapped_column(_MOMENT, info=plain())
    made_by: Mapped[UUID] = mapped_column(Uuid, info=plain())
    """Whoever answers for it: it is told of nothing that they could not open, and stops when they leave."""
    ended_at: Mapped[datetime | None] = mapped_column(_MOMENT, info=plain())


class WebhookDelivery(Owned, Base):
    """One event that one address is told of, and what came of it."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "webhook_id"], ["webhooks.organisation_id", "webhooks.id"],
            name="webhook_deliveries_webhook_fkey",
        ),
        UniqueConstraint("organisation_id", "webhook_id", "key", name="webhook_deliveries_once"),
        CheckConstraint("state in ('waiting', 'delivered', 'failed')", name="state"),
        Index("webhook_deliveries_list", "organisation_id", "webhook_id", text("at desc")),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    webhook_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    event: Mapped[str] = mapped_column(Text, info=plain())
    subject_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    key: Mapped[str] = mapped_column(Text, info=plain())
    """What makes it one of a kind: the job that told of it."""
    at: Mapped[datetime] = mapped_column(_MOMENT, info=plain())
    state: Mapped[str] = mapped_column(Text, server_default=text("'waiting'"), info=plain())
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"), info=plain())
    tried_at: Mapped[datetime | None] = mapped_column(_MOMENT, info=plain())
    answer: Mapped[str | None] = mapped_column(Text, info=plain())
    """How the last attempt ended, in words."""
