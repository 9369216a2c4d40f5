"""The tables of the report: themes, annual reports, the stories in them, and what they recommend."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
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

from safeguard.database.base import Base, Owned, identifies, plain
from safeguard.database.base import words as free_text  # a story has a column of that name

MOMENT = DateTime(timezone=True)
EMPTY, FIRST = text("''"), text("1")
CASE = ["helpline_cases.organisation_id", "helpline_cases.id"]
THEME = ["helpline_themes.organisation_id", "helpline_themes.id"]
REPORT = ["helpline_reports.organisation_id", "helpline_reports.id"]
PEOPLE = ["memberships.organisation_id", "memberships.user_id"]


def _by(table: str, column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["organisation_id", column], PEOPLE, name=f"{table}_{column}_fkey")


class Theme(Owned, Base):
    """What practitioners code cases by, across issues: intimate image abuse, false accounts of staff."""

    __tablename__ = "helpline_themes"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name", name="helpline_themes_name_key"),
        _by("helpline_themes", "opened_by"),
        CheckConstraint("state in ('active', 'retired')", name="state"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    name: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    describes: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain(committed=True))
    """When a case belongs to it."""
    state: Mapped[str] = mapped_column(Text, server_default="active", info=plain(committed=True))
    version: Mapped[int] = mapped_column(Integer, server_default=FIRST, info=plain())
    opened_at: Mapped[datetime] = mapped_column(MOMENT, info=plain(committed=True))
    opened_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    opened_by_name: Mapped[str] = mapped_column(Text, info=identifies())


class AnnualReport(Owned, Base):
    """A report of some period: what supervisors say in it, and, once it is published, all of it as it was published."""

    __tablename__ = "helpline_reports"
    __table_args__ = (
        UniqueConstraint("organisation_id", "code", name="helpline_reports_code_key"),
        _by("helpline_reports", "begun_by"),
        ForeignKeyConstraint(["organisation_id", "theme_id"], THEME, name="helpline_reports_theme_fkey"),
        _by("helpline_reports", "published_by"),
        CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]{0,39}$'", name="code"),
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("state in ('draft', 'making', 'published', 'withdrawn')", name="state"),
        CheckConstraint("(state in ('published', 'withdrawn')) = (published_at is not null)", name="published"),
        CheckConstraint(
            "published_at is null or (body is not null and pdf is not null and sha256 is not null)", name="made"
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    code: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    """By what its address names it: `2025-26`."""
    title: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    first_day: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    last_day: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    theme_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain(committed=True))
    """Of the cases of one theme alone; None for all cases."""
    foreword: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    trends: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    state: Mapped[str] = mapped_column(Text, server_default="draft", info=plain(committed=True))
    version: Mapped[int] = mapped_column(Integer, server_default=FIRST, info=plain())
    begun_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    begun_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    begun_by_name: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    published_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    published_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    published_by_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies(committed=False))
    withdrawn_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text(committed=False))
    body: Mapped[str | None] = mapped_column(Text, info=plain())
    """What was published, as JSON: figures that tell of nobody, and words that two people agreed on."""
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    """The same as PDF. It is public, so it is not sealed."""
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain())


class Story(Owned, Base):
    """A complex case as it is told in a report: written anew by one, agreed by another, without anybody in it."""

    __tablename__ = "helpline_stories"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "report_id"], REPORT, name="helpline_stories_report_fkey"),
        ForeignKeyConstraint(["organisation_id", "case_id"], CASE, name="helpline_stories_case_fkey"),
        _by("helpline_stories", "written_by"),
        _by("helpline_stories", "agreed_by"),
        CheckConstraint("state in ('written', 'agreed', 'dropped')", name="state"),
        CheckConstraint("(state = 'agreed') = (agreed_at is not null)", name="agreed"),
        Index("helpline_stories_report", "organisation_id", "report_id", "written_at", "id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    report_id: Mapped[UUID] = mapped_column(Uuid, info=plain(committed=True))
    case_id: Mapped[UUID] = mapped_column(Uuid, info=plain(committed=True))
    title: Mapped[str] = mapped_column(Text, info=free_text())
    words: Mapped[str] = mapped_column(Text, info=free_text())
    state: Mapped[str] = mapped_column(Text, server_default="written", info=plain(committed=True))
    version: Mapped[int] = mapped_column(Integer, server_default=FIRST, info=plain())
    written_at: Mapped[datetime] = mapped_column(MOMENT, info=plain(committed=True))
    written_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    written_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    agreed_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain(committed=True))
    agreed_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    agreed_by_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())


class Recommendation(Owned, Base):
    """What a report asks somebody to do, and what became of it."""

    __tablename__ = "helpline_recommendations"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "report_id"], REPORT, name="helpline_recommendations_report_fkey"),
        CheckConstraint("state in ('made', 'accepted', 'done', 'declined', 'dropped')", name="state"),
        Index("helpline_recommendations_report", "organisation_id", "report_id", "made_at", "id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    report_id: Mapped[UUID] = mapped_column(Uuid, info=plain(committed=True))
    words: Mapped[str] = mapped_column(Text, info=free_text())
    owner: Mapped[str] = mapped_column(Text, info=free_text())
    """To whom it is said: platforms, a department, the helpline itself."""
    state: Mapped[str] = mapped_column(Text, server_default="made", info=plain(committed=True))
    became: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    version: Mapped[int] = mapped_column(Integer, server_default=FIRST, info=plain())
    made_at: Mapped[datetime] = mapped_column(MOMENT, info=plain(committed=True))
    changed_at: Mapped[datetime] = mapped_column(MOMENT, info=plain(committed=True))
