"""The tables of this room, and how each column is redacted and exported.

Models serve the schema check and the column registry; statements stand beside the verbs that send them. Sessions,
devices, throttles and people are reached through definer functions alone (see migrations/sql).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    DateTime,
    Double,
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
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, identifies, plain, words

NEVER = text("'-infinity'::timestamptz")
NOW = text("now()")
_MEMBER = ["memberships.organisation_id", "memberships.user_id"]


def _moment(**more: Any) -> Mapped[datetime]:
    return mapped_column(DateTime(timezone=True), info=plain(), **more)


def _never_or(*, nullable: bool = True) -> Mapped[datetime | None]:
    return mapped_column(DateTime(timezone=True), nullable=nullable, info=plain())


def _secret() -> Mapped[bytes]:
    """A hash that is compared with and never shown."""
    return mapped_column(LargeBinary, info=plain(exported=False))


class User(Base):
    """A person, or a service: the same in every organisation."""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("email", name="users_email_key"),
        CheckConstraint("email = lower(email) and length(email) between 3 and 254", name="email"),
        CheckConstraint("length(name) between 1 and 200", name="name"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    email: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    name: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    password_hash: Mapped[str | None] = mapped_column(Text, info=plain(exported=False))
    created_at: Mapped[datetime] = _moment(server_default=NOW)
    disabled_at: Mapped[datetime | None] = _never_or()


class Membership(Base):
    """What somebody may do in one organisation. It ends, and is never deleted: records name it."""

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint("length(name) between 1 and 200", name="name"),
        CheckConstraint("state in ('active', 'ended')", name="state"),
        CheckConstraint("kind in ('person', 'service')", name="kind"),
        CheckConstraint(
            "deputy_until is null or deputy_from is not null and deputy_until > deputy_from", name="deputy"
        ),
        CheckConstraint("ended_why in ('left', 'moved', 'mistake', 'trust')", name="ended_why"),
        Index("memberships_user_id_idx", "user_id"),
        Index("memberships_deputies", "organisation_id", "user_id", postgresql_where=text("deputy_from is not null")),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    user_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("users.id"), primary_key=True, info=plain())
    name: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    email: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    former_names: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{}'"), info=identifies(committed=False)
    )
    """What they were called here before, the earliest first, written down by the database whoever changes the name: a
    record that is about them may say it. They go with the account's name."""
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text), info=plain())
    state: Mapped[str] = mapped_column(Text, server_default=text("'active'"), info=plain())
    created_at: Mapped[datetime] = _moment(server_default=NOW)
    kind: Mapped[str] = mapped_column(Text, server_default=text("'person'"), info=plain())
    signed_in_at: Mapped[datetime | None] = _never_or()
    """When they first came in; None for somebody who never did."""
    deputy_from: Mapped[datetime | None] = _never_or()
    """From when the role of deputy holds, until `deputy_until`; None when it holds without a limit."""
    deputy_until: Mapped[datetime | None] = _never_or()
    ended_at: Mapped[datetime | None] = _never_or()
    """When it ended, written down by the database: from then the period of a former account counts."""
    ended_why: Mapped[str | None] = mapped_column(Text, info=plain())
    """Why somebody was taken out by hand: one of four reasons, never words about them. None for every other way."""
    roles_since: Mapped[datetime | None] = _never_or()
    """Since when they hold a role more, or are back, written down by the database; None where nothing was added."""


class PastoralScope(Base):
    """What a lead has assigned to a pastoral member: incidents of a group, an issue or a risk area."""

    __tablename__ = "pastoral_scopes"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "user_id"], _MEMBER, name="pastoral_scopes_member_fkey"),
        ForeignKeyConstraint(["organisation_id", "set_by"], _MEMBER, name="pastoral_scopes_set_by_fkey"),
        CheckConstraint("kind in ('group', 'issue_type', 'risk_area')", name="kind"),
        CheckConstraint("length(value) between 1 and 200", name="value"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    user_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    kind: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    value: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    set_at: Mapped[datetime] = _moment()
    set_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())


