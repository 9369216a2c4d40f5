"""The tables of requests and of their working copies, and the logs of complaints and breaches, as models."""

from datetime import date, datetime
from typing import Any
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
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, identifies, plain
from safeguard.database.base import words as free_text

MOMENT = DateTime(timezone=True)
EMPTY = text("''")
ONE = text("1")


def _person(table: str) -> ForeignKeyConstraint:
    people = ["people.organisation_id", "people.id"]
    return ForeignKeyConstraint(["organisation_id", "person_id"], people, name=f"{table}_person_fkey")


def _request(table: str) -> ForeignKeyConstraint:
    requests = ["access_requests.organisation_id", "access_requests.id"]
    return ForeignKeyConstraint(["organisation_id", "request_id"], requests, name=f"{table}_request_fkey")


class AccessRequest(Owned, Base):
    """Somebody asks for what is kept about a person."""

    __tablename__ = "access_requests"
    __table_args__ = (
        _person("access_requests"),
        ForeignKeyConstraint(
            ["organisation_id", "written_by"],
            ["memberships.organisation_id", "memberships.user_id"],
            name="access_requests_written_by_fkey",
        ),
        CheckConstraint("state in ('open', 'asked', 'released', 'refused')", name="state"),
        CheckConstraint("ground in ('own', 'parental_responsibility', 'court_order', 'authority')", name="ground"),
        CheckConstraint("identity in ('known', 'document', 'online', 'called_back')", name="identity"),
        CheckConstraint("competent in ('yes', 'no', 'adult')", name="competent"),
        Index("access_requests_list", "organisation_id", "received_on", "id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    person_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    about_name: Mapped[str] = mapped_column(Text, info=identifies())
    asker: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    asker_name: Mapped[str] = mapped_column(Text, info=identifies())
    asker_contact: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    received_on: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    due_on: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    stopped_on: Mapped[date | None] = mapped_column(Date, info=plain(committed=True))
    stop_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    stopped_days: Mapped[int] = mapped_column(Integer, server_default=text("0"), info=plain(committed=True))
    extended_on: Mapped[date | None] = mapped_column(Date, info=plain(committed=True))
    extension_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    standing_words: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    harm: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    harm_words: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    ground: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    """What entitles whoever asks."""
    identity: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    """How it was made sure who they are."""
    seen: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    """Which papers were seen, on the day and by whom that follow."""
    seen_on: Mapped[date | None] = mapped_column(Date, info=plain(committed=True))
    seen_by_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    competent: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    """Whether whom it is about understands what is asked for."""
    wishes: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    limits: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    """What a court, or an agreement, says against it."""
    advised_by: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    """Who advised on serious harm."""
    search_words: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"), info=identifies())
    """What else they are called: looked for beside their names, in words alone."""
    state: Mapped[str] = mapped_column(Text, server_default="open", info=plain(committed=True))
    version: Mapped[int] = mapped_column(Integer, server_default=ONE, info=plain())
    gathered_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    answered_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    answered_by_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    refusal: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    size: Mapped[int | None] = mapped_column(BigInteger, info=plain())
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain())
    written_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    written_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    written_by_name: Mapped[str] = mapped_column(Text, info=identifies())


class AccessItem(Owned, Base):
    """One thing that was found, copied: the record that it came from is never changed."""

    __tablename__ = "access_items"
    __table_args__ = (
        _request("access_items"),
        Index("access_items_request", "organisation_id", "request_id", "position"),
        Index("access_items_incident", "organisation_id", "incident_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    request_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    incident_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    position: Mapped[int] = mapped_column(Integer, info=plain())
    kind: Mapped[str] = mapped_column(Text, info=plain())
    source_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    label: Mapped[str] = mapped_column(Text, info=free_text(committed=False))
    passages: Mapped[Any] = mapped_column(JSONB, nullable=False, info=free_text(committed=False))
    by_words: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), info=plain())
    """Found by a name in the words, in a record that is not tied to the person."""
    found_in: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain())
    """Under which headings it names them."""
    place: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain())
    """The address of the page where it is read."""
    withheld: Mapped[str | None] = mapped_column(Text, info=plain())
    enclosed_by_name: Mapped[str | None] = mapped_column(Text, info=identifies(committed=False))
    """Of a file: who looked at it and had it go with the answer, whole."""


class AccessRedaction(Owned, Base):
    """Words that are blacked out wherever they stand in the copy, and on what ground."""

    __tablename__ = "access_redactions"
    __table_args__ = (
        _request("access_redactions"),
        Index("access_redactions_request", "organisation_id", "request_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    request_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    incident_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    phrase: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    code: Mapped[str] = mapped_column(Text, info=plain())
    automatic: Mapped[bool] = mapped_column(Boolean, info=plain())
    added_by_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies(committed=False))
    undone_by_name: Mapped[str | None] = mapped_column(Text, info=identifies(committed=False))


class Disagreement(Owned, Base):
    """What somebody holds against a record about them; it stands beside the record, and goes wherever that goes."""

    __tablename__ = "disagreements"
    __table_args__ = (
        _person("disagreements"),
        CheckConstraint("length(words) between 1 and 10000", name="words"),
        Index("disagreements_person", "organisation_id", "person_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    person_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    by_name: Mapped[str] = mapped_column(Text, info=identifies())
    words: Mapped[str] = mapped_column(Text, info=free_text())
    answer: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    written_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    written_by_name: Mapped[str] = mapped_column(Text, info=identifies())


class Complaint(Owned, Base):
    """A complaint about how records are kept, and what was answered."""

    __tablename__ = "complaints"
    __table_args__ = (CheckConstraint("length(words) between 1 and 10000", name="words"),)

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    received_on: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    by_name: Mapped[str] = mapped_column(Text, info=identifies())
    about: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    words: Mapped[str] = mapped_column(Text, info=free_text())
    version: Mapped[int] = mapped_column(Integer, server_default=ONE, info=plain())
    answer: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    upheld: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    answered_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    answered_by_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    written_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    written_by_name: Mapped[str] = mapped_column(Text, info=identifies())


class Breach(Owned, Base):
    """A breach of personal data, its clock of 72 hours, and what was done (UK GDPR articles 33 and 34)."""

    __tablename__ = "breaches"
    __table_args__ = (CheckConstraint("risk in ('none', 'some', 'high')", name="risk"),)

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    discovered_at: Mapped[datetime] = mapped_column(MOMENT, info=plain(committed=True))
    due_at: Mapped[datetime] = mapped_column(MOMENT, info=plain(committed=True))
    words: Mapped[str] = mapped_column(Text, info=free_text())
    people_count: Mapped[int | None] = mapped_column(Integer, info=plain(committed=True))
    risk: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    measures: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    version: Mapped[int] = mapped_column(Integer, server_default=ONE, info=plain())
    reported_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain(committed=True))
    report_reference: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain(committed=True))
    not_reported: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    not_told: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    told_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain(committed=True))
    written_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    written_by_name: Mapped[str] = mapped_column(Text, info=identifies())
