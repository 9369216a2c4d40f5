"""The registers as files: a line for each person or event. The log is told that one was taken."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.registers.by_day import LATEST
from safeguard.registers.committee.gathering import list_meetings
from safeguard.registers.duties.duty import duties_of
from safeguard.registers.duties.queries import list_done
from safeguard.registers.filtering.queries import MOST, list_checks, list_systems
from safeguard.registers.home import tables as of_home
from safeguard.registers.home.part import keeps_home
from safeguard.registers.home.spans import Span, read_span
from safeguard.registers.policies.missing import Party, list_children, read_parties
from safeguard.registers.policies.policy import Link, Policy
from safeguard.registers.policies.policy import Listed as Signed
from safeguard.registers.policies.queries import list_policies, list_readers, list_signatures
from safeguard.registers.training.queries import list_learners
from safeguard.registers.voice.listening import list_impacts, list_sessions
from safeguard.registers.wording import (
    kind_of_change,
    parties,
    party_one,
    result_of_check,
    state_of_training,
    verdict,
    way_asked,
    way_signed,
)
from safeguard.standards.frameworks import framework_of
from safeguard.standards.queries import LATEST_ITEM
from safeguard.tenancy.profile import Profile
from safeguard.web.languages import gettext
from safeguard.web.tables import Form, Table, table
from safeguard.work import Work

STEP: Final = 500
DAWN: Final = date(1970, 1, 1)
"""Before anything that is kept here."""
LONDON: Final = ZoneInfo("Europe/London")
MOST_SIGNATURES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a file is narrowed to."""

    today: date
    profile: Profile
    policy_id: UUID | None = None
    span: Span | None = None
    """Of which days a home's notifications and figures are; without it all notifications, and a year's figures."""
    zone: ZoneInfo = LONDON


@dataclass(frozen=True, slots=True)
class Listed:
    """One register as a file."""

    headings: tuple[str, ...]
    make: "Maker"
    reads: Permission = Permission.REGISTER_READ
    is_kept: Callable[[Profile], bool] = field(default=lambda _profile: True)
    """Whether a kind of organisation keeps it."""


def names_of_tables(work: Work, profile: Profile) -> tuple[str, ...]:
    """Those that this kind of organisation keeps and whoever asks may take."""
    if not work.may(Permission.REGISTER_READ):
        return ()
    return tuple(name for name, one in TABLES.items() if one.is_kept(profile) and work.may(one.reads))


async def make_table(work: Work, name: str, form: Form, asked: Asked) -> Table:
    """The register of that name, such as `training`; raises `NotFound`."""
    work.require(Permission.RECORDS_TAKE)
    work.require(Permission.REGISTER_READ)
    if name not in TABLES:
        raise NotFound
    listed = TABLES[name]
    work.require(listed.reads)
    whole = table(form, listed.headings)
    whole.add(await listed.make(work, asked))
    work.record("list.exported", work.organisation_id)
    return whole


async def _policies(work: Work, asked: Asked) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for line in await list_policies(work, asked.today):
        policy = line.policy
        if not policy.is_agreement:
            for reader in await list_readers(work, policy.id, asked.today):
                found.append(
                    (policy.title, str(policy.edition), reader.name, _day(reader.due_on), _day(reader.read_on))
                )
    return found


async def _signatures(work: Work, asked: Asked) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for line in await list_policies(work, asked.today):
        wanted = asked.policy_id in (None, line.policy.id)
        if line.policy.is_agreement and wanted:
            found += [_signature(line.policy, row, asked) for row in await _all_signatures(work, line.policy)]
    return found


async def _all_signatures(work: Work, policy: Policy) -> list[Signed]:
    found: list[Signed] = []
    after = LATEST_ITEM
    while (rows := await list_signatures(work, policy.id, after, STEP)) and len(found) < MOST_SIGNATURES:
        found += rows
        after = (rows[-1].recorded_at, rows[-1].id)
    return found


def _signature(policy: Policy, row: Signed, asked: Asked) -> tuple[str, ...]:
    return (
        policy.title, str(row.edition), row.name, row.for_name, party_one(row.party, asked.profile),
        way_signed(row.way), _day(row.signed_on), _day(row.expires_on),
        gettext("Yes") if row.holds(asked.today, policy.edition) else gettext("No"), row.ended_reason,
        _address(row.link, asked),
    )  # fmt: skip


def _address(link: Link | None, asked: Asked) -> str:
    """What tells one address for many from another: what it is for, or when it was made."""
    if link is None:
        return ""
    return link.name or f"{link.recorded_at.astimezone(asked.zone):%Y-%m-%d %H:%M}"


async def _missing(work: Work, asked: Asked) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for line in await list_policies(work, asked.today):
        if line.policy.is_agreement and asked.policy_id in (None, line.policy.id):
            for party in await read_parties(work, line.policy, asked.today):
                about = (line.policy.title, str(line.policy.edition), parties(party.code, asked.profile))
                found += [(*about, *row) for row in await _missing_of(work, line.policy, party, asked.today)]
    return found


