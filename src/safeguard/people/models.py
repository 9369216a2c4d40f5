"""The tables of this room, and how each column is redacted, exported and committed.

Models serve the schema check and the column registry; reading and writing go through constant SQL beside each verb.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    Uuid,
    desc,
    text,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, identifies, plain, words

EMPTY = text("''")
NOTHING = text("'{}'")
NO_ITEMS = text("'[]'")
STANDING = text("merged_into_id is null")
"""Records that were not merged into another."""


def _member(table: str, column: str, name: str = "") -> ForeignKeyConstraint:
    people = ["memberships.organisation_id", "memberships.user_id"]
    return ForeignKeyConstraint(["organisation_id", column], people, name=f"{table}_{name or column}_fkey")


def _person(table: str, column: str, name: str) -> ForeignKeyConstraint:
    people = ["people.organisation_id", "people.id"]
    return ForeignKeyConstraint(["organisation_id", column], people, name=f"{table}_{name}_fkey")


class PersonRecord(Owned, Base):
    """A child or an adult whom the organisation knows.

    A duplicate points to the person that it was merged into, and keeps its own links: nothing moves, so undoing a
    merge restores exactly what there was.
    """

    __tablename__ = "people"
    __table_args__ = (
        _member("people", "user_id", "user"),
        _member("people", "recorded_by"),
        _person("people", "merged_into_id", "merged_into"),
        CheckConstraint("kind in ('child', 'adult')", name="kind"),
        Index("people_list", "organisation_id", "sort_key", "id", postgresql_where=STANDING),
        Index("people_kinds", "organisation_id", "kind", "sort_key", "id", postgresql_where=STANDING),
        Index(
            "people_groups", "organisation_id", "group_name", "sort_key", "id",
            postgresql_where=text("merged_into_id is null and group_name <> ''"),
        ),
        Index(
            "people_names", "organisation_id", "found_by", postgresql_using="gin",
            postgresql_ops={"found_by": "gin_trgm_ops"},
        ),
        Index("people_flagged", "organisation_id", "id", postgresql_where=text("flags <> '{}'::text[]")),
        Index("people_sounds", "organisation_id", "sounds", postgresql_using="gin"),
        Index(
            "people_twins", "organisation_id", "twin", "id",
            postgresql_where=text("merged_into_id is null and twin <> ''"),
        ),
        Index(
            "people_merged", "organisation_id", "merged_into_id", postgresql_where=text("merged_into_id is not null")
        ),
        Index(
            "people_account", "organisation_id", "user_id", unique=True, postgresql_where=text("user_id is not null")
        ),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    kind: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    given_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    family_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    known_as: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    former_names: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=NOTHING, info=identifies())
    born_on: Mapped[date | None] = mapped_column(Date, info=identifies())
    connection: Mapped[str | None] = mapped_column(Text, info=plain(committed=True))
    """How they belong to the organisation, as its profile names it."""
    group_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    """Year group, team or unit."""
    identifiers: Mapped[Any] = mapped_column(JSONB, server_default=NO_ITEMS, nullable=False, info=identifies())
    """[{kind, value}]: a UPN, a ULN, an NHS number."""
    contacts: Mapped[Any] = mapped_column(JSONB, server_default=NO_ITEMS, nullable=False, info=identifies())
    """[{name, relation, phone, email, responsibility, no_contact, notes}]: parents, carers, social worker."""
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=NOTHING, info=plain(committed=True))
    """Looked-after, SEND, young carer: codes of the vocabulary."""
    flags_since: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'"), nullable=False, info=plain())
    """{flag: since when it is known here}. The database writes it; a flag older than this column is not in it."""
    address: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    """Read by a statement of its own, which is told to the log."""
    notes: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=words())
    user_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    """Their own account here, for staff: what they must not see follows from it."""
    merged_into_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain(committed=True))
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain())
    """When they were taken back with the roster that had brought them, and something that stays still names them."""
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    recorded_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    recorded_by_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain())
    sort_key: Mapped[str] = mapped_column(Text, info=identifies(committed=False, exported=False))
    """Family name first, in plain small letters."""
    found_by: Mapped[str] = mapped_column(Text, info=identifies(committed=False, exported=False))
    """Every name, group and identifier in plain small letters, for the search."""
    sounds: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=NOTHING, info=identifies(committed=False, exported=False)
    )
    twin: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies(committed=False, exported=False))
    """How the whole name sounds: whoever has the same may be the same person."""


class PersonMerge(Owned, Base):
    """A duplicate that was merged, by whom and why; and by whom and why that was taken back."""

    __tablename__ = "person_merges"
    __table_args__ = (
        _person("person_merges", "kept_id", "kept"),
        _person("person_merges", "absorbed_id", "absorbed"),
        _member("person_merges", "merged_by"),
        _member("person_merges", "undone_by"),
        Index("person_merges_kept", "organisation_id", "kept_id", desc("merged_at")),
        Index("person_merges_absorbed", "organisation_id", "absorbed_id", desc("merged_at")),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    kept_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    absorbed_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    merged_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain())
    merged_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    merged_by_name: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    reason: Mapped[str] = mapped_column(Text, info=words(committed=False))
    undone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain())
    undone_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    undone_by_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies(committed=False))
    undone_reason: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=words(committed=False))


class PeopleApart(Owned, Base):
    """Two people who look like one and are not: somebody said so, and is not asked again."""

    __tablename__ = "people_apart"
    __table_args__ = (
        UniqueConstraint("organisation_id", "one_id", "other_id", name="people_apart_pair_key"),
        _person("people_apart", "one_id", "one"),
        _person("people_apart", "other_id", "other"),
        _member("people_apart", "said_by"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    one_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    other_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    said_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain())
    said_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    said_by_name: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
