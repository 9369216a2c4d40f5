"""The tables of the committee, and how each column is redacted, exported and committed."""

from datetime import date
from uuid import UUID

from sqlalchemy import Boolean, Date, Index, Integer, Text, UniqueConstraint, Uuid, desc, text
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, identifies, plain
from safeguard.database.base import words as free_text
from safeguard.registers.columns import EMPTY, Recorded, Strikable, by_member, points_to


class Committee(Recorded, Base):
    """The group that looks after online safety: one in each organisation."""

    __tablename__ = "committees"
    __table_args__ = (by_member("committees"), UniqueConstraint("organisation_id", name="committees_one_key"))

    name: Mapped[str] = mapped_column(Text, info=free_text())
    remit: Mapped[str] = mapped_column(Text, info=free_text())
    meets: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())


class CommitteeMember(Strikable, Base):
    """Somebody who sits in it; of a child only the first name."""

    __tablename__ = "committee_members"
    __table_args__ = (by_member("committee_members"),)

    name: Mapped[str] = mapped_column(Text, info=identifies())
    part: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    is_child: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), info=plain(committed=True))
    joined_on: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    left_on: Mapped[date | None] = mapped_column(Date, info=plain(committed=True))


class CommitteeMeeting(Strikable, Base):
    """When they met, who was there, what was said and agreed."""

    __tablename__ = "committee_meetings"
    __table_args__ = (
        by_member("committee_meetings"),
        points_to("committee_meetings", "item_id", "evidence_items"),
        Index("committee_meetings_list", "organisation_id", desc("held_on"), desc("id")),
    )

    held_on: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    present: Mapped[str] = mapped_column(Text, info=identifies())
    minutes: Mapped[str] = mapped_column(Text, info=free_text())
    item_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())


class MeetingAction(Recorded, Base):
    """That an improvement of the action plan comes out of a meeting."""

    __tablename__ = "meeting_actions"
    __table_args__ = (
        by_member("meeting_actions"),
        points_to("meeting_actions", "meeting_id", "committee_meetings"),
        points_to("meeting_actions", "improvement_id", "improvements"),
        Index("meeting_actions_meeting", "organisation_id", "meeting_id"),
    )

    meeting_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    improvement_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
