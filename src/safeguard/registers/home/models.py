"""The tables of a children's home, and how each column is redacted, exported and committed."""

from datetime import date
from uuid import UUID

from sqlalchemy import Date, Index, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, plain
from safeguard.database.base import words as free_text
from safeguard.registers.columns import Recorded, by_member, points_to


class DutySending(Recorded, Base):
    """That the report of a visit or a review was sent on, when and to whom."""

    __tablename__ = "duty_sendings"
    __table_args__ = (
        by_member("duty_sendings"),
        points_to("duty_sendings", "duty_id", "recurring_duties"),
        Index("duty_sendings_duty", "organisation_id", "duty_id"),
    )

    duty_id: Mapped[UUID] = mapped_column(Uuid, info=plain(committed=True))
    sent_on: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    sent_to: Mapped[str] = mapped_column(Text, info=free_text())


class DutyAction(Recorded, Base):
    """That an improvement of the action plan comes out of a visit or a review."""

    __tablename__ = "duty_actions"
    __table_args__ = (
        by_member("duty_actions"),
        points_to("duty_actions", "duty_id", "recurring_duties"),
        points_to("duty_actions", "improvement_id", "improvements"),
        Index("duty_actions_duty", "organisation_id", "duty_id"),
    )

    duty_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    improvement_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
