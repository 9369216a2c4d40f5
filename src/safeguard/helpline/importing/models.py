"""The tables of imports: one file from its upload to the end of its run, and why rows of it were not imported."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    desc,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, identifies, plain
from safeguard.database.base import words as written_words

MOMENT = DateTime(timezone=True)
NONE = text("0")
MEMBER = ["memberships.organisation_id", "memberships.user_id"]
IMPORT = ["helpline_imports.organisation_id", "helpline_imports.id"]


class CaseImport(Owned, Base):
    """One file of earlier cases. When its run is over, its key is gone."""

    __tablename__ = "helpline_imports"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "uploaded_by"], MEMBER, name="helpline_imports_uploaded_by_fkey"),
        CheckConstraint("state in ('open', 'running', 'done', 'dropped')", name="state"),
        CheckConstraint("day_order in ('day_first', 'month_first')", name="day_order"),
        CheckConstraint("(object_name is null) = (state in ('done', 'dropped'))", name="file"),
        CheckConstraint("(object_name is null) = (wrapped_key is null)", name="key"),
        Index("helpline_imports_list", "organisation_id", desc("uploaded_at"), desc("id")),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    source: Mapped[str] = mapped_column(Text, info=plain())
    file_name: Mapped[str] = mapped_column(Text, info=written_words(committed=False))
    size: Mapped[int] = mapped_column(BigInteger, info=plain())
    sha256: Mapped[bytes] = mapped_column(LargeBinary, info=plain())
    object_name: Mapped[str | None] = mapped_column(Text, info=plain(exported=False))
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    columns: Mapped[str] = mapped_column(Text, server_default=text("'{}'"), info=written_words(committed=False))
    """Which column is which field: JSON, field -> the column's heading."""
    day_order: Mapped[str | None] = mapped_column(Text, info=plain())
    state: Mapped[str] = mapped_column(Text, server_default=text("'open'"), info=plain())
    row_count: Mapped[int | None] = mapped_column(Integer, info=plain())
    done_count: Mapped[int] = mapped_column(Integer, server_default=NONE, info=plain())
    made_count: Mapped[int] = mapped_column(Integer, server_default=NONE, info=plain())
    known_count: Mapped[int] = mapped_column(Integer, server_default=NONE, info=plain())
    wrong_count: Mapped[int] = mapped_column(Integer, server_default=NONE, info=plain())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    uploaded_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    uploaded_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    uploaded_by_name: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    started_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    finished_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())


class CaseImportProblem(Owned, Base):
    """Why one row was not imported: the row's number and the reason, never its words."""

    __tablename__ = "helpline_import_problems"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "import_id"], IMPORT, name="helpline_import_problems_import_fkey"),
        Index("helpline_import_problems_import", "organisation_id", "import_id", "row_number"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    import_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    row_number: Mapped[int] = mapped_column(Integer, info=plain())
    field: Mapped[str] = mapped_column(Text, info=plain())
    problem: Mapped[str] = mapped_column(Text, info=plain())
