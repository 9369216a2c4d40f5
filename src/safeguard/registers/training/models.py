"""The tables of training and engagement, and how each column is redacted, exported and committed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Date, Index, Integer, Text, Uuid, desc
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, identifies, plain
from safeguard.database.base import words as free_text
from safeguard.registers.columns import EMPTY, MOMENT, Recorded, Strikable, by_member, points_to


class LearningEvent(Strikable, Base):
    """Something that people learnt at: a course, an assembly, an evening for families."""

    __tablename__ = "learning_events"
    __table_args__ = (
        by_member("learning_events"),
        points_to("learning_events", "item_id", "evidence_items"),
        CheckConstraint("lasts_months between 1 and 120", name="lasts"),
        CheckConstraint("headcount between 0 and 100000", name="headcount"),
        Index("learning_events_list", "organisation_id", desc("held_on"), desc("id")),
    )

    title: Mapped[str] = mapped_column(Text, info=free_text())
    audiences: Mapped[list[str]] = mapped_column(ARRAY(Text), info=plain(committed=True))
    held_on: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    provider: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    words: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    lasts_months: Mapped[int | None] = mapped_column(Integer, info=plain(committed=True))
    headcount: Mapped[int | None] = mapped_column(Integer, info=plain(committed=True))
    """How many came whose names are not kept: families, the community."""
    item_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())


class LearningRecord(Recorded, Base):
    """That one person was there, how far they came, and until when it holds."""

    __tablename__ = "learning_records"
    __table_args__ = (
        by_member("learning_records"),
        by_member("learning_records", "user_id"),
        points_to("learning_records", "event_id", "learning_events"),
        CheckConstraint("outcome in ('attended', 'completed', 'certified', 'missed')", name="outcome"),
        Index("learning_records_event", "organisation_id", "event_id", "recorded_at", "id"),
        Index("learning_records_user", "organisation_id", "user_id"),
    )

    event_id: Mapped[UUID] = mapped_column(Uuid, info=plain(committed=True))
    audience: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    user_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    name: Mapped[str] = mapped_column(Text, info=identifies())
    outcome: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    expires_on: Mapped[date | None] = mapped_column(Date, info=plain(committed=True))
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain(committed=True))
    """When it was taken back, because it was recorded by mistake."""
