"""The tables of this room, and how each column is redacted, exported and committed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    Uuid,
    desc,
    false,
    text,
    true,
)  # fmt: skip
from sqlalchemy.orm import Mapped, mapped_column

from safeguard.database.base import Base, Owned, identifies, plain
from safeguard.database.base import words as free_text  # an entry has a column of that name

EMPTY, NONE, FIRST = text("''"), text("'{}'"), text("1")
ENDED = text("ended_at is null")
_ENDING = "{} in ('', 'resolved', 'not_upheld', 'advice_given', 'signposted', 'no_answer', 'other')"


def _to(table: str, name: str, column: str, key: str = "id") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["organisation_id", column], [f"{table}.organisation_id", f"{table}.{key}"], name=name)


def _member(name: str, column: str) -> ForeignKeyConstraint:
    return _to("memberships", name, column, "user_id")


class Wave(Owned, Base):
    """One cause, many cases: a trend on a platform that reaches hundreds of people at once."""

    __tablename__ = "helpline_waves"
    __table_args__ = (
        _member("helpline_waves_opened_by_fkey", "opened_by"),
        CheckConstraint("state in ('open', 'closed')", name="state"),
        CheckConstraint("(state = 'closed') = (closed_at is not null)", name="closed"),
        Index("helpline_waves_list", "organisation_id", desc("opened_at"), desc("id")),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    name: Mapped[str] = mapped_column(Text, info=free_text())
    cause: Mapped[str] = mapped_column(Text, info=free_text())
    answer: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    """What every caller of the wave is told."""
    state: Mapped[str] = mapped_column(Text, server_default="open", info=plain(committed=True))
    version: Mapped[int] = mapped_column(Integer, server_default=FIRST, info=plain())
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    opened_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    opened_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))


class Case(Owned, Base):
    """Something that somebody of the children's workforce asked of the helpline, in one or several contacts."""

    __tablename__ = "helpline_cases"
    __table_args__ = (
        UniqueConstraint("organisation_id", "reference", name="helpline_cases_reference_key"),
        UniqueConstraint("organisation_id", "origin", name="helpline_cases_origin_key"),
        _to("helpline_waves", "helpline_cases_wave_fkey", "wave_id"),
        _member("helpline_cases_assigned_fkey", "assigned_to"),
        _member("helpline_cases_received_by_fkey", "received_by"),
        CheckConstraint("channel in ('', 'phone', 'email', 'web', 'shared')", name="channel"),
        CheckConstraint(
            "state in ('draft', 'submitted', 'acknowledged', 'triaged', 'awaiting_referrer', 'advice_given',"
            " 'signposted', 'escalated', 'platform_responded', 'resolved', 'not_upheld', 'closed', 'withdrawn',"
            " 'declined')",
            name="state",
        ),
        CheckConstraint("priority in ('urgent', 'soon', 'usual')", name="priority"),
        CheckConstraint("(state in ('closed', 'withdrawn', 'declined')) = (ended_at is not null)", name="ended"),
        CheckConstraint(_ENDING.format("ending"), name="ending"),
        CheckConstraint(_ENDING.format("referrer_ending"), name="referrer_ending"),
        Index("helpline_cases_queue", "organisation_id", "queued_at", "id", postgresql_where=ENDED),
        Index(
            "helpline_cases_ended", "organisation_id", desc("ended_at"), desc("id"),
            postgresql_where=text("ended_at is not null"),
        ),
        Index("helpline_cases_received", "organisation_id", desc("received_at"), desc("id")),
        Index("helpline_cases_assigned", "organisation_id", "assigned_to", postgresql_where=ENDED),
        Index(
            "helpline_cases_contact", "organisation_id", "caller_contact", "received_at",
            postgresql_where=text("caller_contact <> ''"),
        ),
        Index(
            "helpline_cases_caller", "organisation_id", "caller_organisation", "received_at",
            postgresql_where=text("caller_organisation <> ''"),
        ),
        Index(
            "helpline_cases_found_by", "organisation_id", "caller_name", "caller_organisation", "caller_contact",
            postgresql_using="gin",
            postgresql_ops=dict.fromkeys(("caller_name", "caller_organisation", "caller_contact"), "gin_trgm_ops"),
        ),
        Index("helpline_cases_wave", "organisation_id", "wave_id", postgresql_where=text("wave_id is not null")),
    )  # fmt: skip

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    reference: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    channel: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    """How it came; empty for an earlier case of which nobody knows."""
    state: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    priority: Mapped[str] = mapped_column(Text, server_default="usual", info=plain(committed=True))
    at_risk: Mapped[bool] = mapped_column(Boolean, server_default=false(), info=plain(committed=True))
    """Whether a child is at risk: no prompt asks to wait, and confidence has its limit."""
    caller: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain(committed=True))
    """The caller's profession, a code of `desk.toml`."""
    sector: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain(committed=True))
    caller_name: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    caller_organisation: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    caller_contact: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=identifies())
    gender: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain(committed=True))
    """Of the person harmed, where known: for figures."""
    summary: Mapped[str] = mapped_column(Text, info=free_text())
    issues: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=NONE, info=plain(committed=True))
    platforms: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=NONE, info=plain(committed=True))
    wave_id: Mapped[UUID | None] = mapped_column(Uuid, info=plain(committed=True))
    origin: Mapped[str | None] = mapped_column(Text, info=plain())
    """By what a case that arrived from elsewhere is known there, so that it arrives once."""
    assigned_to: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    assigned_name: Mapped[str | None] = mapped_column(Text, info=identifies())
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    queued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain())
    """`received_at`, earlier by what its priority puts it ahead: the queue's one order."""
    received_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    received_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    """When the caller first had an answer from a person."""
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    outcome: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    ending: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain(committed=True))
    """How a closed case ended, a code of `endings`; empty where nobody knows."""
    referrer_ending: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain(committed=True))
    """How it ended for whoever referred it, as they said over the channel."""
    version: Mapped[int] = mapped_column(Integer, server_default=FIRST, info=plain())
    heard_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain())
    """When whoever asked last wrote; None once somebody at the desk has answered."""
    unsent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain())
    """When an answer turned out not to have reached them: `heard_at` too, where they have not written besides."""
    themes: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=NONE, info=plain(committed=True))
    """What practitioners coded it by, ids of `helpline_themes`."""


