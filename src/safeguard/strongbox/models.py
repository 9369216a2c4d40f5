"""The table of organisations' keys, as a model. Each is wrapped by a master key that is not in the database."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Integer, LargeBinary, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, plain

MOMENT = DateTime(timezone=True)


class OrganisationKey(Base):
    """One version of an organisation's key. The newest seals; older ones open what they sealed."""

    __tablename__ = "organisation_keys"
    __table_args__ = (UniqueConstraint("organisation_id", "key_id", name="organisation_keys_key_id_key"),)

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, info=plain())
    key_id: Mapped[bytes] = mapped_column(LargeBinary, info=plain(exported=False))
    """Eight bytes that stand before everything that it sealed."""
    master_id: Mapped[bytes] = mapped_column(LargeBinary, info=plain(exported=False))
    wrapped: Mapped[bytes] = mapped_column(LargeBinary, info=plain(exported=False))
    made_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
