"""The tables of policies and agreements, and how each column is redacted, exported and committed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
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

from safeguard.database.base import Base, identifies, plain
from safeguard.database.base import words as free_text
from safeguard.registers.columns import EMPTY, MOMENT, OwnRow, Recorded, by_member, points_to

NONE = text("'{}'")
ONE = text("1")


def _edition(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["organisation_id", "policy_id", "edition"],
        ["policy_editions.organisation_id", "policy_editions.policy_id", "policy_editions.number"],
        name=f"{table}_edition_fkey",
    )


class PolicyRow(Recorded, Base):
    """A policy that people read, or an agreement that they sign."""

    __tablename__ = "policies"
    __table_args__ = (
        by_member("policies"),
        points_to("policies", "item_id", "evidence_items"),
        CheckConstraint("kind in ('policy', 'agreement')", name="kind"),
        Index("policies_list", "organisation_id", "kind", "title", "id"),
    )

    kind: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    title: Mapped[str] = mapped_column(Text, info=free_text())
    readers: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=NONE, info=plain(committed=True))
    """The roles of those who must read it."""
    parties: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=NONE, info=plain(committed=True))
    """Who signs an agreement: staff, pupils, visitors, families."""
    item_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    edition: Mapped[int] = mapped_column(Integer, server_default=ONE, info=plain(committed=True))
    version: Mapped[int] = mapped_column(Integer, server_default=ONE, info=plain())
    expected: Mapped[Any] = mapped_column(
        JSONB, server_default=text("'{}'"), nullable=False, info=plain(committed=True)
    )
    """{party: how many people should sign}, where somebody said it."""
    asked_since: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'"), nullable=False, info=plain())
    """{role: the day from which it is asked}, of those that are asked since after this edition was published; an
    agreement has "staff" for all of them."""
    reminded_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    """When somebody last asked that whoever has not done it be reminded."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain(committed=True))
    withdrawn_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())


class PolicyFile(Recorded, Base):
    """The file of an edition, as PDF: sealed in the object store."""

    __tablename__ = "policy_files"
    __table_args__ = (
        by_member("policy_files"),
        _edition("policy_files"),
        UniqueConstraint("organisation_id", "policy_id", "edition", name="policy_files_once_key"),
        CheckConstraint("state in ('waiting', 'clean', 'infected')", name="state"),
    )

    policy_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    edition: Mapped[int] = mapped_column(Integer, info=plain(committed=True))
    name: Mapped[str] = mapped_column(Text, info=free_text())
    size: Mapped[int] = mapped_column(BigInteger, info=plain(committed=True))
    sha256: Mapped[bytes] = mapped_column(LargeBinary, info=plain(committed=True))
    object_name: Mapped[str] = mapped_column(Text, info=plain(exported=False))
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary, info=plain(exported=False))
    """The key of the stored file under the organisation's: erasing it erases the file."""
    state: Mapped[str] = mapped_column(Text, server_default="waiting", info=plain())
    finding: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain())
    scanner: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain())
    scanned_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    version: Mapped[int] = mapped_column(Integer, server_default=ONE, info=plain())


class PolicyEdition(Recorded, Base):
    """One edition of its text: published once, never changed."""

    __tablename__ = "policy_editions"
    __table_args__ = (
        by_member("policy_editions"),
        points_to("policy_editions", "policy_id", "policies"),
        UniqueConstraint("organisation_id", "policy_id", "number", name="policy_editions_number_key"),
        CheckConstraint("lasts_months between 1 and 120", name="lasts"),
    )

    policy_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    number: Mapped[int] = mapped_column(Integer, info=plain(committed=True))
    summary: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    words: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    kept_at: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    effective_on: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    read_by: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    renew_on: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    lasts_months: Mapped[int | None] = mapped_column(Integer, info=plain(committed=True))
    """How long a signature or a reading holds; without one, until the next edition."""


class PolicyReading(OwnRow, Base):
    """That somebody with an account has read an edition."""

    __tablename__ = "policy_readings"
    __table_args__ = (
        _edition("policy_readings"),
        by_member("policy_readings", "user_id"),
        UniqueConstraint("organisation_id", "policy_id", "edition", "user_id", name="policy_readings_once_key"),
        Index("policy_readings_user", "organisation_id", "user_id", "policy_id"),
    )

    policy_id: Mapped[UUID] = mapped_column(Uuid, info=plain(committed=True))
    edition: Mapped[int] = mapped_column(Integer, info=plain(committed=True))
    user_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    name: Mapped[str] = mapped_column(Text, info=identifies())
    read_at: Mapped[datetime] = mapped_column(MOMENT, info=plain(committed=True))
    expires_on: Mapped[date | None] = mapped_column(Date, info=plain(committed=True))
    """The last day on which it holds; without one, until the next edition."""
    version: Mapped[int] = mapped_column(Integer, server_default=ONE, info=plain())
    """How often they have read this edition: each time is a version in the log."""


class AgreementLink(Recorded, Base):
    """An address at which people without an account sign: one of them once, many for a day on a device that is passed
    round, or many for weeks wherever they are."""

    __tablename__ = "agreement_links"
    __table_args__ = (
        by_member("agreement_links"),
        points_to("agreement_links", "policy_id", "policies"),
        UniqueConstraint("organisation_id", "token_hash", name="agreement_links_token_key"),
        Index("agreement_links_list", "organisation_id", "policy_id", desc("recorded_at")),
    )

    policy_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, info=plain(exported=False))
    many: Mapped[bool] = mapped_column(Boolean, info=plain())
    lasting: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), info=plain())
    signed: Mapped[int] = mapped_column(Integer, server_default=text("0"), info=plain())
    """How many signed there, where it is lasting."""
    party: Mapped[str] = mapped_column(Text, info=plain())
    name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies(committed=False))
    expires_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    used_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())


class AgreementSignature(Recorded, Base):
    """That somebody agreed to an edition, with an account or without."""

    __tablename__ = "agreement_signatures"
    __table_args__ = (
        by_member("agreement_signatures"),
        _edition("agreement_signatures"),
        by_member("agreement_signatures", "user_id"),
        points_to("agreement_signatures", "link_id", "agreement_links"),
        CheckConstraint("party in ('staff', 'pupil', 'visitor', 'family')", name="party"),
        CheckConstraint("way in ('account', 'link', 'device', 'lasting', 'paper')", name="way"),
        Index("agreement_signatures_list", "organisation_id", "policy_id", desc("recorded_at"), desc("id")),
        Index("agreement_signatures_user", "organisation_id", "user_id", "policy_id"),
    )

    policy_id: Mapped[UUID] = mapped_column(Uuid, info=plain(committed=True))
    edition: Mapped[int] = mapped_column(Integer, info=plain(committed=True))
    party: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    name: Mapped[str] = mapped_column(Text, info=identifies())
    for_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    way: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    link_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    """The address at which it was given; None with an account, on paper, and of some that an earlier release took."""
    user_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    signed_on: Mapped[date] = mapped_column(Date, info=plain(committed=True))
    expires_on: Mapped[date | None] = mapped_column(Date, info=plain(committed=True))
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain(committed=True))
    ended_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
