"""The tables of the vault. Statements are constant SQL beside each verb; these say what each column may tell."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    Uuid,
    desc,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, identifies, plain
from safeguard.database.base import words as free_text

MOMENT = DateTime(timezone=True)
EMPTY = text("''")


def _to(table: str, column: str, key: str, name: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["organisation_id", column], [f"{table}.organisation_id", f"{table}.{key}"], name=name)


class Concern(Owned, Base):
    """What somebody noticed about an adult who works here: a low-level concern, or an allegation (KCSIE part four)."""

    __tablename__ = "concerns"
    __table_args__ = (
        UniqueConstraint("organisation_id", "reference", name="concerns_reference_key"),
        _to("memberships", "raised_by", "user_id", "concerns_raised_by_fkey"),
        _to("memberships", "subject_user_id", "user_id", "concerns_subject_fkey"),
        _to("memberships", "received_by", "user_id", "concerns_received_by_fkey"),
        _to("incidents", "incident_id", "id", "concerns_incident_fkey"),
        CheckConstraint("state in ('new', 'open', 'closed')", name="state"),
        Index("concerns_list", "organisation_id", desc("raised_at"), desc("id")),
        Index("concerns_own", "organisation_id", "raised_by", desc("raised_at")),
        Index(
            "concerns_incident", "organisation_id", "incident_id",
            postgresql_where=text("incident_id is not null"),
        ),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    reference: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    state: Mapped[str] = mapped_column(Text, server_default="new", info=plain(committed=True))
    raised_at: Mapped[datetime] = mapped_column(MOMENT, info=plain(committed=True))
    raised_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    raised_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    incident_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain(committed=True))
    """The incident that it came from."""
    subject_user_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    subject_name: Mapped[str] = mapped_column(Text, info=identifies())
    subject_work: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    """What they do here."""
    happened_words: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    narrative: Mapped[str] = mapped_column(Text, info=free_text())
    immediate_action: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    child_at_risk: Mapped[bool | None] = mapped_column(Boolean, info=plain(committed=True))
    received_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain(committed=True))
    received_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    level: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    level_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    decided_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain(committed=True))
    outcome: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    outcome_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    told_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain(committed=True))
    closed_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain(committed=True))
    last_activity_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    subject_left_on: Mapped[date | None] = mapped_column(Date, info=plain(committed=True))
    """From when a low-level concern need not be kept."""
    subject_left_version: Mapped[int] = mapped_column(Integer, server_default=text("0"), info=plain())


class ConcernEntry(Owned, Base):
    """Something added to a concern; its words never change."""

    __tablename__ = "concern_entries"
    __table_args__ = (
        _to("concerns", "concern_id", "id", "concern_entries_concern_fkey"),
        _to("memberships", "author_id", "user_id", "concern_entries_author_fkey"),
        Index("concern_entries_story", "organisation_id", "concern_id", "written_at", "id"),
    )

    concern_id: Mapped[UUID] = mapped_column(Uuid, info=plain(committed=True))
    kind: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    written_at: Mapped[datetime] = mapped_column(MOMENT, info=plain(committed=True))
    author_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    author_name: Mapped[str] = mapped_column(Text, info=identifies())
    words: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    contact: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    contact_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    contact_reference: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    contacted_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain(committed=True))


class VaultPerson(Owned, Base):
    """Somebody whom the head lets into the vault."""

    __tablename__ = "vault_people"
    __table_args__ = (
        _to("memberships", "user_id", "user_id", "vault_people_user_fkey"),
        _to("memberships", "named_by", "user_id", "vault_people_named_by_fkey"),
        _to("memberships", "ended_by", "user_id", "vault_people_ended_by_fkey"),
        Index("vault_people_now", "organisation_id", "user_id", unique=True, postgresql_where=text("ended_at is null")),
    )

    user_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    since: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    named_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    reason: Mapped[str] = mapped_column(Text, info=free_text())
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    ended_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
