"""The tables of alerts: what a helpline published, and the copy that each organisation has of it."""

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
    Text,
    UniqueConstraint,
    Uuid,
    desc,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, identifies, plain
from safeguard.database.base import words as free_text  # an alert has a column of that name

MOMENT = DateTime(timezone=True)
EMPTY = text("''")
PEOPLE = ["memberships.organisation_id", "memberships.user_id"]
ITEM = ["evidence_items.organisation_id", "evidence_items.id"]


class Signal(Owned, Base):
    """An alert as the helpline published it: what is going round, and what to do about it. Nobody's case is in it."""

    __tablename__ = "helpline_signals"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "published_by"], PEOPLE, name="helpline_signals_published_by_fkey"
        ),
        CheckConstraint("state in ('published', 'ended')", name="state"),
        CheckConstraint("(state = 'ended') = (ended_at is not null)", name="ended"),
        Index("helpline_signals_list", "organisation_id", desc("published_at"), desc("id")),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    title: Mapped[str] = mapped_column(Text, info=free_text())
    words: Mapped[str] = mapped_column(Text, info=free_text())
    to_do: Mapped[str] = mapped_column(Text, info=free_text())
    platform: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain(committed=True))
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text), info=plain(committed=True))
    nations: Mapped[list[str]] = mapped_column(ARRAY(Text), info=plain(committed=True))
    state: Mapped[str] = mapped_column(Text, server_default="published", info=plain(committed=True))
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    reached: Mapped[int] = mapped_column(Integer, server_default=text("0"), info=plain())
    """How many organisations have a copy."""
    published_at: Mapped[datetime] = mapped_column(MOMENT, info=plain(committed=True))
    published_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    published_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain(committed=True))


class ReceivedSignal(Owned, Base):
    """An alert as an organisation received it: its own copy, and what it did with it."""

    __tablename__ = "received_signals"
    __table_args__ = (
        UniqueConstraint("organisation_id", "signal_id", name="received_signals_signal_key"),
        ForeignKeyConstraint(
            ["organisation_id", "dismissed_by"], PEOPLE, name="received_signals_dismissed_by_fkey"
        ),
        ForeignKeyConstraint(["organisation_id", "item_id"], ITEM, name="received_signals_item_fkey"),
        Index("received_signals_list", "organisation_id", desc("published_at"), desc("id")),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    signal_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    """By what the helpline knows it; no key leads there, since it is another's."""
    sender_name: Mapped[str] = mapped_column(Text, info=plain())
    title: Mapped[str] = mapped_column(Text, info=free_text(committed=False))
    words: Mapped[str] = mapped_column(Text, info=free_text(committed=False))
    to_do: Mapped[str] = mapped_column(Text, info=free_text(committed=False))
    platform: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain())
    published_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    received_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    dismissed_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    dismissed_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    dismissed_by_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies(committed=False))
    item_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    """The item of evidence that it became, where somebody attached it to a control."""
