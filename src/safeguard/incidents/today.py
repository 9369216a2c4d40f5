"""What needs me today: for a lead the most urgent first, for everybody what became of their own reports.

A few bounded statements, each along an index: what nobody has read, actions that are due, answers that have not come,
incidents of which somebody outside has still to hear, visits and reviews that come round again, files of people who
left, and open incidents in which nothing has happened for long. Figures stop at 99, because nobody needs to know more
before breakfast.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.incidents import leaving
from safeguard.incidents.beside import Waits, read_beside
from safeguard.incidents.choices import quiet_after
from safeguard.incidents.deadlines import ANSWERED, Deadline, Start, counted, unread
from safeguard.incidents.owing import Owed, list_owed
from safeguard.incidents.queries import Row, list_own
from safeguard.registers.duties.queries import read_standings
from safeguard.tenancy.calendars.reading import Clocks, read_clocks
from safeguard.tenancy.profile import Nation, Profile
from safeguard.web.languages import gettext, ngettext
from safeguard.work import Work

MOST = 99
SHOWN = 12
URGENT = frozenset({"emergency", "high"})
DUE_WITHIN = timedelta(days=7)

WAITING: Final = """
select i.id, i.reference, i.risk, i.recorded_at, left(i.narrative, 90), i.recorded_by_name
from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.state = 'new'
order by case i.risk when 'emergency' then 0 when 'high' then 1 else 2 end, i.recorded_at
limit $1
"""

DUE: Final = """
select e.incident_id, i.reference, i.risk, left(e.words, 90), e.due_on, e.owner_id, e.owner_name
from public.entries e
join public.incidents i on i.organisation_id = e.organisation_id and i.id = e.incident_id and i.state <> 'closed'
where e.organisation_id = (select sec.current_organisation()) and e.kind = 'action' and e.done_at is null
    and e.due_on <= $1
    and not exists (select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)
order by e.due_on, e.id
limit $2
"""

QUIET: Final = """
select i.id, i.reference, i.risk, i.last_activity_at, left(i.narrative, 90)
from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.state = 'open' and i.last_activity_at < $1
order by i.last_activity_at
limit $2
"""


AWAITED: Final = """
select e.incident_id, i.reference, i.risk, e.contact, coalesce(e.took_place_at, e.written_at) as began
from public.entries e
join public.incidents i on i.organisation_id = e.organisation_id and i.id = e.incident_id and i.state <> 'closed'
where e.organisation_id = (select sec.current_organisation()) and e.kind = 'contact' and e.awaits_answer
    and e.done_at is null
    and not exists (select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)
order by e.written_at, e.id
limit $1
"""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing to do."""

    title: str
    why: str
    href: str
    verb: str
    risk: str | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Count:
    """A figure at the top."""

    figure: int
    words: str
    href: str | None
    now: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """One's own report, and what became of it."""

    reference: str
    title: str
    href: str
    recorded_at: datetime
    received: bool
    state: str


@dataclass(frozen=True, slots=True)
class Today:
    """The home page."""

    counts: tuple[Count, ...]
    needs: tuple[Need, ...]
    sent: tuple[Sent, ...]


async def read_today(
    work: Work, profile: Profile, today: date, *, nation: str = Nation.ENGLAND, zone: str = "Europe/London"
) -> Today:
    """What the actor needs to know today, as far as they may."""
    sent: tuple[Sent, ...] = ()
    if work.may(Permission.INCIDENT_READ_OWN) and work.actor.user_id:
        sent = tuple(_sent(row) for row in await list_own(work, limit=8))
    if not work.may(Permission.INCIDENT_READ):
        return Today((), (), sent)
    waiting = await work.driver.fetch(WAITING, MOST)
    due = await work.driver.fetch(DUE, today + DUE_WITHIN, MOST)
    clocks = (await read_clocks(work, profile, nation, zone)).clocks
    pressing = await _pressing(work, clocks)
    longest = quiet_after(clocks)
    quiet = await work.driver.fetch(QUIET, work.now() - longest, MOST)
    overdue = [row for row in due if row["due_on"] < today]
    beside = await read_beside(work) if work.may(Permission.INCIDENT_TRIAGE) else ()
    needs = (
        *(_unread(row, clocks, work.now()) for row in waiting if row["risk"] in URGENT),
        *(_beside(each) for each in beside if each.figure and each.needs),
        *await _untold(work, clocks),
        *(_unread(row, clocks, work.now()) for row in waiting if row["risk"] not in URGENT),
        *pressing,
        *await _files(work, clocks),
        *await _duties(work, profile, clocks),
        *(_overdue(row, today, work.actor.user_id) for row in overdue),
        *(_quiet(row, work.now()) for row in quiet),
    )
    counts = (
        Count(len(waiting), ngettext("new report", "new reports", len(waiting)), "/incidents/inbox?show=new", now=True),
        Count(
            len(overdue),
            ngettext("action overdue", "actions overdue", len(overdue)),
            "/incidents/inbox?show=overdue",
            now=False,
        ),
        Count(len(due) - len(overdue), gettext("due this week"), None, now=False),
        Count(len(quiet), gettext("quiet for %(days)d days") % {"days": longest.days}, None, now=False),
    )
    return Today(counts, needs[:SHOWN], sent)


