"""The tables of who must not know. Rows about an incident are hidden with it, so nobody reads their own exclusion."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, DateTime, ForeignKey, ForeignKeyConstraint, Index, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, identifies, plain, words

MOMENT = DateTime(timezone=True)
EMPTY = text("''")


def _to(table: str, column: str, key: str, name: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["organisation_id", column], [f"{table}.organisation_id", f"{table}.{key}"], name=name)


def _ids() -> Mapped[list[UUID]]:
    return mapped_column(ARRAY(Uuid), server_default=text("'{}'"), info=plain(exported=False))


class Exclusion(Owned, Base):
    """One member who must not know of one incident, or of one concern, until it is lifted on record.

    Who was let in because another of that name was meant may be kept out anew: that is another row, and both stay.
    """

    __tablename__ = "exclusions"
    __table_args__ = (
        _to("incidents", "incident_id", "id", "exclusions_incident_fkey"),
        _to("concerns", "concern_id", "id", "exclusions_concern_fkey"),
        _to("memberships", "user_id", "user_id", "exclusions_user_fkey"),
        _to("memberships", "lifted_by", "user_id", "exclusions_lifted_by_fkey"),
        _to("proposals", "approval_id", "id", "exclusions_approval_fkey"),
        CheckConstraint("num_nonnulls(incident_id, concern_id) = 1", name="about"),
        Index(
            "exclusions_incident", "organisation_id", "incident_id", "user_id", unique=True,
            postgresql_where=text("incident_id is not null and lifted_at is null"),
        ),
        Index(
            "exclusions_concern", "organisation_id", "concern_id", "user_id", unique=True,
            postgresql_where=text("concern_id is not null and lifted_at is null"),
        ),
        Index("exclusions_now", "organisation_id", "user_id", postgresql_where=text("lifted_at is null")),
    )  # fmt: skip

    incident_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    concern_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    user_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    cause: Mapped[str] = mapped_column(Text, info=plain())
    """`linked` to an account, `named` like a member, or `chosen` by whoever handles it."""
    since: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    lifted_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    lifted_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    lifted_by_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    approval_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    """By what somebody else agreed that it ends."""
    ground: Mapped[str | None] = mapped_column(Text, info=plain())
    """`told`, on record; or `mistaken`: the person named was another."""
    told_how: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=words())
    reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=words())


class LookedBack(Base):
    """How far one organisation's records were looked through for members whom they may mean, and what was found.

    Written and read by the database's own functions alone: which records those are tells who may be alleged.
    """

    __tablename__ = "looked_back"
    __table_args__ = (
        CheckConstraint(
            "cardinality(incidents) = cardinality(incident_members)"
            " and cardinality(concerns) = cardinality(concern_members)",
            name="pairs",
        ),
        CheckConstraint("(reached_at is null) = (reached_id is null)", name="reached"),
    )

    organisation_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("organisations.id", name="looked_back_organisation_fkey"), primary_key=True, info=plain()
    )
    incidents: Mapped[list[UUID]] = _ids()
    incident_members: Mapped[list[UUID]] = _ids()
    """Beside each incident one whom it may mean; an incident that may mean two stands there twice."""
    concerns: Mapped[list[UUID]] = _ids()
    concern_members: Mapped[list[UUID]] = _ids()
    reached_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    """Where the look that is under way stands, from the latest incident on; none between two looks."""
    reached_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    compared: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain())
    """By what names were compared: after another comparison it is time to look again."""
    finished_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())


class Confinement(Owned, Base):
    """A time during which one incident is kept to those who need to know of it."""

    __tablename__ = "confinements"
    __table_args__ = (
        _to("incidents", "incident_id", "id", "confinements_incident_fkey"),
        _to("memberships", "confined_by", "user_id", "confinements_confined_by_fkey"),
        _to("memberships", "ended_by", "user_id", "confinements_ended_by_fkey"),
        Index(
            "confinements_now", "organisation_id", "incident_id", unique=True,
            postgresql_where=text("ended_at is null"),
        ),
    )  # fmt: skip

    incident_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    confined_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    confined_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    reason: Mapped[str] = mapped_column(Text, info=words())
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    ended_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    end_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=words())


class Confidant(Owned, Base):
    """One member who may know of an incident that is kept to a list."""

    __tablename__ = "confidants"
    __table_args__ = (
        _to("incidents", "incident_id", "id", "confidants_incident_fkey"),
        _to("memberships", "user_id", "user_id", "confidants_user_fkey"),
        _to("memberships", "added_by", "user_id", "confidants_added_by_fkey"),
        Index(
            "confidants_now", "organisation_id", "incident_id", "user_id", unique=True,
            postgresql_where=text("ended_at is null"),
        ),
    )  # fmt: skip

    incident_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    user_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    since: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    added_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())


class BrokenGlass(Owned, Base):
    """An hour, at most, in which somebody reads what is kept to lists and to the vault. Never what excludes them."""

    __tablename__ = "broken_glass"
    __table_args__ = (
        _to("memberships", "user_id", "user_id", "broken_glass_user_fkey"),
        Index("broken_glass_now", "organisation_id", "user_id", "until"),
    )

    user_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    reason: Mapped[str] = mapped_column(Text, info=words())
    approval_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    opened_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    until: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
