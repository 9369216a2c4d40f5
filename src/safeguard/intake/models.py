"""The tables of what comes in from elsewhere."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, identifies, plain
from safeguard.database.base import words as written_words

MOMENT = DateTime(timezone=True)
MEMBER = ["memberships.organisation_id", "memberships.user_id"]
INCIDENT = ["incidents.organisation_id", "incidents.id"]


class AlertSource(Owned, Base):
    """A product that sends alerts, with the secret that it signs them with."""

    __tablename__ = "alert_sources"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "made_by"], MEMBER, name="alert_sources_made_by_fkey"),
        CheckConstraint("btrim(name) <> ''", name="name"),
        Index(
            "alert_sources_name", "organisation_id", func.lower(text("name")),
            unique=True, postgresql_where=text("ended_at is null"),
        ),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    name: Mapped[str] = mapped_column(Text, info=plain())
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary, info=plain(exported=False))
    made_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    made_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    made_by_name: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    ended_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())


class AlertRow(Owned, Base):
    """Something that a product noticed, until a lead makes an incident of it or closes it as a false alert."""

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("organisation_id", "source", "product_id", name="alerts_product_key"),
        ForeignKeyConstraint(["organisation_id", "received_by"], MEMBER, name="alerts_received_by_fkey"),
        ForeignKeyConstraint(["organisation_id", "user_id"], MEMBER, name="alerts_user_fkey"),
        ForeignKeyConstraint(["organisation_id", "settled_by"], MEMBER, name="alerts_settled_by_fkey"),
        ForeignKeyConstraint(["organisation_id", "incident_id"], INCIDENT, name="alerts_incident_fkey"),
        CheckConstraint("kind in ('filtering', 'monitoring')", name="kind"),
        CheckConstraint("severity in ('low', 'medium', 'high', 'urgent')", name="severity"),
        CheckConstraint("state in ('new', 'turned', 'closed')", name="state"),
        CheckConstraint("(state = 'new') = (settled_at is null)", name="settled"),
        CheckConstraint("(state = 'turned') = (incident_id is not null)", name="turned"),
        CheckConstraint("state <> 'closed' or btrim(reason) <> ''", name="closed"),
        Index("alerts_list", "organisation_id", "state", text("received_at desc"), text("id desc")),
        Index("alerts_incident", "organisation_id", "incident_id"),
        Index("alerts_kept_from", "organisation_id", postgresql_where=text("kept_from <> '{}'")),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    source: Mapped[str] = mapped_column(Text, info=plain())
    """The name of the product, as the organisation calls it."""
    product_id: Mapped[str] = mapped_column(Text, info=plain())
    digest: Mapped[bytes] = mapped_column(LargeBinary, info=plain(exported=False))
    """SHA-256 of what was said: the same id with other content is refused."""
    kind: Mapped[str] = mapped_column(Text, info=plain())
    severity: Mapped[str | None] = mapped_column(Text, info=plain())
    raised_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    received_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    received_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    category: Mapped[str] = mapped_column(Text, server_default="", info=written_words(committed=False))
    user_name: Mapped[str] = mapped_column(Text, server_default="", info=identifies(committed=False))
    user_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain(exported=False))
    """The member whose account or name this is, where it can be nobody else's."""
    kept_from: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"), info=plain(exported=False))
    """All members whom it may be: for none of them the alert is there."""
    onward_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain(exported=False))
    """When it was brought before the vault, because nobody who handles incidents may know of it."""
    group_name: Mapped[str] = mapped_column(Text, server_default="", info=identifies(committed=False))
    device: Mapped[str] = mapped_column(Text, server_default="", info=identifies(committed=False))
    address: Mapped[str] = mapped_column(Text, server_default="", info=written_words(committed=False))
    words: Mapped[str] = mapped_column(Text, server_default="", info=written_words(committed=False))
    state: Mapped[str] = mapped_column(Text, server_default="new", info=plain())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    incident_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    reason: Mapped[str] = mapped_column(Text, server_default="", info=written_words(committed=False))
    settled_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    settled_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    settled_by_name: Mapped[str | None] = mapped_column(Text, info=identifies(committed=False))


