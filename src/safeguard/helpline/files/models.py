"""The table of files of cases, as a model: what the migration made, held against it by a test."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
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


class CaseFile(Owned, Base):
    """A file that a referral said would come, and our own copy of it once it came."""

    __tablename__ = "helpline_files"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "case_id"], ["helpline_cases.organisation_id", "helpline_cases.id"],
            name="helpline_files_case_fkey",
        ),
        UniqueConstraint("organisation_id", "case_id", "sent_id", name="helpline_files_once_key"),
        UniqueConstraint("organisation_id", "object_name", name="helpline_files_object_key"),
        Index("helpline_files_case", "organisation_id", "case_id", "announced_at", "id"),
    )  # fmt: skip

    case_id: Mapped[UUID] = mapped_column(Uuid, info=plain(committed=True))
    sent_id: Mapped[UUID] = mapped_column(Uuid, info=plain(committed=True))
    """What the sender and we call it."""
    name: Mapped[str] = mapped_column(Text, info=identifies())
    media_type: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    size: Mapped[int] = mapped_column(BigInteger, info=plain(committed=True))
    sha256: Mapped[bytes] = mapped_column(LargeBinary, info=plain(committed=True))
    """As the referral's envelope bound it."""
    attested: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    """What its sender says of it."""
    state: Mapped[str] = mapped_column(Text, server_default="expected", info=plain())
    """expected, arriving, waiting (for its check), clean, infected; refused, dropped."""
    fault: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain())
    finding: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain())
    scanner: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain())
    scanned_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    announced_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    arrived_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    carried_key: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    """What opens the bytes while they lie where the sender put them, sealed with our key."""
    object_name: Mapped[str | None] = mapped_column(Text, info=plain(exported=False))
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    locked_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    locked_why: Mapped[str | None] = mapped_column(Text, info=plain())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
