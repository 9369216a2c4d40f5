"""The tables of transfers, as models: what the migration made, held against it by a test."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
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

from safeguard.database.base import Base, Owned, identifies, plain, words

MOMENT = DateTime(timezone=True)
EMPTY, ONE, NONE = text("''"), text("1"), text("0")


def _member(table: str, column: str) -> ForeignKeyConstraint:
    people = ["memberships.organisation_id", "memberships.user_id"]
    return ForeignKeyConstraint(["organisation_id", column], people, name=f"{table}_{column}_fkey")


class Transfer(Owned, Base):
    """A person's file that was sent. It stays when what it held is disposed of: that a receipt was obtained counts."""

    __tablename__ = "transfers"
    __table_args__ = (
        UniqueConstraint("organisation_id", "link_hash", name="transfers_link_hash_key"),
        _member("transfers", "sent_by"),
        CheckConstraint("way in ('inside', 'link', 'paper')", name="way"),
        CheckConstraint("policy in ('keep', 'none')", name="policy"),
        CheckConstraint("state in ('sent', 'received', 'declined', 'cancelled', 'locked')", name="state"),
        Index("transfers_list", "organisation_id", text("sent_at desc"), text("id desc")),
        Index("transfers_person", "organisation_id", "person_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    """Also the id of the bundle: the same at both ends."""
    version: Mapped[int] = mapped_column(Integer, server_default=ONE, info=plain())
    person_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    person_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    way: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    other_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    recipient: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    recipient_person: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    basis: Mapped[str] = mapped_column(Text, info=words())
    policy: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    """Whether a copy is kept, as the organisation's setting said when it was sent."""
    state: Mapped[str] = mapped_column(Text, server_default=text("'sent'"), info=plain())
    incident_count: Mapped[int] = mapped_column(Integer, info=plain(committed=True))
    file_count: Mapped[int] = mapped_column(Integer, info=plain(committed=True))
    sent_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    sent_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    sent_by_name: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    sha256: Mapped[bytes] = mapped_column(LargeBinary, info=plain())
    size: Mapped[int] = mapped_column(BigInteger, info=plain())
    object_name: Mapped[str | None] = mapped_column(Text, info=plain(exported=False))
    locked_key: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    """The key of the stored bundle, locked with the passphrase, which is not here."""
    secret: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    """On paper alone: the passphrase, sealed for ourselves, so that the file can be printed again."""
    link_hash: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    expires_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    tries_left: Mapped[int] = mapped_column(Integer, server_default=NONE, info=plain())
    due_on: Mapped[date | None] = mapped_column(Date, info=plain())
    """By when a receipt should be here; None where that cannot be counted."""
    outbox_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    received_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    received_by: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    received_role: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain())
    received_at_place: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain())
    receipt: Mapped[str | None] = mapped_column(Text, info=plain())
    cancelled_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    cancelled_by_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies(committed=False))
    cancel_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=words())


class TransferItem(Owned, Base):
    """An incident that was sent, or left out with a reason."""

    __tablename__ = "transfer_items"
    __table_args__ = (
        UniqueConstraint("organisation_id", "transfer_id", "incident_id", name="transfer_items_incident_key"),
        ForeignKeyConstraint(
            ["organisation_id", "transfer_id"], ["transfers.organisation_id", "transfers.id"],
            name="transfer_items_transfer_fkey",
        ),
        Index("transfer_items_incident", "organisation_id", "incident_id"),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    transfer_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    incident_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    reference: Mapped[str] = mapped_column(Text, info=plain())
    left_out: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=words(committed=False))
    as_sent: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    """Digest of the incident as it was sent; None where it did not go whole."""


class IncomingTransfer(Owned, Base):
    """A person's file that came: from an organisation of this service, or as a file that somebody uploaded."""

    __tablename__ = "incoming_transfers"
    __table_args__ = (
        _member("incoming_transfers", "arrived_by"),
        _member("incoming_transfers", "opened_by"),
        CheckConstraint("way in ('inside', 'upload')", name="way"),
        CheckConstraint("state in ('waiting', 'opened', 'imported', 'declined', 'cancelled')", name="state"),
        Index("incoming_transfers_list", "organisation_id", text("arrived_at desc"), text("id desc")),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    version: Mapped[int] = mapped_column(Integer, server_default=ONE, info=plain())
    way: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    sender_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    sender_name: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    contact: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies(committed=False))
    state: Mapped[str] = mapped_column(Text, server_default=text("'waiting'"), info=plain())
    arrived_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    arrived_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    sha256: Mapped[bytes] = mapped_column(LargeBinary, info=plain())
    size: Mapped[int] = mapped_column(BigInteger, info=plain())
    object_name: Mapped[str | None] = mapped_column(Text, info=plain(exported=False))
    locked_key: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    secret: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    """The passphrase, sealed for ourselves."""
    opened_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    opened_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    opened_by_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies(committed=False))
    opened_role: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain())
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    ended_by_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies(committed=False))
    end_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=words(committed=False))
    person_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    made_count: Mapped[int] = mapped_column(Integer, server_default=NONE, info=plain())
    known_count: Mapped[int] = mapped_column(Integer, server_default=NONE, info=plain())
    file_count: Mapped[int] = mapped_column(Integer, server_default=NONE, info=plain())
