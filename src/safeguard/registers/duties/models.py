"""The table of duties that come round again, and how each column is redacted, exported and committed."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, Index, Text, Uuid, desc
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, identifies, plain
from safeguard.database.base import words as free_text
from safeguard.registers.columns import EMPTY, Recorded, by_member, points_to


class RecurringDuty(Recorded, Base):
    """That a visit was made, or a review done: on which day, by whom, and where its report is."""

    __tablename__ = "recurring_duties"
    __table_args__ = (
        by_member("recurring_duties"),
        points_to("recurring_duties", "item_id", "evidence_items"),
        CheckConstraint("duty ~ '^[a-z][a-z0-9_]{0,39}$'", name="duty"),
        Index("recurring_duties_list", "organisation_id", "duty", desc("done_on"), desc("id")),
    )

    duty: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    """The code of a clock of the profile, such as `independent_visit`."""
    done_on: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    done_by: Mapped[str] = mapped_column(Text, info=identifies())
    kept_at: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    """Where the report is."""
    note: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    item_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    struck_on: Mapped[date | None] = mapped_column(Date, info=plain(committed=True))
    """When it was found to be recorded by mistake; it counts no longer, and stays to be seen."""
    struck_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