async def _missing_of(work: Work, policy: Policy, party: Party, today: date) -> list[tuple[str, ...]]:
    """Of each: group, name, how many, by when. A name for whoever may know it, else how many."""
    if party.code == "staff":
        return [("", one.name, "1", _day(one.due_on)) for one in party.accounts]
    if party.groups and work.may(Permission.PERSON_READ):
        return [(group, name, "1", "") for group, name in await list_children(work, policy, party.code, today)]
    if party.groups:
        return [(one.name, "", str(one.missing), "") for one in party.groups if one.missing]
    return [("", "", "" if party.missing is None else str(party.missing), "")]


async def _training(work: Work, asked: Asked) -> list[tuple[str, ...]]:
    return [
        (one.name, one.title or "", _day(one.last_on), _day(one.expires_on), state_of_training(one.state(asked.today)))
        for one in await list_learners(work)
    ]


async def _checks(work: Work, asked: Asked) -> list[tuple[str, ...]]:
    named = {one.id: one.name for one in await list_systems(work)}
    return [
        (
            _day(one.checked_on), one.checked_by, named.get(one.system_id, "") if one.system_id else "", one.device,
            one.user_group, one.tested, result_of_check(one.result), one.done,
        )
        for one in await list_checks(work, LATEST, MOST)
    ]  # fmt: skip


async def _committee(work: Work, asked: Asked) -> list[tuple[str, ...]]:
    return [
        (_day(met.meeting.held_on), met.meeting.present, met.meeting.minutes, str(met.actions), str(met.open))
        for met in await list_meetings(work)
    ]


async def _voices(work: Work, asked: Asked) -> list[tuple[str, ...]]:
    return [
        (
            _day(one.held_on),
            way_asked(one.way),
            one.title,
            one.asked,
            "" if one.voices is None else str(one.voices),
            one.said,
            one.done,
        )
        for one in await list_sessions(work)
    ]


async def _changes(work: Work, asked: Asked) -> list[tuple[str, ...]]:
    return [
        (
            _day(one.changed_on), kind_of_change(one.kind), one.title, _control(one.framework, one.control, asked),
            one.expected, verdict(one.verdict), one.words,
        )
        for one in await list_impacts(work)
    ]  # fmt: skip


async def _duties(work: Work, asked: Asked) -> list[tuple[str, ...]]:
    """Every time, those that were struck out with their reason, as the page tells them."""
    return [
        (
            duty.name, _day(one.done_on), one.done_by, one.kept_at, one.note, one.recorded_by_name, _day(one.struck_on),
            one.struck_reason,
        )
        for duty in duties_of(asked.profile)
        for one in await list_done(work, duty.code)
    ]  # fmt: skip


async def _reports(work: Work, asked: Asked) -> list[tuple[str, ...]]:
    return await of_home.report_rows(work, asked.profile)


async def _notifications(work: Work, asked: Asked) -> list[tuple[str, ...]]:
    return await of_home.notification_rows(work, asked.profile, asked.span or Span(DAWN, asked.today), asked.zone)


async def _figures(work: Work, asked: Asked) -> list[tuple[str, ...]]:
    return await of_home.figure_rows(work, asked.span or read_span({}, asked.today), asked.zone)


def _control(code: str, wanted: str, asked: Asked) -> str:
    framework = framework_of(code, asked.profile)
    control = framework.control(wanted) if framework else None
    return control.name if control else wanted


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


Maker = Callable[[Work, Asked], Awaitable[list[tuple[str, ...]]]]
TABLES: Final[Mapping[str, Listed]] = {
    "policies": Listed(("Policy", "Edition", "Name", "Read by", "Read on"), _policies),
    "agreements": Listed(
        ("Agreement", "Edition", "Name", "For", "Who", "How", "Signed on", "Holds until", "Holds today",
         "Ended because", "At the address"),
        _signatures,
    ),
    "missing": Listed(("Agreement", "Edition", "Who", "Group", "Name", "Not signed", "Asked by"), _missing),
    "training": Listed(("Name", "Latest training", "On", "Holds until", "State"), _training),
    "checks": Listed(("On", "By", "System", "Device", "As whom", "Tried", "Result", "Done about it"), _checks),
    "committee": Listed(("On", "Present", "Minutes", "Actions", "Open"), _committee),
    "voices": Listed(("On", "How", "About", "Asked", "Voices", "Said", "Done"), _voices),
    "changes": Listed(("On", "Kind", "Changed", "Control", "Expected", "Judged", "Why"), _changes),
    "duties": Listed(
        ("What", "On", "By", "The report is", "What came of it", "Recorded by", "Struck out on", "Because"), _duties,
        is_kept=lambda profile: bool(duties_of(profile)),
    ),
    "reports": Listed(of_home.REPORTS, _reports, is_kept=keeps_home),
    "notifications": Listed(of_home.NOTIFICATIONS, _notifications, Permission.INCIDENT_READ, keeps_home),
    "figures": Listed(of_home.FIGURES, _figures, Permission.INCIDENT_READ, keeps_home),
}  # fmt: skip
