"""The tables of voices and of impact, and how each column is redacted, exported and committed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, Index, Integer, Text, Uuid, desc, text
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, plain
from safeguard.database.base import words as free_text
from safeguard.registers.columns import EMPTY, MOMENT, Strikable, by_member, points_to


class VoiceSession(Strikable, Base):
    """Children were asked: what they said, and what was done about it. No names."""

    __tablename__ = "voice_sessions"
    __table_args__ = (
        by_member("voice_sessions"),
        points_to("voice_sessions", "item_id", "evidence_items"),
        CheckConstraint("way in ('survey', 'session', 'council', 'other')", name="way"),
        CheckConstraint("voices between 0 and 100000", name="voices"),
        Index("voice_sessions_list", "organisation_id", desc("held_on"), desc("id")),
    )

    way: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    title: Mapped[str] = mapped_column(Text, info=free_text())
    held_on: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    asked: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    voices: Mapped[int | None] = mapped_column(Integer, info=plain(committed=True))
    said: Mapped[str] = mapped_column(Text, info=free_text())
    done: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    item_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())


class ImpactAssessment(Strikable, Base):
    """Something was changed: what it was meant to do, and what it did to a level and to incidents."""

    __tablename__ = "impact_assessments"
    __table_args__ = (
        by_member("impact_assessments"),
        points_to("impact_assessments", "item_id", "evidence_items"),
        CheckConstraint("kind in ('policy', 'practice', 'procedure')", name="kind"),
        CheckConstraint("months in (3, 6, 12)", name="months"),
        CheckConstraint("verdict in ('', 'helped', 'no_change', 'worse', 'too_early')", name="verdict"),
        Index("impact_assessments_list", "organisation_id", desc("changed_on"), desc("id")),
    )

    kind: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    title: Mapped[str] = mapped_column(Text, info=free_text())
    changed_on: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    framework: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    control: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    measure: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    """What is counted: `total`, `issue:CODE` or `control:CODE`."""
    months: Mapped[int] = mapped_column(Integer, info=plain(committed=True))
    expected: Mapped[str] = mapped_column(Text, info=free_text())
    verdict: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain(committed=True))
    words: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    judged_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain(committed=True))
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    item_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
