"""The tables of this room. No process but the database's own functions touches them (migrations/sql/66_console.sql)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, identifies, plain

MOMENT = DateTime(timezone=True)


class Operator(Base):
    """Somebody who runs the service. They belong to no organisation and read nothing of any."""

    __tablename__ = "operators"
    __table_args__ = (
        UniqueConstraint("email", name="operators_email_key"),
        CheckConstraint("length(email) between 3 and 254", name="email"),
        CheckConstraint("length(name) between 1 and 200", name="name"),
        CheckConstraint("num_nulls(link_hash, link_until) in (0, 2)", name="link"),
        CheckConstraint("num_nulls(password_hash, sealed) in (0, 2)", name="factors"),
        {"schema": "console"},
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    email: Mapped[str] = mapped_column(Text, info=identifies())
    name: Mapped[str] = mapped_column(Text, info=identifies())
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    password_hash: Mapped[str | None] = mapped_column(Text, info=plain(exported=False))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    """The secret of their authenticator app, sealed with `keys/console`."""
    last_step: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), info=plain(exported=False))
    """The last half minute whose code was taken: no earlier one counts, and this one not again."""
    link_hash: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    link_until: Mapped[datetime | None] = mapped_column(MOMENT)
    disabled_at: Mapped[datetime | None] = mapped_column(MOMENT)


class OperatorSession(Base):
    """An operator at a browser: 15 idle minutes, eight hours in all."""

    __tablename__ = "sessions"
    __table_args__ = (Index("sessions_operator", "operator_id"), {"schema": "console"})

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, info=plain(exported=False))
    operator_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("console.operators.id", name="sessions_operator_fkey"), info=plain()
    )
    created_at: Mapped[datetime] = mapped_column(MOMENT)
    last_seen_at: Mapped[datetime] = mapped_column(MOMENT)
    proven_at: Mapped[datetime] = mapped_column(MOMENT)


class Act(Base):
    """What an operator did, and why. Never changed."""

    __tablename__ = "acts"
    __table_args__ = (
        CheckConstraint(
            "act in ('enrolled', 'signed_in', 'suspended', 'resumed', 'leaving_asked', 'leaving_agreed',"
            " 'leaving_declined', 'leaving_undone', 'announced', 'announcement_ended', 'removal_asked',"
            " 'removal_agreed', 'removal_declined', 'removal_stopped')",
            name="act",
        ),
        CheckConstraint("length(reason) <= 1000", name="reason"),
        Index("acts_at", "at"),
        {"schema": "console"},
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    at: Mapped[datetime] = mapped_column(MOMENT)
    operator_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("console.operators.id", name="acts_operator_fkey"), info=plain()
    )
    operator_name: Mapped[str] = mapped_column(Text, info=identifies())
    act: Mapped[str] = mapped_column(Text, info=plain())
    organisation_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    """No foreign key: what was done outlives the organisation."""
    reason: Mapped[str] = mapped_column(Text, server_default=text("''"), info=plain())
    state_before: Mapped[str | None] = mapped_column(Text, info=plain())
    """In which state the organisation was; None of what changed none, or was done before this was written down."""


class Request(Base):
    """That an organisation leaves, or that what it kept is removed: one operator asks, another decides."""

    __tablename__ = "requests"
    __table_args__ = (
        CheckConstraint("length(reason) between 1 and 1000", name="reason"),
        CheckConstraint(
            "num_nulls(decided_by, decided_by_name, decided_at, decision) in (0, 4)"
            " and (decision is null or decision in ('agreed', 'declined'))",
            name="decision",
        ),
        CheckConstraint("decision is distinct from 'agreed' or decided_by <> asked_by", name="two"),
        CheckConstraint("kind in ('leaving', 'removal')", name="kind"),
        CheckConstraint(
            "(due_at is not null) = (kind = 'removal' and decision is not distinct from 'agreed')", name="due"
        ),
        CheckConstraint(
            "num_nulls(stopped_at, stopped_by_name) in (0, 2) and (stopped_at is null or due_at is not null)",
            name="stopped",
        ),
        Index("requests_open", "organisation_id", unique=True, postgresql_where=text("decision is null")),
        {"schema": "console"},
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    organisation_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    """No foreign key: what was agreed to outlives the organisation."""
    asked_by: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("console.operators.id", name="requests_asked_by_fkey"), info=plain()
    )
    asked_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    asked_at: Mapped[datetime] = mapped_column(MOMENT)
    reason: Mapped[str] = mapped_column(Text, info=plain())
    decided_by: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("console.operators.id", name="requests_decided_by_fkey"), info=plain()
    )
    decided_by_name: Mapped[str | None] = mapped_column(Text, info=identifies())
    decided_at: Mapped[datetime | None] = mapped_column(MOMENT)
    decision: Mapped[str | None] = mapped_column(Text, info=plain())
    kind: Mapped[str] = mapped_column(Text, server_default=text("'leaving'"), info=plain())
    due_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    """Of a removal: from when on it may be done."""
    stopped_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    stopped_by_name: Mapped[str | None] = mapped_column(Text, info=identifies())


class Announcement(Base):
    """A sentence that everybody sees on every page until it ends: work on the service, say."""

    __tablename__ = "announcements"
    __table_args__ = (
        CheckConstraint("length(words) between 1 and 500", name="words"),
        Index("announcements_until", "until"),
        {"schema": "console"},
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    words: Mapped[str] = mapped_column(Text, info=plain())
    made_by: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("console.operators.id", name="announcements_made_by_fkey"), info=plain()
    )
    made_at: Mapped[datetime] = mapped_column(MOMENT)
    until: Mapped[datetime] = mapped_column(MOMENT)


class Removal(Base):
    """That everything an organisation kept was removed: who asked and agreed, how much it was, and the certificate.

    Kept outside the organisation, which is no more. No word of what it kept: its own name, numbers, who answers for it.
    """

    __tablename__ = "removals"
    __table_args__ = (
        UniqueConstraint("organisation_id", name="removals_organisation_key"),
        CheckConstraint("agreed_by_name <> '' and asked_by_name <> ''", name="two"),
        Index("removals_removed", "removed_at"),
        {"schema": "console"},
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    organisation_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    slug: Mapped[str] = mapped_column(Text, info=plain())
    name: Mapped[str] = mapped_column(Text, info=plain())
    kind: Mapped[str] = mapped_column(Text, info=plain())
    reason: Mapped[str] = mapped_column(Text, info=plain())
    asked_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    asked_at: Mapped[datetime] = mapped_column(MOMENT)
    agreed_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    agreed_at: Mapped[datetime] = mapped_column(MOMENT)
    removed_at: Mapped[datetime] = mapped_column(MOMENT)
    counted: Mapped[dict[str, int]] = mapped_column(JSONB, info=plain())
    """How many rows, of how many tables; of which one how many is nobody's to know."""
    accounts: Mapped[int] = mapped_column(BigInteger, info=plain())
    """Accounts of people who belonged to no other organisation."""
    objects: Mapped[list[str]] = mapped_column(ARRAY(Text), info=plain(exported=False))
    """What lies in the object store under a name of its own, until that is erased too: noise, because its keys are
    gone."""
    stored_erased_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    certificate: Mapped[str | None] = mapped_column(Text, info=plain())
    """The signed note."""
