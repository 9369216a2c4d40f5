"""The tables of jobs, as models: what the migrations made, held against it by a test. Statements are constant SQL."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, Integer, Text, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, plain

MOMENT = DateTime(timezone=True)


class JobRow(Base):
    """A job and how far it is: ids and counts, never content."""

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("organisation_id", "kind", "key"),
        Index("job_id_idx", "id", unique=True),
        Index("job_waiting_idx", "run_at", postgresql_where=text("state in ('queued', 'running')")),
        Index("job_parked_idx", "organisation_id", "finished_at", postgresql_where=text("state = 'parked'")),
        Index("job_of_subject_idx", "organisation_id", "kind", "subject_id", postgresql_where=text("state = 'queued'")),
        {"schema": "jobs"},
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, info=plain())
    subject_id: Mapped[UUID] = mapped_column(Uuid)
    key: Mapped[str] = mapped_column(Text, info=plain())
    asked_by: Mapped[UUID | None] = mapped_column(Uuid)
    state: Mapped[str] = mapped_column(Text, server_default=text("'queued'"), info=plain())
    run_at: Mapped[datetime] = mapped_column(MOMENT)
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    fence: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    done: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    total: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    rung_at: Mapped[datetime | None] = mapped_column(MOMENT)
    claimed_at: Mapped[datetime | None] = mapped_column(MOMENT)
    finished_at: Mapped[datetime | None] = mapped_column(MOMENT)
    fault: Mapped[str | None] = mapped_column(Text, info=plain())


class ScheduleRow(Base):
    """When something is next due."""

    __tablename__ = "schedule"
    __table_args__ = {"schema": "jobs"}  # noqa: RUF012  SQLAlchemy's own form

    name: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    cron: Mapped[str] = mapped_column(Text, info=plain())
    job: Mapped[str] = mapped_column(Text, info=plain())
    next_at: Mapped[datetime] = mapped_column(MOMENT)
    last_at: Mapped[datetime | None] = mapped_column(MOMENT)
