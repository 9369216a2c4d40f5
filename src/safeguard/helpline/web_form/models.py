"""The tables of the web form: the post box that a visitor's words lie in until a worker takes them, and feedback."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
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
    desc,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, plain, words

MOMENT = DateTime(timezone=True)
CASE = ["helpline_cases.organisation_id", "helpline_cases.id"]


class WebForm(Owned, Base):
    """What somebody wrote by the web form. Once it is a case, the words stand there and no longer here."""

    __tablename__ = "helpline_forms"
    __table_args__ = (
        UniqueConstraint("organisation_id", "reference", name="helpline_forms_reference_key"),
        ForeignKeyConstraint(["organisation_id", "case_id"], CASE, name="helpline_forms_case_fkey"),
        CheckConstraint("state in ('waiting', 'taken')", name="state"),
        CheckConstraint("length(told) <= 100000", name="told"),
        Index("helpline_forms_sent", "organisation_id", "sent_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    reference: Mapped[str] = mapped_column(Text, info=plain())
    """What the page showed: the case bears it."""
    visitor: Mapped[bytes] = mapped_column(LargeBinary, info=plain(exported=False))
    """Stands for a browser's cookie, to tell a flood from many people."""
    told: Mapped[str] = mapped_column(Text, info=words(committed=False))
    """JSON of what was filled in; empty once it was taken."""
    state: Mapped[str] = mapped_column(Text, server_default=text("'waiting'"), info=plain())
    case_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    sent_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())


class Feedback(Owned, Base):
    """Whether it helped, in the caller's own words: once for each case, whoever asked and however."""

    __tablename__ = "helpline_feedback"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "case_id"], CASE, name="helpline_feedback_case_fkey"),
        UniqueConstraint("organisation_id", "case_id", name="helpline_feedback_case_key"),
        CheckConstraint("helpful between 1 and 5", name="helpful"),
        CheckConstraint("came_by in ('desk', 'link', 'channel')", name="came_by"),
        Index("helpline_feedback_list", "organisation_id", desc("given_at"), desc("id")),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    case_id: Mapped[UUID] = mapped_column(Uuid, info=plain(committed=True))
    helpful: Mapped[int | None] = mapped_column(Integer, info=plain(committed=True))
    """From 1, not at all, to 5, very; None where only words were given."""
    words: Mapped[str] = mapped_column(Text, server_default=text("''"), info=words())
    came_by: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    given_at: Mapped[datetime] = mapped_column(MOMENT, info=plain(committed=True))
