"""The table of files, as a model: what the migration made, held against it by a test. Statements are constant SQL."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
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
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, identifies, plain
from safeguard.database.base import words as free_text

MOMENT = DateTime(timezone=True)
EMPTY = text("''")


class Attachment(Owned, Base):
    """A file beside an incident. Its bytes lie sealed in the object store; here is what is known of it."""

    __tablename__ = "attachments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "incident_id", "incident_blocks"],
            ["incidents.organisation_id", "incidents.id", "incidents.blocks_attachments"],
            name="attachments_incident_fkey",
            onupdate="CASCADE",
        ),
        ForeignKeyConstraint(
            ["organisation_id", "attached_by"],
            ["memberships.organisation_id", "memberships.user_id"],
            name="attachments_attached_by_fkey",
        ),
        UniqueConstraint("organisation_id", "object_name", name="attachments_object_key"),
        UniqueConstraint("organisation_id", "incident_id", "id", name="attachments_incident_key"),
        CheckConstraint("not incident_blocks or locked_at is not null", name="blocked"),
        Index("attachments_incident", "organisation_id", "incident_id", "attached_at", "id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    incident_id: Mapped[UUID] = mapped_column(Uuid, info=plain(committed=True))
    incident_blocks: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), info=plain())
    """What the incident says of itself, brought here by the foreign key: never written by the app."""
    name: Mapped[str] = mapped_column(Text, info=identifies())
    """As it was called where it came from: people name files after children."""
    note: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    media_type: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    """By its content, never by its name."""
    size: Mapped[int] = mapped_column(BigInteger, info=plain(committed=True))
    sha256: Mapped[bytes] = mapped_column(LargeBinary, info=plain(committed=True))
    object_name: Mapped[str] = mapped_column(Text, info=plain(exported=False))
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary, info=plain(exported=False))
    state: Mapped[str] = mapped_column(Text, server_default="waiting", info=plain())
    """waiting, clean, infected."""
    finding: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain())
    scanner: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain())
    scanned_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    attached_at: Mapped[datetime] = mapped_column(MOMENT, info=plain(committed=True))
    attached_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    attached_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    locked_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    locked_why: Mapped[str | None] = mapped_column(Text, info=plain())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