class Proposal(Owned, Base):
    """An act that takes two people: who asked for what and why, and what somebody else decided."""

    __tablename__ = "proposals"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "concern_id"], ["concerns.organisation_id", "concerns.id"],
            name="proposals_concern_fkey",
        ),
        ForeignKeyConstraint(["organisation_id", "proposed_by"], _MEMBER, name="proposals_proposed_by_fkey"),
        ForeignKeyConstraint(["organisation_id", "decided_by"], _MEMBER, name="proposals_decided_by_fkey"),
        CheckConstraint("state in ('open', 'approved', 'declined', 'withdrawn')", name="state"),
        CheckConstraint("log in ('general', 'restricted')", name="log"),
        CheckConstraint("length(reason) between 1 and 2000", name="reason"),
        CheckConstraint("(state = 'open') = (decided_at is null)", name="decided"),
        CheckConstraint(
            "state = 'withdrawn' or decided_by is null or decided_by is distinct from proposed_by", name="two"
        ),
        Index("proposals_open", "organisation_id", desc("proposed_at"), desc("id")),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    act: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    subject_id: Mapped[UUID] = mapped_column(Uuid, info=plain(committed=True))
    incident_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    concern_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    details: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'"), info=identifies(committed=False))
    told: Mapped[str] = mapped_column(Text, info=identifies())
    reason: Mapped[str] = mapped_column(Text, info=words())
    log: Mapped[str] = mapped_column(Text, server_default=text("'general'"), info=plain())
    state: Mapped[str] = mapped_column(Text, server_default=text("'open'"), info=plain(committed=True))
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    proposed_at: Mapped[datetime] = _moment()
    proposed_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    proposed_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    expires_at: Mapped[datetime] = _moment()
    decided_at: Mapped[datetime | None] = _never_or()
    decided_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    decided_by_name: Mapped[str] = mapped_column(Text, server_default=text("''"), info=identifies())
    decision_reason: Mapped[str] = mapped_column(Text, server_default=text("''"), info=words())


class ApprovalLink(Owned, Base):
    """A one-time link by which the outside second person decides one proposal."""

    __tablename__ = "approval_links"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "proposal_id"], ["proposals.organisation_id", "proposals.id"],
            name="approval_links_proposal_fkey",
        ),
        UniqueConstraint("organisation_id", "token_hash", name="approval_links_token_key"),
        CheckConstraint("length(token_hash) = 32", name="token"),
        Index("approval_links_by_token", "token_hash"),
        Index("approval_links_of", "organisation_id", "proposal_id"),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    proposal_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    token_hash: Mapped[bytes] = _secret()
    email: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    """Whom it was made for: it opens while that is the outside second person."""
    created_at: Mapped[datetime] = _moment()
    expires_at: Mapped[datetime] = _moment()
    used_at: Mapped[datetime | None] = _never_or()


class PasswordReset(Base):
    """A link by which somebody who lost their password chooses another, once, within an hour."""

    __tablename__ = "password_resets"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "made_by"], _MEMBER, name="password_resets_made_by_fkey"),
        CheckConstraint("length(token_hash) = 32", name="token"),
        Index("password_resets_by_token", "token_hash", unique=True),
    )

    user_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("users.id", name="password_resets_user_id_fkey"), primary_key=True, info=plain()
    )
    token_hash: Mapped[bytes] = _secret()
    organisation_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    made_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    """Who made the link for them; None when they asked for it themselves."""
    created_at: Mapped[datetime] = _moment()
    expires_at: Mapped[datetime] = _moment()


class Invitation(Base):
    """A link that makes one person a member, once, within three days."""

    __tablename__ = "invitations"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "created_by"], _MEMBER, name="invitations_created_by_fkey"),
        UniqueConstraint("organisation_id", "token_hash", name="invitations_token_key"),
        CheckConstraint("email = lower(email) and length(email) between 3 and 254", name="email"),
        CheckConstraint("cardinality(roles) > 0", name="roles"),
        CheckConstraint("length(token_hash) = 32", name="token"),
        CheckConstraint("num_nonnulls(used_at, withdrawn_at) <= 1", name="ended"),
        Index("invitations_by_token", "token_hash"),
        Index("invitations_open", "organisation_id", "email", postgresql_where=text("used_at is null")),
    )

    organisation_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("organisations.id", name="invitations_organisation_fkey"), primary_key=True, info=plain()
    )
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    email: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text), info=plain())
    token_hash: Mapped[bytes] = _secret()
    created_at: Mapped[datetime] = _moment()
    created_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    expires_at: Mapped[datetime] = _moment()
    used_at: Mapped[datetime | None] = _never_or()
    withdrawn_at: Mapped[datetime | None] = _never_or()


