"""What needs me today: for a lead the most urgent first, for everybody what became of their own reports.

A few bounded statements, each along an index: what nobody has read, what somebody wrote again, actions that are due,
answers that have not come, incidents of which somebody outside has still to hear, visits and reviews that come round
again, files of people who left, and open incidents in which nothing has happened for long. Figures stop at 99, because
nobody needs to know more before breakfast; each leads to the list that it counted. Whoever reads concerns about staff
sees how many wait, and whoever agrees to what others ask for how much of that: in figures, for a home page is looked at
over a shoulder.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from safeguard.access.policy import Permission
from safeguard.incidents import apart, desk, leaving, needs, promised
from safeguard.incidents.apart import Apart
from safeguard.incidents.beside import read_beside
from safeguard.incidents.choices import quiet_after
from safeguard.incidents.deadlines import Deadline
from safeguard.incidents.desk import Desk
from safeguard.incidents.hearing import list_heard
from safeguard.incidents.hiding.gathering import MOST as MANY
from safeguard.incidents.hiding.gathering import ToDecide, count_to_decide
from safeguard.incidents.hiding.glass import list_only_read
from safeguard.incidents.inbox import Tab, count_waiting
from safeguard.incidents.needs import Need
from safeguard.incidents.queries import Row, list_own
from safeguard.incidents.running import Running, read_running
from safeguard.incidents.unowned import Held, list_held_by_the_gone
from safeguard.registers.duties.queries import read_standings
from safeguard.tenancy.calendars.reading import Clocks, read_clocks
from safeguard.tenancy.nations import Nation
from safeguard.tenancy.profile import Profile
from safeguard.web.languages import gettext, ngettext
from safeguard.work import Work

MOST = 99
SHOWN = 12
"""So many lines stand on the page at first; the rest is one click away."""
URGENT = frozenset({"emergency", "high"})
WATCHING = (Permission.INCIDENT_READ, Permission.REGISTER_KEEP, Permission.HELPLINE_WORK)
"""To whoever may do one of these, what is to be done here comes."""
INBOX = "/incidents/inbox?show="
LONG_LATE: Final = timedelta(days=31)
"""What is late for longer stands in one line: a year of plans that nobody ended would hide what came this morning."""

WAITING: Final = """
select i.id, i.reference, i.risk, i.recorded_at, left(i.narrative, 90), i.recorded_by_name
from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.state = 'new'
order by case i.risk when 'emergency' then 0 when 'high' then 1 else 2 end, i.recorded_at
limit $1
"""

LATE: Final = """
select e.incident_id, e.kind, i.reference, i.risk, left(e.words, 90) as words, e.due_on, e.owner_id, e.owner_name, e.id
from public.entries e
join public.incidents i on i.organisation_id = e.organisation_id and i.id = e.incident_id and i.state <> 'closed'
where e.organisation_id = (select sec.current_organisation()) and e.done_at is null and e.due_on < $1
    and not exists (select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)
