"""The tables of this room: counts, what has yet to be folded into them, what is said of a year, and reports."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
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

from safeguard.database.base import Base, Owned, identifies, plain
from safeguard.database.base import words as free_text  # a statement has a column of that name

MOMENT = DateTime(timezone=True)
PEOPLE = ["memberships.organisation_id", "memberships.user_id"]


class IncidentCount(Base):
    """How many incidents recorded in a month have something in common: a risk, an area, a platform."""

    __tablename__ = "incident_counts"

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    month: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    """`2026-11`, where the organisation is."""
    dimension: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    code: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    incidents: Mapped[int] = mapped_column(BigInteger, info=plain())


class IncidentCountChange(Base):
    """What one change of an incident adds to the counts and takes from them."""

    __tablename__ = "incident_count_changes"

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"), info=plain())
    plus: Mapped[list[str]] = mapped_column(ARRAY(Text), info=plain())
    minus: Mapped[list[str]] = mapped_column(ARRAY(Text), info=plain())


class IncidentPairCount(Base):
    """The same of the incidents that have one thing in common: what a dashboard reads that is narrowed to it."""

    __tablename__ = "incident_pair_counts"

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    narrowed_to: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    """`platform|tiktok`."""
    month: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    dimension: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    code: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    incidents: Mapped[int] = mapped_column(BigInteger, info=plain())


class InvolvedPerson(Base):
    """In how many incidents of a school year one person had a part, with the records that are merged into theirs."""

    __tablename__ = "involved_people"

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    person_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    """No key leads to the person: who is erased goes from here at the next folding."""
    year: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    """`2026/27`."""
    affected: Mapped[int] = mapped_column(Integer, info=plain())
    alleged: Mapped[int] = mapped_column(Integer, info=plain())


class InvolvementCount(Base):
    """How many people that were: with any part, affected or alleged in two, three, four and more, and both."""

    __tablename__ = "involvement_counts"

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    year: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    measure: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    """`people`, `both`, `affected|2`."""
    people: Mapped[int] = mapped_column(BigInteger, info=plain())


class InvolvementChange(Base):
    """Somebody of whom a part in an incident changed: to be worked out anew."""

    __tablename__ = "involvement_changes"

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"), info=plain())
    person_id: Mapped[UUID] = mapped_column(Uuid, info=plain())


class InsightStatement(Owned, Base):
    """What the lead says of a school year, in their own words, beside its figures."""

    __tablename__ = "insight_statements"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "written_by"], PEOPLE, name="insight_statements_written_by_fkey"),
        UniqueConstraint("organisation_id", "period", name="insight_statements_period_key"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    period: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    """`2025/26`."""
    words: Mapped[str] = mapped_column(Text, info=free_text())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    written_at: Mapped[datetime] = mapped_column(MOMENT, info=plain(committed=True))
    written_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    written_by_name: Mapped[str] = mapped_column(Text, info=identifies())


class Report(Owned, Base):
    """A report for those who govern, or of a review: what it says, and the PDF in the object store."""

    __tablename__ = "reports"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "asked_by"], PEOPLE, name="reports_asked_by_fkey"),
        ForeignKeyConstraint(
            ["organisation_id", "review_id"], ["reviews.organisation_id", "reviews.id"], name="reports_review_fkey"
        ),
        CheckConstraint("kind in ('governors', 'review')", name="kind"),
        CheckConstraint("(kind = 'review') = (review_id is not null)", name="review"),
        CheckConstraint("(ready_at is null) = (wrapped_key is null)", name="ready"),
        Index("reports_list", "organisation_id", desc("asked_at"), desc("id")),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    kind: Mapped[str] = mapped_column(Text, info=plain())
    period: Mapped[str] = mapped_column(Text, info=plain())
    """A choice of `periods`; empty for the report of a review."""
    review_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    asked_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    asked_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    """None for the schedule."""
    asked_by_name: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    ready_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    body: Mapped[str | None] = mapped_column(Text, info=free_text(committed=False))
    """What it says, as JSON: the page and the PDF show the same."""
    size: Mapped[int | None] = mapped_column(BigInteger, info=plain())
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain())
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    """The key of the stored PDF under the organisation's: erasing it erases the PDF."""
    language: Mapped[str] = mapped_column(Text, server_default=text("'en_GB'"), info=plain())
    """The one of the page on which it was asked for: `cy`, `en_GB`."""


class GroupFigures(Owned, Base):
    """What a group was told by one of its organisations: figures without small ones, the group's own copy."""

    __tablename__ = "group_figures"
    __table_args__ = (UniqueConstraint("organisation_id", "member_id", "period", name="group_figures_member_key"),)

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    member_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    """The organisation that told it; no key leads there, since it is another's."""
    member_name: Mapped[str] = mapped_column(Text, info=plain())
    period: Mapped[str] = mapped_column(Text, info=plain())
    body: Mapped[str] = mapped_column(Text, info=plain())
    """Levels and figures as JSON: numbers and codes, no words that anybody typed."""
    received_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
