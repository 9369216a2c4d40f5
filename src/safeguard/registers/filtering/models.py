"""The tables of filtering and monitoring, and how each column is redacted, exported and committed."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, Index, Integer, Text, Uuid, desc, text
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, identifies, plain
from safeguard.database.base import words as free_text
from safeguard.registers.columns import EMPTY, Recorded, Strikable, by_member, points_to


class FilteringSystem(Recorded, Base):
    """What filters or monitors: a product, a way of supervising, a way of arranging the room."""

    __tablename__ = "filtering_systems"
    __table_args__ = (
        by_member("filtering_systems"),
        CheckConstraint("kind in ('filtering', 'monitoring')", name="kind"),
        CheckConstraint("approach in ('physical', 'supervisory', 'technical')", name="approach"),
        CheckConstraint("stance in ('proactive', 'reactive', 'both')", name="stance"),
    )

    kind: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    name: Mapped[str] = mapped_column(Text, info=free_text())
    approach: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    stance: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    covers: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    provider: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    ended_on: Mapped[date | None] = mapped_column(Date, info=plain(committed=True))


class FilteringBlock(Strikable, Base):
    """What is blocked, and why."""

    __tablename__ = "filtering_blocks"
    __table_args__ = (by_member("filtering_blocks"),)

    what: Mapped[str] = mapped_column(Text, info=free_text())
    why: Mapped[str] = mapped_column(Text, info=free_text())
    applies_to: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    since: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    ended_on: Mapped[date | None] = mapped_column(Date, info=plain(committed=True))
    ended_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())


class FilteringCheck(Strikable, Base):
    """That somebody tried it: where, as whom, and what happened."""

    __tablename__ = "filtering_checks"
    __table_args__ = (
        by_member("filtering_checks"),
        points_to("filtering_checks", "system_id", "filtering_systems"),
        CheckConstraint("result in ('passed', 'failed', 'unclear')", name="result"),
        Index("filtering_checks_list", "organisation_id", desc("checked_on"), desc("id")),
    )

    system_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain(committed=True))
    checked_on: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    checked_by: Mapped[str] = mapped_column(Text, info=identifies())
    device: Mapped[str] = mapped_column(Text, info=free_text())
    user_group: Mapped[str] = mapped_column(Text, info=free_text())
    tested: Mapped[str] = mapped_column(Text, info=free_text())
    result: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    done: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())


class FilteringPerson(Recorded, Base):
    """Who answers for filtering and monitoring; the latest of each part holds."""

    __tablename__ = "filtering_people"
    __table_args__ = (
        by_member("filtering_people"),
        CheckConstraint("part in ('senior_lead', 'governor')", name="part"),
        Index("filtering_people_list", "organisation_id", "part", desc("recorded_at")),
    )

    part: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    name: Mapped[str] = mapped_column(Text, info=identifies())


class FilteringReview(Strikable, Base):
    """The yearly review: who took part, what was found, what changes."""

    __tablename__ = "filtering_reviews"
    __table_args__ = (
        by_member("filtering_reviews"),
        points_to("filtering_reviews", "item_id", "evidence_items"),
        Index("filtering_reviews_list", "organisation_id", desc("reviewed_on"), desc("id")),
    )

    reviewed_on: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    due_on: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    took_part: Mapped[str] = mapped_column(Text, info=identifies())
    found: Mapped[str] = mapped_column(Text, info=free_text())
    changes: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    item_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