order by case i.risk when 'emergency' then 0 when 'high' then 1 else 2 end, e.kind <> 'action', e.due_on desc, e.id
limit $2
"""
"""The gravest first, and of those what somebody said they would do; what is late since yesterday can still be saved."""

QUIET: Final = """
select i.id, i.reference, i.risk, i.last_activity_at, left(i.narrative, 90)
from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.state = 'open' and i.last_activity_at < $1
order by i.last_activity_at
limit $2
"""


@dataclass(frozen=True, slots=True)
class Count:
    """A figure at the top."""

    figure: int
    words: str
    href: str
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
    more: int = 0
    """How many lines stand behind "see the rest"."""
    watches: bool = False
    """Whether what is to be done here comes to the reader: then that there is nothing is said too."""
    leaves_out: bool = False
    """Whether more is open than limits of time are counted for."""


async def read_today(
    work: Work,
    profile: Profile,
    today: date,
    *,
    nation: str = Nation.ENGLAND,
    zone: str = "Europe/London",
    asked: int = 0,
    whole: bool = False,
) -> Today:
    """What the actor needs to know today, as far as they may.

    `asked` is how much waits for their agreement; `whole` leaves no line for later.
    """
    sent: tuple[Sent, ...] = ()
    if work.may(Permission.INCIDENT_READ_OWN) and work.actor.user_id:
        sent = tuple(_sent(row) for row in await list_own(work, limit=8))
    found = [needs.for_approvals(asked)] if asked else []
    is_open = await apart.bound().is_open(work)
    if not (is_open or any(work.may(each) for each in WATCHING)):
        return _cut(_apart_counts(None, asked), found, sent, whole=whole, watches=False)
    clocks = (await read_clocks(work, profile, nation, zone)).clocks
    waits = await desk.bound()(work, clocks)
    kept_apart = await apart.bound().read_apart(work, profile, clocks) if is_open else None
    found = [
        *(needs.for_desk(waits) if waits else ()), *(needs.for_concerns(kept_apart) if kept_apart else ()), *found,
    ]  # fmt: skip
    at_desk = _desk_counts(waits)
    again = _again_counts(await count_to_decide(work)) if is_open or work.may(Permission.INCIDENT_RESTRICT) else ()
    if not work.may(Permission.INCIDENT_READ):
        found += [*await _promised(work, clocks), *await _duties(work, profile, clocks)]
        counts = (*at_desk, *_apart_counts(kept_apart, asked), *again)
        return _cut(counts, found, sent, whole=whole, watches=waits is not None or kept_apart is not None)
    waiting = await work.driver.fetch(WAITING, MOST)
    heard, running = await list_heard(work), await read_running(work, clocks)
    unread = [(row["risk"] in URGENT, needs.for_unread(row, clocks, work.now())) for row in waiting]
    beside, held = await _beside(work), await list_held_by_the_gone(work, MOST)
    found = [
        *(need for need in beside if need.risk),
        *(need for urgent, need in heard if urgent),
        *(need for urgent, need in unread if urgent),
        *(need for urgent, need in heard if not urgent),
        *(need for need in beside if not need.risk),
        *await _untold(work, running),
        *await _promised(work, clocks),
        *found,
        *(need for urgent, need in unread if not urgent),
        *_pressing(running),
        *await _files(work, clocks),
        *await _duties(work, profile, clocks),
        *needs.for_held(held),
        *await _overdue(work, today, held),
        *await _quiet(work, clocks),
    ]
    kept = _apart_counts(kept_apart, asked, nothing=False)
    counts = (*at_desk, *await _counts(work, today, clocks, running), *kept, *again)
    shown = _cut(counts, found, sent, whole=whole, watches=True)
    return replace(shown, leaves_out=running.leaves_out)


def _cut(counts: tuple[Count, ...], found: list[Need], sent: tuple[Sent, ...], *, whole: bool, watches: bool) -> Today:
    shown = len(found) if whole else SHOWN
    return Today(counts, tuple(found[:shown]), sent, max(0, len(found) - shown), watches)


async def _counts(work: Work, today: date, clocks: Clocks, running: Running) -> tuple[Count, ...]:
    """As the inbox counts, each with the address of its list."""
    longest = quiet_after(clocks)
    found = await count_waiting(work, today, longest, running)
    words: dict[Tab, str] = {
        "new": ngettext("new report", "new reports", found["new"]),
        "heard": gettext("wrote again, and nobody has read it"),
        "overdue": gettext("with something overdue"),
        "due": gettext("with something due this week"),
        "quiet": gettext("quiet for %(days)d days") % {"days": longest.days},
    }
    return tuple(
        Count(found[tab], words[tab], INBOX + tab, now=tab == "new" or tab == "heard")
        for tab in words
        if tab != "heard" or found[tab]
    )


def _desk_counts(waits: Desk | None) -> tuple[Count, ...]:
    """The queue of a helpline, for whoever answers there."""
    if waits is None:
        return ()
    return (
        Count(waits.at_risk, gettext("with a child at risk"), "/helpline?show=at_risk", now=True),
        Count(waits.overdue, gettext("overdue"), "/helpline?show=overdue", now=False),
        Count(waits.unassigned, gettext("with nobody"), "/helpline?show=unassigned", now=False),
        Count(waits.mine, gettext("yours"), "/helpline?show=mine", now=False),
        Count(waits.open, gettext("in the queue"), "/helpline", now=False),
    )


def _apart_counts(kept: Apart | None, asked: int, *, nothing: bool = True) -> tuple[Count, ...]:
    """Concerns about staff and what waits for agreement; where `nothing`, also that there is none."""
    found = (Count(asked, gettext("waiting for your agreement"), "/approvals", now=False),)
    if kept:
        new = ngettext("new staff concern", "new staff concerns", kept.new)
        standing = ngettext("open staff concern", "open staff concerns", kept.open)
        found = (
            Count(kept.new, new, "/concerns?state=new", now=True),
            Count(kept.open, standing, "/concerns?state=open", now=False),
            *found,
        )
    return tuple(each for each in found if each.figure or (nothing and kept))


def _again_counts(found: ToDecide) -> tuple[Count, ...]:
    """Earlier records that may be about somebody who can read them; the figure says nothing of whom."""
    lists = ((found.incidents, "/incidents/again"), (found.concerns, "/concerns/again"))
    return tuple(
        Count(
            figure,
            gettext("or more earlier records to look at again")
            if figure >= MANY
            else ngettext("earlier record to look at again", "earlier records to look at again", figure),
            at,
            now=False,
        )
        for figure, at in lists
        if figure
    )


async def _beside(work: Work) -> list[Need]:
    if not work.may(Permission.INCIDENT_TRIAGE):
        return []
    return [needs.for_queue(each) for each in await read_beside(work) if each.figure and each.needs]


def _pressing(running: Running) -> list[Need]:
    """Answers that have not come: what is late, or nearly."""
    found = (each for each in running.unanswered if each.deadline.presses)
    return [needs.for_answer(each) for each in sorted(found, key=lambda each: _ends(each.deadline))]


async def _untold(work: Work, running: Running) -> list[Need]:
    """Whom outside nobody has told yet: before reports that nobody has read, unless one of those is urgent.

    What is read in an emergency alone is for others to tell.
    """
    others = await list_only_read(work)
    owed = [each for each in running.owed if each.deadline.presses and each.incident_id not in others]
    return [needs.for_outside(each) for each in sorted(owed, key=lambda each: _ends(each.deadline))]


async def _files(work: Work, clocks: Clocks) -> list[Need]:
    """People who left, whose file is still here."""
    return [
        Need(file.deadline.name, f"{file.name} · {file.deadline.left}", file.href, gettext("Send it"))
        for file in await leaving.bound()(work, clocks)
        if file.deadline.presses
    ]


async def _promised(work: Work, clocks: Clocks) -> list[Need]:
    """Answers and reports for which the law sets a day."""
    return [
        Need(one.deadline.name, f"{one.deadline.left} · {one.deadline.by}", one.href, gettext("Open"))
        for one in await promised.bound()(work, clocks)
        if one.presses
    ]


async def _duties(work: Work, profile: Profile, clocks: Clocks) -> list[Need]:
    """Visits and reviews that are late or nearly, for those who keep the registers."""
    if not work.may(Permission.REGISTER_KEEP):
        return []
    return [needs.for_duty(duty) for duty in await read_standings(work, profile, clocks) if duty.presses]


async def _overdue(work: Work, today: date, held: Sequence[Held]) -> list[Need]:
    """What is past its day, without what stands there already as held by somebody who left."""
    shown = {one.id for one in held[: needs.FEW]}
    rows = [row for row in await work.driver.fetch(LATE, today, MOST) if row["id"] not in shown]
    long_late = [row for row in rows if today - row["due_on"] > LONG_LATE]
    grouped = long_late if len(long_late) > 1 else []
    lines = [needs.for_overdue(row, today, work.actor.user_id) for row in rows if row not in grouped]
    return (
        [*lines, needs.for_long_late(grouped, INBOX + "overdue", more=len(rows) + len(shown) >= MOST)]
        if grouped
        else lines
    )


async def _quiet(work: Work, clocks: Clocks) -> list[Need]:
    rows = await work.driver.fetch(QUIET, work.now() - quiet_after(clocks), MOST)
    return [needs.for_quiet(row, work.now()) for row in rows]


def _ends(deadline: Deadline) -> datetime:
    return deadline.when.at if deadline.when else datetime.max.replace(tzinfo=UTC)


def _sent(row: Row) -> Sent:
    return Sent(
        row.reference,
        needs.short(row.beginning),
        f"/incidents/{row.id}",
        row.recorded_at,
        received=row.acknowledged_at is not None,
        state=row.state,
    )
