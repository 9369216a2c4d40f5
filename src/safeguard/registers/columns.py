"""What the tables of this room share: who recorded a row and when, and the keys that lead with the organisation."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, ForeignKey, ForeignKeyConstraint, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Owned, identifies, plain
from safeguard.database.base import words as free_text

MOMENT = DateTime(timezone=True)
EMPTY = text("''")


class OwnRow(Owned):
    """A row of one organisation."""

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())


class Recorded(OwnRow):
    """A row of one organisation that says who wrote it."""

    recorded_at: Mapped[datetime] = mapped_column(MOMENT, info=plain(committed=True))
    recorded_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    recorded_by_name: Mapped[str] = mapped_column(Text, info=identifies())


class Strikable(Recorded):
    """A row that is struck out when it was recorded by mistake: it counts no longer, and is not read any more."""

    struck_on: Mapped[date | None] = mapped_column(Date, info=plain(committed=True))
    struck_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    struck_by_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())


def by_member(table: str, column: str = "recorded_by") -> ForeignKeyConstraint:
    """That `column` is a membership of the same organisation."""
    people = ["memberships.organisation_id", "memberships.user_id"]
    return ForeignKeyConstraint(["organisation_id", column], people, name=f"{table}_{column.removesuffix('_id')}_fkey")


def points_to(table: str, column: str, target: str, key: str = "id", **more: Any) -> ForeignKeyConstraint:
    """That `column` names a row of `target` in the same organisation."""
    name = f"{table}_{column.removesuffix('_id')}_fkey"
    return ForeignKeyConstraint(
        ["organisation_id", column], [f"{target}.organisation_id", f"{target}.{key}"], name=name, **more
    )