class ImportRow(Owned, Base):
    """One file of an earlier product's records, from its upload to the end of its run. Then its key is gone."""

    __tablename__ = "imports"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "uploaded_by"], MEMBER, name="imports_uploaded_by_fkey"),
        CheckConstraint("state in ('open', 'running', 'done', 'dropped')", name="state"),
        CheckConstraint("day_order in ('day_first', 'month_first')", name="day_order"),
        CheckConstraint("(object_name is null) = (state in ('done', 'dropped'))", name="file"),
        CheckConstraint("(object_name is null) = (wrapped_key is null)", name="key"),
        Index("imports_list", "organisation_id", text("uploaded_at desc"), text("id desc")),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    source: Mapped[str] = mapped_column(Text, info=plain())
    file_name: Mapped[str] = mapped_column(Text, info=written_words(committed=False))
    size: Mapped[int] = mapped_column(BigInteger, info=plain())
    sha256: Mapped[bytes] = mapped_column(LargeBinary, info=plain())
    object_name: Mapped[str | None] = mapped_column(Text, info=plain(exported=False))
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary, info=plain(exported=False))
    columns: Mapped[str] = mapped_column(Text, server_default="{}", info=written_words(committed=False))
    """Which column is which field: JSON, field -> the column's heading."""
    day_order: Mapped[str | None] = mapped_column(Text, info=plain())
    state: Mapped[str] = mapped_column(Text, server_default="open", info=plain())
    row_count: Mapped[int | None] = mapped_column(Integer, info=plain())
    done_count: Mapped[int] = mapped_column(Integer, server_default=text("0"), info=plain())
    made_count: Mapped[int] = mapped_column(Integer, server_default=text("0"), info=plain())
    known_count: Mapped[int] = mapped_column(Integer, server_default=text("0"), info=plain())
    wrong_count: Mapped[int] = mapped_column(Integer, server_default=text("0"), info=plain())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"), info=plain())
    uploaded_at: Mapped[datetime] = mapped_column(MOMENT, info=plain())
    uploaded_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    uploaded_by_name: Mapped[str] = mapped_column(Text, info=identifies(committed=False))
    started_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())
    finished_at: Mapped[datetime | None] = mapped_column(MOMENT, info=plain())


class ImportedRecord(Owned, Base):
    """Where an imported incident came from: what marks it, and what makes the same record be imported once."""

    __tablename__ = "imported_records"
    __table_args__ = (
        UniqueConstraint("organisation_id", "source", "original_id", name="imported_records_original_key"),
        ForeignKeyConstraint(
            ["organisation_id", "import_id"], ["imports.organisation_id", "imports.id"],
            name="imported_records_import_fkey",
        ),
        ForeignKeyConstraint(["organisation_id", "incident_id"], INCIDENT, name="imported_records_incident_fkey"),
        Index("imported_records_import", "organisation_id", "import_id", "row_number"),
        Index("imported_records_incident", "organisation_id", "incident_id", unique=True),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    import_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    source: Mapped[str] = mapped_column(Text, info=plain())
    original_id: Mapped[str] = mapped_column(Text, info=plain())
    """The earlier product's own number, or the digest of the whole row where there is none."""
    row_number: Mapped[int] = mapped_column(Integer, info=plain())
    incident_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    author: Mapped[str] = mapped_column(Text, server_default="", info=identifies(committed=False))
    written: Mapped[str] = mapped_column(Text, server_default="", info=written_words(committed=False))
    """When it was written, as the earlier product said it."""


class ImportProblem(Owned, Base):
    """Why one row was not imported: the row's number and the reason, never its words."""

    __tablename__ = "import_problems"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organisation_id", "import_id"], ["imports.organisation_id", "imports.id"],
            name="import_problems_import_fkey",
        ),
        Index("import_problems_import", "organisation_id", "import_id", "row_number"),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    import_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    row_number: Mapped[int] = mapped_column(Integer, info=plain())
    field: Mapped[str] = mapped_column(Text, info=plain())
    problem: Mapped[str] = mapped_column(Text, info=plain())