async def _pressing(work: Work, clocks: Clocks) -> tuple[Need, ...]:
    """Answers that have not come: what is late, or nearly."""
    rows = await work.driver.fetch(AWAITED, MOST)
    found: list[tuple[Deadline, Any]] = [
        (deadline, row) for row in rows for deadline in _limits(row, clocks, work.now()) if deadline.presses
    ]
    return tuple(_late(deadline, row) for deadline, row in sorted(found, key=lambda each: _ends(each[0])))


async def _untold(work: Work, clocks: Clocks) -> tuple[Need, ...]:
    """Whom outside nobody has told yet: before reports that nobody has read, unless one of those is urgent."""
    owed = [each for each in await list_owed(work, clocks) if each.deadline.presses]
    return tuple(_owed(each) for each in sorted(owed, key=lambda each: _ends(each.deadline)))


async def _files(work: Work, clocks: Clocks) -> tuple[Need, ...]:
    """People who left, whose file is still here."""
    return tuple(
        Need(file.deadline.name, f"{file.name} · {file.deadline.left}", file.href, gettext("Send it"), None, None)
        for file in await leaving.bound()(work, clocks)
        if file.deadline.presses
    )


async def _duties(work: Work, profile: Profile, clocks: Clocks) -> tuple[Need, ...]:
    """Visits and reviews that are late or nearly, for those who keep the registers."""
    if not work.may(Permission.REGISTER_KEEP):
        return ()
    never = gettext("Nobody has recorded when it was last done")
    return tuple(
        Need(duty.clock.name, duty.left if duty.last else never, duty.href, gettext("Record it"), None, None)
        for duty in await read_standings(work, profile, clocks)
        if duty.presses
    )


def _ends(deadline: Deadline) -> datetime:
    return deadline.when.at if deadline.when else datetime.max.replace(tzinfo=UTC)


def _limits(row: Any, clocks: Clocks, now: datetime) -> Iterator[Deadline]:
    incident_id, _reference, _risk, contact, began = row
    for code, clock in clocks.clocks.items():
        if ANSWERED.get(clock.starts) == contact:
            yield counted(clocks, code, Start(began, incident_id), now)


def _late(deadline: Deadline, row: Any) -> Need:
    incident_id, reference, risk = row[:3]
    known = risk if risk != "unassessed" else None
    why = f"{reference} · {deadline.left} · {deadline.by}"
    return Need(deadline.name, why, f"/incidents/{incident_id}#deadlines", gettext("Open"), known, None)


def _owed(owed: Owed) -> Need:
    why = f"{owed.reference} · {owed.deadline.left} · {owed.deadline.by}"
    known = owed.risk if owed.risk != "unassessed" else None
    return Need(owed.deadline.name, why, owed.href, gettext("Say who was told"), known, None)


def _sent(row: Row) -> Sent:
    return Sent(
        row.reference,
        _short(row.beginning),
        f"/incidents/{row.id}",
        row.recorded_at,
        received=row.acknowledged_at is not None,
        state=row.state,
    )


def _unread(row: tuple[UUID, str, str, datetime, str, str], clocks: Clocks, now: datetime) -> Need:
    incident_id, reference, risk, recorded_at, beginning, name = row
    why = gettext("%(reference)s, from %(name)s. Nobody has acknowledged it yet") % {
        "reference": reference,
        "name": name or "Safeguard",
    }
    limit = unread(clocks, recorded_at, now)
    why = f"{why} · {limit.left}" if limit.presses else why
    title = gettext("New: %(beginning)s") % {"beginning": _short(beginning)}
    return Need(
        title, why, f"/incidents/{incident_id}", gettext("Open"), risk if risk != "unassessed" else None, recorded_at
    )


def _beside(waits: Waits) -> Need:
    why = ngettext("%(num)d waits", "%(num)d wait", waits.figure) % {"num": waits.figure}
    return Need(waits.needs, why, waits.href, gettext("Look"), None, None)


def _overdue(row: tuple[UUID, str, str, str, date, UUID | None, str], today: date, reader: UUID | None) -> Need:
    incident_id, reference, risk, words, due_on, owner_id, owner_name = row
    days = (today - due_on).days
    late = ngettext("overdue %(days)d day", "overdue %(days)d days", days) % {"days": days}
    whose = gettext("yours") if owner_id and owner_id == reader else owner_name
    return Need(
        _short(words),
        f"{reference} · {late} · {whose}",
        f"/incidents/{incident_id}?show=actions",
        gettext("Open"),
        risk if risk != "unassessed" else None,
        None,
    )


def _quiet(row: tuple[UUID, str, str, datetime, str], now: datetime) -> Need:
    incident_id, reference, risk, last, beginning = row
    why = gettext("%(reference)s. Nothing was added for %(days)d days") % {
        "reference": reference,
        "days": (now - last).days,
    }
    return Need(
        _short(beginning), why, f"/incidents/{incident_id}", gettext("Open"),
        risk if risk != "unassessed" else None, None,
    )  # fmt: skip


def _short(text: str) -> str:
    """The first line, cut at a word."""
    line = " ".join(text.split())
    return line if len(line) <= 72 else line[:72].rsplit(" ", 1)[0] + " …"
