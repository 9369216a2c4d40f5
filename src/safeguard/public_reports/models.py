"""What ties a receipt to a record, and the addresses at which a page is found that no name must lead to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, identifies, plain, words

MOMENT = DateTime(timezone=True)
EMPTY = text("''")


def _to(table: str, column: str, key: str, name: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["organisation_id", column], [f"{table}.organisation_id", f"{table}.{key}"], name=name)


class PublicReport(Owned, Base):
    """A report that came by the public page. No network address is kept, and of the code its hash alone."""

    __tablename__ = "public_reports"
    __table_args__ = (
        UniqueConstraint("organisation_id", "code_hash", name="public_reports_code_key"),
        _to("incidents", "incident_id", "id", "public_reports_incident_fkey"),
        _to("concerns", "concern_id", "id", "public_reports_concern_fkey"),
        _to("memberships", "looked_by", "user_id", "public_reports_looked_by_fkey"),
        CheckConstraint("language in ('en_GB', 'cy')", name="language"),
        CheckConstraint("held_for in ('many', 'again', 'quick', 'trap')", name="held"),
        Index("public_reports_pace", "organisation_id", "kept_at"),
        Index("public_reports_incident", "organisation_id", "incident_id"),
        Index("public_reports_concern", "organisation_id", "concern_id"),
        Index("public_reports_held", "organisation_id", "kept_at", "id", postgresql_where=text("state = 'held'")),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, info=plain(exported=False))
    visitor: Mapped[bytes] = mapped_column(LargeBinary, info=plain(exported=False))
    """Stands for a browser's cookie, which ends with the browser: who writes again within the hour."""
    kept_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    language: Mapped[str] = mapped_column(Text, info=plain())
    """The one that they read: an answer in it is kind."""
    state: Mapped[str] = mapped_column(Text, info=plain())
    """open, held until somebody has looked at it, or set aside."""
    incident_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    concern_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    arrival_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    """The entry that says how it came, which is no message."""
    held_for: Mapped[str | None] = mapped_column(Text, info=plain())
    held_words: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=words(committed=False))
    """What was written, as it was sent, while it is no incident."""
    urgent: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), info=plain())
    """Whether a report that is held says, by an answer or by its words, that somebody may be in danger."""
    looked_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    looked_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    looked_by_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies(committed=False))
    reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=words(committed=False))


class PublicDoor(Owned, Base):
    """An address of the public page that nobody can guess; at most one is open."""

    __tablename__ = "public_doors"
    __table_args__ = (
        _to("memberships", "made_by", "user_id", "public_doors_made_by_fkey"),
        Index("public_doors_by_address", "address", postgresql_where=text("closed_at is null")),
        Index("public_doors_open", "organisation_id", unique=True, postgresql_where=text("closed_at is null")),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    address: Mapped[str] = mapped_column(Text, info=plain(exported=False))
    made_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    made_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    closed_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
