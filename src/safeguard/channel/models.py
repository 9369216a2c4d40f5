"""The tables of the channel, as models: what the migration made, held against it by a test."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, LargeBinary, Text, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, plain

MOMENT = DateTime(timezone=True)
_ORGANISATION = "organisations.id"
_GENERAL = text("'general'")


class ChannelKey(Base):
    """One version of an organisation's keys of the channel. The newest signs; older ones open what was on its way."""

    __tablename__ = "channel_keys"

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey(_ORGANISATION), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, info=plain())
    signing: Mapped[bytes] = mapped_column(LargeBinary, info=plain())
    """The public half of an Ed25519 key."""
    sealing: Mapped[bytes] = mapped_column(LargeBinary, info=plain())
    """The public half of an X25519 key."""
    secret: Mapped[bytes] = mapped_column(LargeBinary, info=plain(exported=False))
    """Both private halves, sealed with the organisation's key."""
    made_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())


class ChannelPair(Base):
    """How far two organisations have got with each other, each way."""

    __tablename__ = "channel_pairs"

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey(_ORGANISATION), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sent: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), info=plain())
    sent_hash: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain())
    received: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), info=plain())
    received_hash: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain())


class Outgoing(Owned, Base):
    """Something that leaves, or has left: sealed for ourselves at first, then for whom it is meant."""

    __tablename__ = "channel_outbox"
    __table_args__ = (
        UniqueConstraint("organisation_id", "other_id", "sequence", name="channel_outbox_sequence_key"),
        UniqueConstraint("organisation_id", "hash", name="channel_outbox_hash_key"),
        Index(
            "channel_outbox_waiting", "organisation_id", "other_id", "put_at", "id",
            postgresql_where=text("delivered_at is null"),
        ),
        Index("channel_outbox_subject", "organisation_id", "subject_id", "put_at", "id"),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey(_ORGANISATION), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    other_id: Mapped[UUID] = mapped_column(Uuid)
    subject_id: Mapped[UUID] = mapped_column(Uuid)
    """What it is about, for the sender's own pages."""
    log: Mapped[str] = mapped_column(Text, server_default=_GENERAL, info=plain())
    body: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    """Until the envelope is made."""
    put_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    sequence: Mapped[int | None] = mapped_column(BigInteger, info=plain())
    envelope: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain())
    hash: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain())
    expires_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    carried_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    delivered_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    """When its receipt was verified here."""
    receipt: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain())
    verdict: Mapped[str | None] = mapped_column(Text, info=plain())
    alarmed_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    """When somebody was told that it was not delivered."""


class Incoming(Owned, Base):
    """An envelope or a receipt that arrived, as its bytes came."""

    __tablename__ = "channel_inbox"
    __table_args__ = (
        UniqueConstraint("organisation_id", "hash", name="channel_inbox_hash_key"),
        Index(
            "channel_inbox_waiting", "organisation_id", "other_id", "arrived_at", "id",
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "channel_inbox_unanswered", "organisation_id", "other_id", "opened_at", "id",
            postgresql_where=text("answered_at is null and sequence is not null"),
        ),
        Index(
            "channel_inbox_subject", "organisation_id", "subject_id", postgresql_where=text("subject_id is not null")
        ),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey(_ORGANISATION), primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    other_id: Mapped[UUID] = mapped_column(Uuid)
    what: Mapped[str] = mapped_column(Text, info=plain())
    hash: Mapped[bytes] = mapped_column(LargeBinary, info=plain())
    content: Mapped[bytes] = mapped_column(LargeBinary, info=plain(exported=False))
    arrived_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    state: Mapped[str] = mapped_column(Text, server_default=text("'waiting'"), info=plain())
    fault: Mapped[str] = mapped_column(Text, server_default=text("''"), info=plain())
    sequence: Mapped[int | None] = mapped_column(BigInteger, info=plain())
    opened_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    answered_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    """When its receipt left."""
    subject_id: Mapped[UUID | None] = mapped_column(Uuid)
    """The referral that it is about, once it was opened: it is hidden with that."""