class Session(Base):
    """Somebody signed in on one browser, in one organisation at a time."""

    __tablename__ = "sessions"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "user_id"], _MEMBER, name="sessions_membership_fkey"),
        CheckConstraint("length(token_hash) = 32", name="token"),
        CheckConstraint("length(browser) <= 100", name="browser"),
        Index("sessions_by_id", "user_id", "id", unique=True),
        Index("sessions_member", "organisation_id", "user_id"),
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, info=plain(exported=False))
    id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    user_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    organisation_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    created_at: Mapped[datetime] = _moment()
    authenticated_at: Mapped[datetime] = _moment()
    factors: Mapped[list[str]] = mapped_column(ARRAY(Text), info=plain())
    last_seen_at: Mapped[datetime] = _moment()
    browser: Mapped[str] = mapped_column(Text, info=plain())
    device_hash: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    shared: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), info=plain())
    """On a computer that others use: it ends sooner, and the browser is not known afterwards."""
    locked_at: Mapped[datetime | None] = _never_or()
    """Since when it opens nothing until a factor is shown again."""


class Device(Base):
    """A browser on which this person has signed in before."""

    __tablename__ = "devices"
    __table_args__ = (CheckConstraint("length(token_hash) = 32", name="token"),)

    user_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("users.id", name="devices_user_fkey"), primary_key=True, info=plain()
    )
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, info=plain(exported=False))
    organisation_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    created_at: Mapped[datetime] = _moment()
    last_used_at: Mapped[datetime] = _moment()
    browser: Mapped[str] = mapped_column(Text, server_default=text("''"), info=plain())
    proven_at: Mapped[datetime | None] = _never_or()
    """When a second factor was first shown here: from then on its tries are counted apart from strangers'."""
    trusted_until: Mapped[datetime | None] = _never_or()
    """Until when this browser stands for the second factor."""


class Token(Base):
    """A key for the JSON API. It stands for a service member, and a person answers for it."""

    __tablename__ = "tokens"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "user_id"], _MEMBER, name="tokens_member_fkey"),
        ForeignKeyConstraint(["organisation_id", "sponsor_id"], _MEMBER, name="tokens_sponsor_fkey"),
        UniqueConstraint("organisation_id", "token_hash", name="tokens_token_key"),
        CheckConstraint("length(name) between 1 and 100", name="name"),
        CheckConstraint("length(token_hash) = 32", name="token"),
        CheckConstraint("expires_at > created_at", name="expires"),
        ForeignKeyConstraint(
            ["organisation_id", "waits_for"],
            ["proposals.organisation_id", "proposals.id"],
            name="tokens_waits_for_fkey",
        ),
        Index("tokens_by_token", "token_hash"),
        Index("tokens_member", "organisation_id", "user_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    user_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    name: Mapped[str] = mapped_column(Text, info=plain())
    token_hash: Mapped[bytes] = _secret()
    sponsor_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    sponsor_name: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    created_at: Mapped[datetime] = _moment()
    expires_at: Mapped[datetime] = _moment()
    last_used_at: Mapped[datetime | None] = _never_or()
    revoked_at: Mapped[datetime | None] = _never_or()
    waits_for: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    """The proposal without whose approval it opens nothing."""
    scopes: Mapped[list[str] | None] = mapped_column(ARRAY(Text), info=plain())
    """What it is for (`access.scopes`); null: everything that its role may."""


class Throttle(Base):
    """How often something was tried lately, under a key that tells nobody's address."""

    __tablename__ = "throttles"
    __table_args__ = (Index("throttles_at", "at"),)

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, info=plain(exported=False))
    score: Mapped[float] = mapped_column(Double, server_default=text("0"), info=plain(exported=False))
    at: Mapped[datetime] = _moment()
    blocked_until: Mapped[datetime] = _moment(server_default=NEVER)


class Idempotency(Base):
    """That a request was made and what was answered, so that making it again changes nothing. Kept for 30 days."""

    __tablename__ = "idempotency"
    __table_args__ = (
        CheckConstraint("length(key) between 1 and 200", name="key"),
        Index("idempotency_created_at", "organisation_id", "created_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("organisations.id", name="idempotency_organisation_fkey"), primary_key=True, info=plain()
    )
    actor_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    route: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    key: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    body_hash: Mapped[bytes] = mapped_column(LargeBinary, info=plain(exported=False))
    request_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    status: Mapped[int] = mapped_column(Integer, info=plain())
    location: Mapped[str | None] = mapped_column(Text, info=plain())
    answer: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    """Written by earlier releases only, and swept with its row."""
    object_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    """What was made or changed."""
    created_at: Mapped[datetime] = _moment()
