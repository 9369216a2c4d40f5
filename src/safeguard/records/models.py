"""The tables of holds, dates and disposals, as models: what the migration made, held against it by a test."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    Uuid,
    desc,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, identifies, plain
from safeguard.database.base import words as free_text

MOMENT = DateTime(timezone=True)
EMPTY = text("''")


def _member(table: str, column: str) -> ForeignKeyConstraint:
    people = ["memberships.organisation_id", "memberships.user_id"]
    return ForeignKeyConstraint(["organisation_id", column], people, name=f"{table}_{column}_fkey")


def _person(table: str) -> ForeignKeyConstraint:
    people = ["people.organisation_id", "people.id"]
    return ForeignKeyConstraint(["organisation_id", "person_id"], people, name=f"{table}_person_fkey")


class Hold(Owned, Base):
    """Somebody's word that a record is kept, whatever its period says, and why; until it is lifted."""

    __tablename__ = "record_holds"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "incident_id"],
            ["incidents.organisation_id", "incidents.id"],
            name="record_holds_incident_fkey",
        ),
        _person("record_holds"),
        _member("record_holds", "placed_by"),
        _member("record_holds", "lifted_by"),
        CheckConstraint(
            "num_nonnulls(incident_id, person_id, other_id) = 1 and num_nonnulls(other_kind, other_id) <> 1",
            name="about",
        ),
        CheckConstraint("length(reason) between 1 and 2000", name="reason"),
        Index(
            "record_holds_incident", "organisation_id", "incident_id", postgresql_where=text("lifted_at is null")
        ),
        Index("record_holds_person", "organisation_id", "person_id", postgresql_where=text("lifted_at is null")),
        Index("record_holds_other", "organisation_id", "other_id", postgresql_where=text("lifted_at is null")),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    incident_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    person_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    """Holds every record that this person has a part in."""
    other_kind: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    """The kind of record, where it is neither."""
    other_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    ground: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    reason: Mapped[str] = mapped_column(Text, info=free_text())
    placed_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    placed_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    placed_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    lifted_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    lifted_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    lifted_by_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    lift_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())


class RecordDate(Base):
    """When a person left, or died: what some periods are counted from."""

    __tablename__ = "record_dates"
    __table_args__ = (
        _person("record_dates"),
        _member("record_dates", "said_by"),
        CheckConstraint("stays in ('no_next', 'unknown', 'not_theirs', 'went_already', 'other')", name="stays"),
        CheckConstraint(
            "(stays is null) = (stays_at is null) and (stays is null) = (stays_for is null)"
            " and (stays is null or stays_because <> '')", name="stays_said",
        ),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    person_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    left_on: Mapped[date | None] = mapped_column(Date, info=plain(committed=True))
    died_on: Mapped[date | None] = mapped_column(Date, info=plain(committed=True))
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    said_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    said_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    said_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    stays: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    """Why no file of theirs goes to another place."""
    stays_because: Mapped[str] = mapped_column(Text, server_default=text("''"), info=free_text(committed=True))
    stays_for: Mapped[date | None] = mapped_column(Date, info=plain())
    """The day they left of which that was said."""
    stays_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    stays_by_name: Mapped[str] = mapped_column(Text, server_default=text("''"), info=identifies())


class Disposal(Owned, Base):
    """A record that was disposed of, or is to be: never what was in it."""

    __tablename__ = "disposals"
    __table_args__ = (
        _member("disposals", "asked_by"),
        _member("disposals", "agreed_by"),
        CheckConstraint(
            "kind in ('incident', 'person', 'concern', 'allegation', 'public_report', 'alert', 'import',"
            " 'evidence_item', 'training_event', 'inspection', 'complaint', 'breach', 'access_request',"
            " 'helpline_case', 'policy', 'signature', 'minutes', 'roster', 'transfer', 'pack', 'former_account',"
            " 'voice', 'impact', 'filtering', 'review', 'improvement')",
            name="kind",
        ),
        CheckConstraint("state in ('asked', 'done', 'dropped')", name="state"),
        Index("disposals_list", "organisation_id", desc("asked_at"), desc("id")),
        Index(
            "disposals_once", "organisation_id", "kind", "subject_id", unique=True,
            postgresql_where=text("state <> 'dropped'"),
        ),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    kind: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    subject_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    subjects: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"), info=plain())
    """Of other kinds than these two, all that goes with it; of several the subject is the disposal itself."""
    incident_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    """While it is asked for: hides with the incident."""
    reference: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    """Random ones, of incidents, concerns and cases; of what has none nothing."""
    ground: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    rule: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    """The code of the retention rule."""
    years: Mapped[int | None] = mapped_column(Integer, info=plain(committed=True))
    due_on: Mapped[date | None] = mapped_column(Date, info=plain(committed=True))
    restricted: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), info=plain())
    state: Mapped[str] = mapped_column(Text, server_default="asked", info=plain())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    asked_at: Mapped[datetime] = mapped_column(MOMENT, info=plain(committed=True))
    asked_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    asked_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    done_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain(committed=True))
    agreed_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    agreed_by_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    erased: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'"), nullable=False, info=plain(committed=True))
    """How many of what: {entries, files, packs, ...}."""
    objects: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"), info=plain(exported=False))
    """Names in the object store that still have to go: ids alone. Their keys are gone with the record."""
    stored_erased_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
