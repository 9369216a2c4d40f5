"""The tables of this room, and how each column is redacted and exported."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, identifies, plain

_MEMBER: Final = ["memberships.organisation_id", "memberships.user_id"]
_CONNECTION: Final = ["provisioning_connections.organisation_id", "provisioning_connections.id"]
_PERSON: Final = ["provisioned_people.organisation_id", "provisioned_people.user_id"]
_GROUP: Final = ["provisioned_groups.organisation_id", "provisioned_groups.id"]


def _moment() -> Mapped[datetime]:
    return mapped_column(DateTime(timezone=True), info=plain())


def _never_or() -> Mapped[datetime | None]:
    return mapped_column(DateTime(timezone=True), nullable=True, info=plain())


class ProvisioningConnection(Owned, Base):
    """A directory that says who joins and who leaves, with the token that it comes with."""

    __tablename__ = "provisioning_connections"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "user_id"], _MEMBER, name="provisioning_connections_member_fkey"),
        ForeignKeyConstraint(["organisation_id", "made_by"], _MEMBER, name="provisioning_connections_made_by_fkey"),
        ForeignKeyConstraint(
            ["organisation_id", "sign_on_id"], ["sign_on_connections.organisation_id", "sign_on_connections.id"],
            name="provisioning_connections_sign_on_fkey",
        ),
        CheckConstraint("length(label) between 1 and 100", name="label"),
        CheckConstraint("length(token_hash) = 32", name="token"),
        CheckConstraint("(earlier_hash is null) = (earlier_until is null)", name="earlier"),
        Index("provisioning_by_token", "token_hash"),
        Index("provisioning_by_earlier", "earlier_hash"),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    user_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    """The service member that stands for it in the log."""
    label: Mapped[str] = mapped_column(Text, info=plain())
    sign_on_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    """The provider at which its people sign in, when there is one."""
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, info=plain(exported=False))
    earlier_hash: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    """The token before this one, which works until `earlier_until`."""
    earlier_until: Mapped[datetime | None] = _never_or()
    made_at: Mapped[datetime] = _moment()
    made_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    expires_at: Mapped[datetime] = _moment()
    last_used_at: Mapped[datetime | None] = _never_or()
    ended_at: Mapped[datetime | None] = _never_or()


class ProvisionedPerson(Base):
    """Somebody whom a directory keeps here, and what it says of them."""

    __tablename__ = "provisioned_people"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "user_id"], _MEMBER, name="provisioned_people_member_fkey"),
        ForeignKeyConstraint(
            ["organisation_id", "connection_id"], _CONNECTION, name="provisioned_people_connection_fkey"
        ),
        Index(
            "provisioned_people_name", "organisation_id", func.lower(text("user_name")),
            unique=True, postgresql_where=text("deleted_at is null"),
        ),
        Index("provisioned_people_external", "organisation_id", "external_id"),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    user_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    connection_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    user_name: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    external_id: Mapped[str | None] = mapped_column(Text, info=identifies(committed=False))
    document: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    """What the directory wrote, as JSON: it reads back what it wrote."""
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    added_at: Mapped[datetime] = _moment()
    changed_at: Mapped[datetime] = _moment()
    deleted_at: Mapped[datetime | None] = _never_or()


class ProvisionedGroup(Owned, Base):
    """A group of the directory, and the role that it stands for here, when somebody said so."""

    __tablename__ = "provisioned_groups"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "connection_id"], _CONNECTION, name="provisioned_groups_connection_fkey"
        ),
        Index(
            "provisioned_groups_name", "organisation_id", func.lower(text("display_name")),
            unique=True, postgresql_where=text("deleted_at is null"),
        ),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    connection_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    display_name: Mapped[str] = mapped_column(Text, info=plain())
    external_id: Mapped[str | None] = mapped_column(Text, info=plain())
    role: Mapped[str | None] = mapped_column(Text, info=plain())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    added_at: Mapped[datetime] = _moment()
    changed_at: Mapped[datetime] = _moment()
    deleted_at: Mapped[datetime | None] = _never_or()


class ProvisionedGroupMember(Base):
    """Who is in which group of the directory."""

    __tablename__ = "provisioned_group_members"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "group_id"], _GROUP, name="provisioned_group_members_group_fkey"),
        ForeignKeyConstraint(["organisation_id", "user_id"], _PERSON, name="provisioned_group_members_person_fkey"),
        Index("provisioned_group_members_of", "organisation_id", "user_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    group_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    user_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())


class ProvisioningNote(Owned, Base):
    """One thing that the directory did, for whoever looks after accounts to read."""

    __tablename__ = "provisioning_notes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "connection_id"], _CONNECTION, name="provisioning_notes_connection_fkey"
        ),
        ForeignKeyConstraint(["organisation_id", "user_id"], _PERSON, name="provisioning_notes_person_fkey"),
        ForeignKeyConstraint(["organisation_id", "group_id"], _GROUP, name="provisioning_notes_group_fkey"),
        Index("provisioning_notes_list", "organisation_id", "connection_id", text("at desc")),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    connection_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    at: Mapped[datetime] = _moment()
    act: Mapped[str] = mapped_column(Text, info=plain())
    user_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    group_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    role: Mapped[str | None] = mapped_column(Text, info=plain())
