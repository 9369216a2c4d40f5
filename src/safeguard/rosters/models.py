"""The tables of rosters. What a row would change is kept until the next file of its system was taken over."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
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
from safeguard.database.base import words as written_words

MOMENT = DateTime(timezone=True)
NONE = text("0")
EMPTY = text("''")
NO = text("false")
NOTHING = text("'{}'")


def _person(table: str) -> ForeignKeyConstraint:
    people = ["people.organisation_id", "people.id"]
    return ForeignKeyConstraint(
        ["organisation_id", "person_id"], people, name=f"{table}_person_fkey", ondelete="CASCADE"
    )


def _run(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["organisation_id", "run_id"], ["rosters.organisation_id", "rosters.id"], name=f"{table}_run_fkey"
    )


class RosterRow(Owned, Base):
    """One file, from its upload until it was taken over, thrown away or taken back."""

    __tablename__ = "rosters"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "uploaded_by"], ["memberships.organisation_id", "memberships.user_id"],
            name="rosters_uploaded_by_fkey",
        ),
        CheckConstraint("subject in ('people', 'staff')", name="subject"),
        CheckConstraint("form in ('oneroster', 'ctf', 'table')", name="form"),
        CheckConstraint("day_order in ('day_first', 'month_first')", name="day_order"),
        CheckConstraint(
            "state in ('open', 'reading', 'ready', 'applying', 'done', 'undoing', 'undone', 'dropped', 'unread')",
            name="state",
        ),
        CheckConstraint("(object_name is null) = (state not in ('open', 'reading'))", name="file"),
        CheckConstraint("(object_name is null) = (wrapped_key is null)", name="key"),
        Index("rosters_list", "organisation_id", "subject", text("uploaded_at desc"), text("id desc")),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    subject: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    source: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    """The system that it comes from, as the organisation calls it."""
    form: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    file_name: Mapped[str] = mapped_column(Text, info=written_words(committed=False))
    size: Mapped[int] = mapped_column(BigInteger, info=plain())
    sha256: Mapped[bytes] = mapped_column(LargeBinary, info=plain(committed=True))
    object_name: Mapped[str | None] = mapped_column(Text, info=plain(exported=False))
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    columns: Mapped[str] = mapped_column(Text, server_default=NOTHING, info=written_words(committed=False))
    day_order: Mapped[str | None] = mapped_column(Text, info=plain())
    site: Mapped[str | None] = mapped_column(Text, info=plain())
    """Which school of the file, by its number there."""
    is_whole: Mapped[bool] = mapped_column(Boolean, server_default=NO, info=plain())
    """Whether whoever is not in it has left."""
    marks_left: Mapped[bool] = mapped_column(Boolean, server_default=NO, info=plain())
    is_outdated: Mapped[bool] = mapped_column(Boolean, server_default=NO, info=plain())
    """Another file of its system was taken over, or taken back, since this one was looked at."""
    state: Mapped[str] = mapped_column(Text, server_default=text("'open'"), info=plain())
    notes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=NOTHING, info=written_words(committed=False))
    row_count: Mapped[int] = mapped_column(Integer, server_default=NONE, info=plain(committed=True))
    done_count: Mapped[int] = mapped_column(Integer, server_default=NONE, info=plain())
    new_count: Mapped[int] = mapped_column(Integer, server_default=NONE, info=plain(committed=True))
    changed_count: Mapped[int] = mapped_column(Integer, server_default=NONE, info=plain(committed=True))
    gone_count: Mapped[int] = mapped_column(Integer, server_default=NONE, info=plain(committed=True))
    same_count: Mapped[int] = mapped_column(Integer, server_default=NONE, info=plain(committed=True))
    asked_count: Mapped[int] = mapped_column(Integer, server_default=NONE, info=plain(committed=True))
    wrong_count: Mapped[int] = mapped_column(Integer, server_default=NONE, info=plain(committed=True))
    kept_count: Mapped[int] = mapped_column(Integer, server_default=NONE, info=plain())
    """What could not be taken back."""
    digest: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(committed=True))
    """SHA-256 over every difference, in the order of the file."""
    uploaded_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    uploaded_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    uploaded_by_name: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    applied_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    applied_by_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies(committed=False))
    undone_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    undone_by_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies(committed=False))


class RosterLink(Owned, Base):
    """Whom a system means by one of its numbers, and digests of what it said of them last."""

    __tablename__ = "roster_links"
    __table_args__ = (
        UniqueConstraint("organisation_id", "subject", "source", "source_id", name="roster_links_source_key"),
        _person("roster_links"),
        CheckConstraint("subject in ('people', 'staff')", name="subject"),
        CheckConstraint("(subject = 'people') = (person_id is not null)", name="whom"),
        CheckConstraint("(subject = 'staff') = (email is not null)", name="address"),
        Index("roster_links_person", "organisation_id", "person_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    subject: Mapped[str] = mapped_column(Text, info=plain())
    source: Mapped[str] = mapped_column(Text, info=plain())
    source_id: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    person_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    email: Mapped[str | None] = mapped_column(Text, info=identifies(committed=False))
    said: Mapped[str] = mapped_column(Text, server_default=NOTHING, info=plain(exported=False))
    """JSON, field -> digest: enough to tell whether somebody has changed it here since, and no words."""
    is_here: Mapped[bool] = mapped_column(Boolean, server_default=text("true"), info=plain())
    left_on: Mapped[date | None] = mapped_column(Date, info=plain())
    """The day on which a file marked them as left."""


class RosterDifference(Owned, Base):
    """What one row of a file would do, did, or asks."""

    __tablename__ = "roster_rows"
    __table_args__ = (
        _run("roster_rows"),
        _person("roster_rows"),
        CheckConstraint("kind in ('new', 'changed', 'gone', 'same', 'asked')", name="kind"),
        CheckConstraint("state in ('planned', 'done', 'left_out', 'undone', 'kept')", name="state"),
        Index("roster_rows_list", "organisation_id", "run_id", "kind", "row_number", "id"),
        Index("roster_rows_todo", "organisation_id", "run_id", "state", "row_number", "id"),
        Index("roster_rows_person", "organisation_id", "person_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    run_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    row_number: Mapped[int] = mapped_column(Integer, info=plain())
    kind: Mapped[str] = mapped_column(Text, info=plain())
    source_id: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    person_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies(committed=False))
    said: Mapped[str] = mapped_column(Text, server_default=NOTHING, info=identifies(committed=False))
    """JSON, field -> what the file says."""
    changes: Mapped[str] = mapped_column(Text, server_default=NOTHING, info=identifies(committed=False))
    """JSON, field -> [before, after]."""
    conflicts: Mapped[str] = mapped_column(Text, server_default=NOTHING, info=identifies(committed=False))
    """JSON, field -> [here, in the file], where both were changed."""
    candidates: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=NOTHING, info=plain())
    answer: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain())
    state: Mapped[str] = mapped_column(Text, server_default=text("'planned'"), info=plain())
    reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain())
    based_on: Mapped[int | None] = mapped_column(Integer, info=plain())
    made_version: Mapped[int | None] = mapped_column(Integer, info=plain())
    link_before: Mapped[str | None] = mapped_column(Text, info=plain(exported=False))


class RosterProblem(Owned, Base):
    """Why one row was not read: its number and the reason, never its words."""

    __tablename__ = "roster_problems"
    __table_args__ = (_run("roster_problems"), Index("roster_problems_run", "organisation_id", "run_id", "row_number"))

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    run_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    row_number: Mapped[int] = mapped_column(Integer, info=plain())
    field: Mapped[str] = mapped_column(Text, info=plain())
    problem: Mapped[str] = mapped_column(Text, info=plain())
