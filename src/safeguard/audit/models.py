"""The tables of the verifiable log, as models: what the migrations made, held against it by a test.

Nothing writes through these. Entries are appended by `audit.finish` alone (migrations/sql/30_audit.sql), and read by
constant statements.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, identifies, plain, words

MOMENT = DateTime(timezone=True)


class Log(Base):
    """One of an organisation's logs: its head, with the compact range of RFC 9162 §2.1 trees."""

    __tablename__ = "logs"
    __table_args__ = (UniqueConstraint("origin_id"), {"schema": "audit"})

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    log: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid)
    origin_id: Mapped[str] = mapped_column(Text, info=plain())
    epoch: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    size: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    frontier: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary), server_default=text("'{}'"), info=plain())
    last_at: Mapped[datetime] = mapped_column(MOMENT, server_default=text("'-infinity'"))


class Leaf(Base):
    """One entry, exactly as it was hashed. Tells no name and no plain id."""

    __tablename__ = "leaves"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "log"], ["audit.logs.organisation_id", "audit.logs.log"]),
        Index("leaves_object_idx", "organisation_id", "object", "index"),
        {"schema": "audit"},
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    log: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    entry: Mapped[str] = mapped_column(Text, info=plain())
    hash: Mapped[bytes] = mapped_column(LargeBinary, info=plain())
    object: Mapped[bytes] = mapped_column(LargeBinary, info=plain())


class ObjectSalt(Base):
    """What ties a record to its entries. Erased with the record: then nobody can tell which entries were about it."""

    __tablename__ = "objects"
    __table_args__ = (UniqueConstraint("organisation_id", "handle"), {"schema": "audit"})

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary, info=plain())
    handle: Mapped[bytes] = mapped_column(LargeBinary, info=plain())


class ActorHandle(Base):
    """What ties a person to the entries of their acts; erasing it makes the handle nobody's."""

    __tablename__ = "actors"
    __table_args__ = (UniqueConstraint("organisation_id", "handle"), {"schema": "audit"})

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    handle: Mapped[bytes] = mapped_column(LargeBinary, info=identifies(committed=False))


class KeptDocument(Base):
    """The exact committed values and salts of one version of a record. No migration ever rewrites one."""

    __tablename__ = "documents"
    __table_args__ = {"schema": "audit"}  # noqa: RUF012  SQLAlchemy's own form

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    fields: Mapped[str] = mapped_column(Text, info=words())
    salt: Mapped[bytes] = mapped_column(LargeBinary, info=plain())
    commitment: Mapped[bytes] = mapped_column(LargeBinary, info=plain())


class Checkpoint(Base):
    """A signed size and root of a log (C2SP tlog-checkpoint in a signed note)."""

    __tablename__ = "checkpoints"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "log"], ["audit.logs.organisation_id", "audit.logs.log"]),
        {"schema": "audit"},
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    log: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    root: Mapped[bytes] = mapped_column(LargeBinary, info=plain())
    note: Mapped[str] = mapped_column(Text, info=plain())
    signed_at: Mapped[datetime] = mapped_column(MOMENT)


class Alarm(Base):
    """A log that the signer refuses to sign, until it signs it again. It refers to none: the log may be gone."""

    __tablename__ = "alarms"
    __table_args__ = (
        CheckConstraint("kind in ('log', 'clock', 'memory', 'gone')", name="kind"),
        {"schema": "audit"},
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    log: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    kind: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    raised_at: Mapped[datetime] = mapped_column(MOMENT)
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT)
