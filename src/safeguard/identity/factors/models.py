"""The tables of second factors: what somebody shows beside their password, and what was used up."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, plain

MOMENT = DateTime(timezone=True)


class SecondFactor(Base):
    """What somebody shows beside their password, or instead of it: a passkey, or an app that makes codes."""

    __tablename__ = "second_factors"
    __table_args__ = (
        UniqueConstraint("credential_id", name="second_factors_credential_key"),
        CheckConstraint(
            "case kind when 'passkey' then num_nulls(credential_id, public_key) = 0 and sealed is null "
            "when 'totp' then num_nulls(sealed, last_step) = 0 and num_nonnulls(credential_id, public_key) = 0 "
            "when 'invented' then num_nonnulls(credential_id, public_key, sealed) = 0 else false end",
            name="kind",
        ),
        CheckConstraint("length(label) between 1 and 100", name="label"),
    )

    user_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("users.id", name="second_factors_user_fkey"), primary_key=True, info=plain()
    )
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    kind: Mapped[str] = mapped_column(Text, info=plain())
    label: Mapped[str] = mapped_column(Text, info=plain())
    created_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    last_used_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    credential_id: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    sign_count: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), info=plain(exported=False))
    transports: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"), info=plain(exported=False))
    is_synced: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), info=plain())
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    """The app's secret, sealed with a key that the database does not hold."""
    last_step: Mapped[int | None] = mapped_column(BigInteger, info=plain(exported=False))
    """The last half minute whose code was taken: no earlier one counts, and this one not again."""


class RecoveryCode(Base):
    """A code for the day on which everything else is lost. It opens once."""

    __tablename__ = "recovery_codes"
    __table_args__ = (CheckConstraint("length(code_hash) = 32", name="code"),)

    user_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("users.id", name="recovery_codes_user_fkey"), primary_key=True, info=plain()
    )
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, info=plain(exported=False))
    made_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    used_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())


class SpentChallenge(Base):
    """A question to a passkey that was answered: no answer is taken twice. Kept for an hour."""

    __tablename__ = "spent_challenges"
    __table_args__ = (Index("spent_challenges_at", "at"),)

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, info=plain(exported=False))
    at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
