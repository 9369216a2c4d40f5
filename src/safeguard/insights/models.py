"""The tables of this room: counts, and what has yet to be folded into them."""

from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, plain


class IncidentCount(Base):
    """How many incidents recorded in a month have something in common: a risk, an area, a platform."""

    __tablename__ = "incident_counts"

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    month: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    """`2026-11`, where the organisation is."""
    dimension: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    code: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    incidents: Mapped[int] = mapped_column(BigInteger, info=plain())


class IncidentCountChange(Base):
    """What one change of an incident adds to the counts and takes from them."""

    __tablename__ = "incident_count_changes"

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=text("gen_random_uuid()"), info=plain())
    plus: Mapped[list[str]] = mapped_column(ARRAY(Text), info=plain())
    minus: Mapped[list[str]] = mapped_column(ARRAY(Text), info=plain())
