"""The tables of this room, and how each column is redacted and exported."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
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
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, identifies, plain, words

_MEMBER = ["memberships.organisation_id", "memberships.user_id"]
_CONNECTION = ["sign_on_connections.organisation_id", "sign_on_connections.id"]


def _moment(*, nullable: bool = False) -> Mapped[datetime]:
    return mapped_column(DateTime(timezone=True), nullable=nullable, info=plain())


def _text(default: str) -> Mapped[str]:
    return mapped_column(Text, server_default=text(f"'{default}'"), info=plain())


class SignOnConnection(Base):
    """A provider at which members of one organisation sign in. Its issuer never changes."""

    __tablename__ = "sign_on_connections"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "made_by"], _MEMBER, name="sign_on_connections_made_by_fkey"),
        CheckConstraint("state in ('draft', 'open', 'off')", name="state"),
        CheckConstraint("subject_claim in ('sub', 'oid')", name="subject_claim"),
        CheckConstraint("two_claim in ('', 'amr', 'acr') and (two_claim = '') = (two_value = '')", name="two"),
        CheckConstraint("required_from is null or state = 'open'", name="required"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    label: Mapped[str] = mapped_column(Text, info=plain())
    issuer: Mapped[str] = mapped_column(Text, info=plain())
    client_id: Mapped[str] = mapped_column(Text, info=plain())
    client_secret: Mapped[bytes] = mapped_column(LargeBinary, info=plain(exported=False))
    """Sealed with the organisation's key."""
    subject_claim: Mapped[str] = _text("sub")
    """The claim that never changes and is never given to another: Entra's `oid`, elsewhere `sub`."""
    two_claim: Mapped[str] = _text("")
    two_value: Mapped[str] = _text("")
    """What the provider says in that claim when it asked for a second factor."""
    state: Mapped[str] = _text("draft")
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    required_from: Mapped[datetime | None] = _moment(nullable=True)
    tried_at: Mapped[datetime | None] = _moment(nullable=True)
    tried_well: Mapped[bool | None] = mapped_column(Boolean, info=plain())
    made_at: Mapped[datetime] = _moment()
    made_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())


class SignOnAccount(Base):
    """Whose account at the provider is which member here."""

    __tablename__ = "sign_on_accounts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "connection_id"], _CONNECTION, name="sign_on_accounts_connection_fkey"
        ),
        ForeignKeyConstraint(["organisation_id", "user_id"], _MEMBER, name="sign_on_accounts_member_fkey"),
        UniqueConstraint("organisation_id", "connection_id", "subject", name="sign_on_accounts_subject_key"),
        UniqueConstraint("organisation_id", "connection_id", "immutable_id", name="sign_on_accounts_immutable_key"),
        Index("sign_on_accounts_of_member", "organisation_id", "user_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    connection_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    user_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    immutable_id: Mapped[str | None] = mapped_column(Text, info=identifies(committed=False))
    """What whoever provisions accounts says theirs is, until it was used for the first time."""
    subject: Mapped[str | None] = mapped_column(Text, info=identifies(committed=False))
    vouched: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), info=plain())
    """Whether somebody who answers for records gave its holder a role that opens them while this id stood here."""
    added_at: Mapped[datetime] = _moment()
    last_used_at: Mapped[datetime | None] = _moment(nullable=True)


class SignOnExemption(Base):
    """Who goes on signing in with a password where the provider is required: the way in when it is down."""

    __tablename__ = "sign_on_exemptions"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "user_id"], _MEMBER, name="sign_on_exemptions_member_fkey"),
        ForeignKeyConstraint(["organisation_id", "made_by"], _MEMBER, name="sign_on_exemptions_made_by_fkey"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    user_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    reason: Mapped[str] = mapped_column(Text, info=words(committed=False))
    made_at: Mapped[datetime] = _moment()
    made_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())


class SignOnAttempt(Base):
    """A sign-in on its way to the provider and back, for ten minutes at most, bound to one browser."""

    __tablename__ = "sign_on_attempts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "connection_id"], _CONNECTION, name="sign_on_attempts_connection_fkey"
        ),
        ForeignKeyConstraint(["organisation_id", "user_id"], _MEMBER, name="sign_on_attempts_member_fkey"),
        CheckConstraint("length(state_hash) = 32 and length(browser_hash) = 32", name="state"),
        CheckConstraint("kind in ('enter', 'link', 'try')", name="kind"),
        CheckConstraint("(kind = 'enter') = (user_id is null)", name="whose"),
        Index("sign_on_attempts_by_state", "state_hash"),
        Index("sign_on_attempts_by_age", "begun_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    connection_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    kind: Mapped[str] = mapped_column(Text, info=plain())
    user_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    state_hash: Mapped[bytes] = mapped_column(LargeBinary, info=plain(exported=False))
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary, info=plain(exported=False))
    nonce: Mapped[str] = mapped_column(Text, info=plain(exported=False))
    verifier: Mapped[str] = mapped_column(Text, info=plain(exported=False))
    next: Mapped[str] = mapped_column(Text, info=plain(exported=False))
    begun_at: Mapped[datetime] = _moment()
