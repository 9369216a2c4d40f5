"""The tables of mail: the token by which a mail finds its case, what came, and what leaves."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, identifies, plain, words

MOMENT = DateTime(timezone=True)
EMPTY = text("''")
CASE = ["helpline_cases.organisation_id", "helpline_cases.id"]
ENTRY = ["helpline_entries.organisation_id", "helpline_entries.id"]


class Thread(Owned, Base):
    """The token of a case: it stands in the address that an answer comes back to, and in no subject."""

    __tablename__ = "helpline_threads"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "case_id"], CASE, name="helpline_threads_case_fkey"),
        UniqueConstraint("organisation_id", "case_id", name="helpline_threads_case_key"),
        UniqueConstraint("organisation_id", "token", name="helpline_threads_token_key"),
        CheckConstraint("token ~ '^[a-z0-9]{16}$'", name="token"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    case_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    token: Mapped[str] = mapped_column(Text, info=plain(exported=False))
    """Lets somebody write to the case; nothing can be read with it."""
    opened_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())


class MailIn(Owned, Base):
    """One mail that came: what became of it. Its words stand in the case; its files were named and not kept."""

    __tablename__ = "helpline_mail_in"
    __table_args__ = (
        UniqueConstraint("organisation_id", "digest", name="helpline_mail_in_digest_key"),
        ForeignKeyConstraint(["organisation_id", "case_id"], CASE, name="helpline_mail_in_case_fkey"),
        ForeignKeyConstraint(["organisation_id", "entry_id"], ENTRY, name="helpline_mail_in_entry_fkey"),
        CheckConstraint("became in ('case', 'continued', 'bounce', 'automatic', 'loop')", name="became"),
        CheckConstraint("proof in ('proven', 'failed', 'unknown')", name="proof"),
        Index("helpline_mail_in_case", "organisation_id", "case_id", postgresql_where=text("case_id is not null")),
        Index("helpline_mail_in_entry", "organisation_id", "entry_id", postgresql_where=text("entry_id is not null")),
        Index("helpline_mail_in_sender", "organisation_id", "sender", "received_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    digest: Mapped[str] = mapped_column(Text, info=plain(exported=False))
    """Of its Message-ID, sender and body: the same mail is kept once."""
    message_id: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain(exported=False))
    """What an answer names, so that mail programs show the two together."""
    became: Mapped[str] = mapped_column(Text, info=plain())
    case_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    entry_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    sender: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies(committed=False))
    subject: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=words(committed=False))
    files: Mapped[str] = mapped_column(Text, server_default=text("'[]'"), info=words(committed=False))
    """JSON: the name, kind and size of each file that came with it. None was kept."""
    size: Mapped[int] = mapped_column(Integer, info=plain())
    proof: Mapped[str] = mapped_column(Text, server_default=text("'unknown'"), info=plain())
    """Whether the mail server that handed it on vouches for the sender's domain."""
    received_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())


class MailOut(Owned, Base):
    """One mail to a caller, and how far it is. Its words are those of its entry, or of its template."""

    __tablename__ = "helpline_mail_out"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "case_id"], CASE, name="helpline_mail_out_case_fkey"),
        ForeignKeyConstraint(["organisation_id", "entry_id"], ENTRY, name="helpline_mail_out_entry_fkey"),
        CheckConstraint("what in ('answer', 'received', 'feedback')", name="what"),
        CheckConstraint("state in ('queued', 'sent', 'refused', 'stopped', 'kept', 'bounced')", name="state"),
        Index("helpline_mail_out_case", "organisation_id", "case_id", "created_at", "id"),
        Index("helpline_mail_out_address", "organisation_id", "address", "created_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    case_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    entry_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    what: Mapped[str] = mapped_column(Text, info=plain())
    address: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    answers: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain(exported=False))
    """The Message-ID of the mail that it answers."""
    state: Mapped[str] = mapped_column(Text, server_default=text("'queued'"), info=plain())
    fault: Mapped[str | None] = mapped_column(Text, info=plain())
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"), info=plain())
    created_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    sent_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
