"""The table of packs, as a model: what the migration made, held against it by a test. Statements are constant SQL."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
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
    desc,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, identifies, plain

MOMENT = DateTime(timezone=True)


class Pack(Owned, Base):
    """A pack that somebody asked for, of whatever kind. The zip lies in the object store."""

    __tablename__ = "packs"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "requested_by"],
            ["memberships.organisation_id", "memberships.user_id"],
            name="packs_requested_by_fkey",
        ),
        ForeignKeyConstraint(
            ["organisation_id", "person_id"], ["people.organisation_id", "people.id"], name="packs_person_fkey"
        ),
        CheckConstraint("disclosure in ('complete', 'minimal')", name="disclosure"),
        Index("packs_list", "organisation_id", desc("requested_at"), desc("id")),
        Index("packs_of_incident", "organisation_id", "incident_id", desc("requested_at")),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    kind: Mapped[str] = mapped_column(Text, info=plain())
    incident_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    from_on: Mapped[date | None] = mapped_column(Date, info=plain())
    until_on: Mapped[date | None] = mapped_column(Date, info=plain())
    title: Mapped[str] = mapped_column(Text, info=plain())
    """Ours, from reference or dates: never words of the record."""
    disclosure: Mapped[str] = mapped_column(Text, info=plain())
    files: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), info=plain())
    """Whether the attached files themselves are in it."""
    requested_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    requested_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    requested_by_name: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    origin: Mapped[str | None] = mapped_column(Text, info=plain())
    log_size: Mapped[int | None] = mapped_column(BigInteger, info=plain())
    """The size of the log that the pack is frozen at; set once, before anything is read."""
    checkpoint: Mapped[str | None] = mapped_column(Text, info=plain())
    vkey: Mapped[str | None] = mapped_column(Text, info=plain())
    as_of: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    ready_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    release: Mapped[str | None] = mapped_column(Text, info=plain())
    size: Mapped[int | None] = mapped_column(BigInteger, info=plain())
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain())
    records: Mapped[int | None] = mapped_column(Integer, info=plain())
    shown: Mapped[int | None] = mapped_column(BigInteger, info=plain())
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    """The key of the stored object under the organisation's: erasing it erases the pack."""
    locked_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    """Since when nobody may open it: an incident in it was found to be about imagery."""
    disposed_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    """Since when it is erased, because a record that it held was disposed of."""
    log: Mapped[str] = mapped_column(Text, server_default=text("'general'"), info=plain())
    """Which of the two logs it stands on."""
    redacted: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), info=plain())
    """Whether names are left out: their digests stand in their place."""
    person_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    review_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    body: Mapped[str | None] = mapped_column(Text, info=plain())
    """Whose inspector it is laid out for."""
    drawn: Mapped[str | None] = mapped_column(Text, info=plain())
    """Who picked the cases of an inspection pack: the inspector, chance, or the lead."""
    seed: Mapped[str | None] = mapped_column(Text, info=plain())
    drawn_from: Mapped[int | None] = mapped_column(Integer, info=plain())
    """How many incidents there were to pick from."""
    sampled: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid), info=plain())


class PackSeal(Base):
    """What somebody outside attested of a pack: a timestamp, a signature; or why they did not."""

    __tablename__ = "pack_seals"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "pack_id"],
            ["packs.organisation_id", "packs.id"],
            name="pack_seals_pack_fkey",
            ondelete="CASCADE",
        ),
        CheckConstraint("member ~ '^(tsa/checkpoint[.]tsr|report(-[0-9]{2,3})?[.]pdf)$'", name="member"),
        CheckConstraint("octet_length(over) = 32", name="over"),
        CheckConstraint("num_nonnulls(seal, fault) = 1 and octet_length(seal) <= 1048576", name="made"),
        CheckConstraint(
            "fault in ('late', 'away', 'unfit', 'untrusted', 'expired', 'unusable')",
            name="fault",
        ),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    pack_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    member: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    over: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, info=plain())
    """The SHA-256 of what it is over."""
    seal: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain())
    fault: Mapped[str | None] = mapped_column(Text, info=plain())
    told: Mapped[str] = mapped_column(Text, info=plain())
    """Whose it is: an authority's name, a certificate's holder. Never a person of a record."""
    made_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())


class AccessReport(Owned, Base):
    """A week of the log, from one size to another. Its figures are read from the log; the checkpoint is kept."""

    __tablename__ = "access_reports"
    __table_args__ = (
        UniqueConstraint("organisation_id", "from_size", name="access_reports_from_key"),
        CheckConstraint("log_size > from_size", name="size"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    from_size: Mapped[int] = mapped_column(BigInteger, info=plain())
    """How far the report before it reached: this one tells of the entries since."""
    origin: Mapped[str] = mapped_column(Text, info=plain())
    log_size: Mapped[int] = mapped_column(BigInteger, info=plain())
    checkpoint: Mapped[str] = mapped_column(Text, info=plain())
    vkey: Mapped[str] = mapped_column(Text, info=plain())
    made_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
