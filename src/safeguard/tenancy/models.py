"""The tables of this room, and how each column is redacted and exported."""

from datetime import datetime
from typing import Any
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
)  # fmt: skip
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, identifies, plain, words


class Organisation(Base):
    """A school, a club, a care provider, the helpline, a group: a data controller of its own."""

    __tablename__ = "organisations"
    __table_args__ = (
        UniqueConstraint("slug", name="organisations_slug_key"),
        CheckConstraint("slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'", name="slug"),
        CheckConstraint("length(name) between 1 and 200", name="name"),
        CheckConstraint("state in ('setting_up', 'active', 'suspended', 'leaving')", name="state"),
        Index("organisations_parent_id_idx", "parent_id"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    slug: Mapped[str] = mapped_column(Text, info=plain())
    """Its place in addresses: `/r/alder-school`. Never reused for another."""
    name: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    kind: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    nation: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    time_zone: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    urn: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    ukprn: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    state: Mapped[str] = mapped_column(Text, server_default="setting_up", info=plain(committed=True))
    parent_id: Mapped[UUID | None] = mapped_column(Uuid, ForeignKey("organisations.id"), info=plain())
    second_person_name: Mapped[str | None] = mapped_column(Text, info=identifies())
    second_person_email: Mapped[str | None] = mapped_column(Text, info=identifies())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=text("now()"), info=plain())


class OrganisationSetting(Owned, Base):
    """One choice: the organisation's own, or its group's, delivered as data. A null value inherits."""

    __tablename__ = "organisation_settings"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name", "layer", name="organisation_settings_name_key"),
        ForeignKeyConstraint(
            ["organisation_id", "changed_by"],
            ["memberships.organisation_id", "memberships.user_id"],
            name="organisation_settings_member_fkey",
        ),
        CheckConstraint("layer in ('group', 'organisation')", name="layer"),
        CheckConstraint("name ~ '^[a-z_]+[.][a-z0-9_]+$'", name="name"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("layer = 'organisation' or changed_by is null", name="group"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    layer: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    name: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    value: Mapped[Any | None] = mapped_column(JSONB, info=words())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain())
    changed_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    changed_by_name: Mapped[str] = mapped_column(Text, info=identifies(committed=False))


class KindForm(Base):
    """What a kind of organisation asked in the words of a nation, from some moment on. Never changed, only followed."""

    __tablename__ = "kind_forms"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(questions) = 'array'", name="questions"),
        CheckConstraint("jsonb_typeof(reported) = 'object'", name="reported"),
    )

    kind: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    nation: Mapped[str] = mapped_column(Text, primary_key=True, info=plain())
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True, info=plain())
    questions: Mapped[Any] = mapped_column(JSONB, info=plain())
    reported: Mapped[Any] = mapped_column(JSONB, info=plain())
    """What may be said that a report is about, with the guidance of each."""


class FormVersion(Owned, Base):
    """Which questions a report asked from some moment on. Never changed: incidents name the one they were made with."""

    __tablename__ = "form_versions"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number", name="form_versions_number_key"),
        ForeignKeyConstraint(
            ["organisation_id", "made_by"],
            ["memberships.organisation_id", "memberships.user_id"],
            name="form_versions_member_fkey",
        ),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("jsonb_typeof(asked) = 'array'", name="asked"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    number: Mapped[int] = mapped_column(Integer, info=plain(committed=True))
    choices: Mapped[Any] = mapped_column(JSONB, info=words())
    """What the organisation chose: its own questions, and what it changed of the others."""
    asked: Mapped[Any] = mapped_column(JSONB, info=words())
    """Every question as it was asked then."""
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain())
    made_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    made_by_name: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