class CaseReferral(Owned, Base):
    """The referral that a case came by, as it was sent: what its page shows, as whoever sent it saw it before."""

    __tablename__ = "helpline_referrals"
    __table_args__ = (
        _to("helpline_cases", "helpline_referrals_case_fkey", "case_id"),
        UniqueConstraint("organisation_id", "case_id", name="helpline_referrals_case_key"),
        Index("helpline_referrals_reference", "organisation_id", "reference"),
        CheckConstraint("turns >= 0", name="turns"),
    )

    case_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    body: Mapped[str] = mapped_column(Text, info=free_text())
    """As JSON, `channel.bodies.Opened`: it never changes."""
    reference: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain())
    """What whoever referred calls it, in capitals: they say it on the telephone."""
    turns: Mapped[int] = mapped_column(Integer, server_default=text("0"), info=plain())
    """How often whoever referred has withdrawn it or opened it again, as far as was heard here."""
    closings: Mapped[int | None] = mapped_column(Integer, info=plain())
    """How often they have closed it, as far as was heard here; None for what came before that was counted."""
    arrived_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain())


class CaseEntry(Owned, Base):
    """Something said or done in a case: a contact, an answer, a note, a handover, a change of its state.

    What a caller says in confidence is a kind of its own, and so is what was told on because somebody is at risk.
    """

    __tablename__ = "helpline_entries"
    __table_args__ = (
        _to("helpline_cases", "helpline_entries_case_fkey", "case_id"),
        _member("helpline_entries_written_by_fkey", "written_by"),
        CheckConstraint(
            "kind in ('contact', 'confidence', 'answer', 'note', 'handover', 'state', 'feedback', 'told_on')",
            name="kind",
        ),
        CheckConstraint(
            "(kind = 'told_on') = (told_at is not null and told_to <> '' and told_why <> '' and words <> '')"
            " and (kind = 'told_on' or (told_at is null and told_to = '' and told_why = ''))",
            name="told",
        ),
        Index("helpline_entries_case", "organisation_id", "case_id", "written_at", "id"),
        Index("helpline_entries_distressing", "organisation_id", "written_at", postgresql_where=text("distressing")),
        Index("helpline_entries_confided", "organisation_id", "case_id", postgresql_where=text("kind = 'confidence'")),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    case_id: Mapped[UUID] = mapped_column(Uuid, info=plain(committed=True))
    kind: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    channel: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain(committed=True))
    words: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    guidance: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=NONE, info=plain(committed=True))
    """What the caller was pointed to, as codes of `desk.toml`: counted."""
    state: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain(committed=True))
    distressing: Mapped[bool] = mapped_column(Boolean, server_default=false(), info=plain(committed=True))
    """Whether what was heard or seen weighs on whoever wrote it."""
    told_to: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    """To whom it was told on, because somebody is at risk; `words` are then what was said to them."""
    told_why: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    told_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    written_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    written_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    written_by_name: Mapped[str] = mapped_column(Text, info=identifies())


class LedgerUrl(Owned, Base):
    """One address that somebody wants taken down: text, never fetched. The same in every case that names it."""

    __tablename__ = "helpline_urls"
    __table_args__ = (
        UniqueConstraint("organisation_id", "digest", name="helpline_urls_digest_key"),
        CheckConstraint(
            "state in ('listed', 'self_reported', 'reported', 'removed', 'restricted', 'refused', 'no_response',"
            " 're_reported', 'passed_iwf', 'passed_police', 'gone', 'not_actionable')",
            name="state",
        ),
        Index("helpline_urls_listed", "organisation_id", desc("listed_at"), desc("id")),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    digest: Mapped[str] = mapped_column(Text, info=plain())
    """SHA-256 in hexadecimal of the address's key, by which it is found again (`channel.addresses`)."""
    address: Mapped[str] = mapped_column(Text, info=identifies())
    host: Mapped[str] = mapped_column(Text, info=identifies())
    platform: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=plain(committed=True))
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=NONE, info=plain(committed=True))
    state: Mapped[str] = mapped_column(Text, server_default="listed", info=plain(committed=True))
    platform_reference: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    version: Mapped[int] = mapped_column(Integer, server_default=FIRST, info=plain())
    listed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    self_reported_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    reported_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    """When the helpline first reported it, since it came back where it did: hours to the answer count from here."""
    chased_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    """When the helpline last reported it: the platform's silence is counted from here."""
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    hours_known: Mapped[bool] = mapped_column(Boolean, server_default=true(), info=plain(committed=True))
    """Whether hours may be counted: false once the report, the answer or the end is known by its day alone."""
    seen_again_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    """When it was last seen again after it had been removed: hours to its next removal are counted from here."""


class CaseUrl(Owned, Base):
    """That a case names an address."""

    __tablename__ = "helpline_case_urls"
    __table_args__ = (
        _to("helpline_cases", "helpline_case_urls_case_fkey", "case_id"),
        _to("helpline_urls", "helpline_case_urls_url_fkey", "url_id"),
        UniqueConstraint("organisation_id", "case_id", "url_id", name="helpline_case_urls_pair_key"),
        Index("helpline_case_urls_url", "organisation_id", "url_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    case_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    url_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    added_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain())
    told_steps: Mapped[int] = mapped_column(Integer, server_default=text("0"), info=plain())
    """How many steps of the address whoever referred the case was told of, where it came by the channel."""
    typed: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    """As the case wrote it, where that is not how the ledger writes it."""
    left_out: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=NONE, info=plain(committed=True))
    """The steps that whoever referred the case was not told of, because somebody at the desk left them out."""


class UrlStep(Owned, Base):
    """One step of one address: what happened, when, and what the platform said."""

    __tablename__ = "helpline_url_steps"
    __table_args__ = (
        _to("helpline_urls", "helpline_url_steps_url_fkey", "url_id"),
        _member("helpline_url_steps_written_by_fkey", "written_by"),
        Index("helpline_url_steps_url", "organisation_id", "url_id", "written_at", "id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    url_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    state: Mapped[str] = mapped_column(Text, info=plain(committed=True))
    happened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    day_only: Mapped[bool] = mapped_column(Boolean, server_default=false(), info=plain(committed=True))
    """Whether only the day is known; noon stands for it then."""
    undated: Mapped[bool] = mapped_column(Boolean, server_default=false(), info=plain(committed=True))
    """Whether not even the day is known: it has the moment in which it was heard of."""
    answered: Mapped[bool | None] = mapped_column(Boolean, info=plain(committed=True))
    """Of a caller's own report: whether the platform has answered it; None where nobody said."""
    platform_reference: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    answer: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    written_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain(committed=True))
    written_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    written_by_name: Mapped[str] = mapped_column(Text, info=identifies())
    undoes: Mapped[UUID | None] = mapped_column(Uuid, info=plain(committed=True))
    """The step that this one takes back, because it was noted by mistake."""


class Debrief(Owned, Base):
    """That a practitioner talked with somebody about what they had heard and seen."""

    __tablename__ = "helpline_debriefs"
    __table_args__ = (
        _member("helpline_debriefs_practitioner_fkey", "practitioner_id"),
        _member("helpline_debriefs_held_by_fkey", "held_by"),
        Index("helpline_debriefs_list", "organisation_id", "practitioner_id", desc("held_at")),
    )

    organisation_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("organisations.id"), primary_key=True, info=plain())
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, info=plain())
    practitioner_id: Mapped[UUID] = mapped_column(Uuid, info=plain())
    practitioner_name: Mapped[str] = mapped_column(Text, info=identifies())
    words: Mapped[str] = mapped_column(Text, server_default=EMPTY, info=free_text())
    held_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), info=plain())
    held_by: Mapped[UUID | None] = mapped_column(Uuid, info=plain())
    held_by_name: Mapped[str] = mapped_column(Text, info=identifies())
