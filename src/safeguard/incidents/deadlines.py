"""Which limits of time run in an incident, computed from what is recorded; nothing of it is stored.

A clock of the profile runs here when its moment is one that this room knows: the report, the last entry, an allegation
about a member of staff, something that a regulator may have to hear of, a contact whose answer has not come. What was
given a day (an action, a plan or support to look at again) is due on it, until it is done. Where a limit cannot be
counted, because term dates are missing, that is said in its place.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from safeguard.incidents import answerable, notifying
from safeguard.incidents.entry_kinds import CONTACTS
from safeguard.incidents.standing import Standing, standing
from safeguard.incidents.story import Entry, Story
from safeguard.tenancy.calendars.calendar import Uncountable
from safeguard.tenancy.calendars.counting import Due, Limit, State, due, end_of, state
from safeguard.tenancy.calendars.reading import Clocks
from safeguard.tenancy.calendars.saying import due_said, left_said
from safeguard.tenancy.limits import Certainty, Clock, Unit
from safeguard.web.languages import gettext

GIVEN: Final = Limit(4, Unit.DAYS)
"""What was given a day is at risk from the day before."""
ACKNOWLEDGEMENT: Final = "acknowledgement"
ALLEGED: Final = "allegation_made"
OWED: Final = ("abuse_known", "event_known")
"""Moments from which somebody outside may have to be told of it."""
LOOKED_AFTER: Final = "looked_after_known"
"""The moment from which those who answer for a looked-after child have to know."""
ANSWERED: Final[Mapping[str, str]] = {
    "referral_made": "social_care",
    "reported_to_platform": "platform",
    "escalated_to_platform": "helpline",
}
"""Moments that a contact begins, and its answer ends."""


@dataclass(frozen=True, slots=True)
class Start:
    """The beginning of a clock, and the entry that began it."""

    at: datetime
    entry: UUID | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """A limit that runs, as people need to know of it."""

    name: str
    when: Due | None
    state: State | None
    """None where it cannot be counted."""
    left: str
    """What is left of it, or why that cannot be said."""
    by: str = ""
    then: str = ""
    source: str = ""
    entry: UUID | None = None
    code: str = ""
    """Of a clock that telling somebody outside stops."""
    asks: tuple[str, ...] = ()
    """With whom somebody has still to speak, or say why not."""
    page: str = ""
    """Where that is said, below the address of the incident."""

    @property
    def is_overdue(self) -> bool:
        """Whether it has passed."""
        return self.state is State.OVERDUE

    @property
    def presses(self) -> bool:
        """Whether it has passed, or soon will."""
        return self.state in (State.OVERDUE, State.AT_RISK)


def deadlines(story: Story, clocks: Clocks, now: datetime) -> tuple[Deadline, ...]:
    """Every limit that runs in this incident, the most pressing first; none once it is closed."""
    if story.facts.state == "closed":
        return ()
    stands = standing(story)
    found = [*_counted(story, stands, clocks, now), *_given(stands, clocks, now)]
    return tuple(sorted(found, key=_pressing))


def runs_anything(story: Story, now: datetime, clocks: Iterable[Clock]) -> bool:
    """Whether any limit can press on it: none can while somebody works on it day by day and it awaits nothing.

    No profile counts the time without entries in less than a day.
    """
    if story.facts.state == "closed":
        return False
    stands = standing(story)
    quiet = now - story.facts.last_activity_at > timedelta(days=1)
    cared = (stands.of(person.id) for person in stands.people)
    given = any(each and each.due_on and not each.done_at for care in cared for each in (care.plan, care.support))
    waits = stands.open_actions or stands.awaited or any(_is_owed(story, stands, each) for each in clocks)
    return bool(story.facts.state == "new" or quiet or waits or given)


def counted(clocks: Clocks, code: str, start: Start, now: datetime) -> Deadline:
    """One clock of the profile, from a moment."""
    clock, limit, calendar = clocks.clocks[code], clocks.of(code), clocks.calendar
    source = "" if clock.certainty is Certainty.PRACTICE else clock.source
    if clock.certainty is Certainty.UNCONFIRMED:
        source = gettext("%(source)s, not confirmed") % {"source": clock.source}
    try:
        when = due(calendar, limit, start.at)
        stands = state(calendar, limit, start.at, when, now)
    except Uncountable as reason:
        return Deadline(clock.name, None, None, reason.sentence, then=clock.then, source=source, entry=start.entry)
    return Deadline(
        clock.name, when, stands, left_said(calendar, limit, when, now), due_said(limit, when, now, calendar),
        clock.then, source, start.entry,
    )  # fmt: skip


def unread(clocks: Clocks, recorded_at: datetime, now: datetime) -> Deadline:
    """By when a new report is to be acknowledged. Every kind of organisation has this clock."""
    return counted(clocks, ACKNOWLEDGEMENT, Start(recorded_at), now)


def on_day(clocks: Clocks, name: str, day: date, now: datetime, entry: UUID | None = None) -> Deadline:
    """What was given a day."""
    calendar = clocks.calendar
    when = end_of(calendar, day)
    today = now.astimezone(calendar.zone).date()
    stands = State.OVERDUE if today > day else State.AT_RISK if day - today <= timedelta(days=1) else State.DUE
    said = left_said(calendar, GIVEN, when, now)
    return Deadline(name, when, stands, said, due_said(GIVEN, when, now, calendar), entry=entry)


def _is_owed(story: Story, stands: Standing, clock: Clock) -> bool:
    return bool(clock.outside) and any(STARTS[clock.starts](story, stands, clock))


def _counted(story: Story, stands: Standing, clocks: Clocks, now: datetime) -> Iterator[Deadline]:
    for code, clock in clocks.clocks.items():
        if clock.starts in STARTS:
            starts = STARTS[clock.starts](story, stands, clock)
            yield from (asking(counted(clocks, code, start, now), story, stands, clock) for start in starts)


def _given(stands: Standing, clocks: Clocks, now: datetime) -> Iterator[Deadline]:
    for action in stands.open_actions:
        if action.due_on:
            yield on_day(clocks, _short(action.words), action.due_on, now, action.id)
    for contact in stands.awaited:
        if contact.due_on:
            name = gettext("An answer: %(whom)s") % {"whom": gettext(CONTACTS.get(contact.contact or "other", ""))}
            yield on_day(clocks, name, contact.due_on, now, contact.id)
    for person in stands.people:
        written = stands.of(person.id)
        for entry, says in (
            (written.plan, gettext("Look again at the plan for %(name)s")),
            (written.support, gettext("Ask again about the support of %(name)s")),
        ):
            if entry and entry.due_on and not entry.done_at:
                yield on_day(clocks, says % {"name": person.name}, entry.due_on, now, entry.id)


def told_outside(
    story: Story, asked: Iterable[Clock], clocks: Clocks, now: datetime
) -> Iterator[tuple[datetime, Deadline]]:
    """Of these clocks those that run because somebody outside has not heard, each with the moment that began it."""
    stands = standing(story)
    for clock in asked:
        for start in STARTS[clock.starts](story, stands, clock):
            yield start.at, asking(counted(clocks, clock.code, start, now), story, stands, clock)


def asking(deadline: Deadline, story: Story, stands: Standing, clock: Clock) -> Deadline:
    """The same, with whom somebody has still to speak."""
    if clock.knowers:
        left = tuple(dict.fromkeys(each.knower for each in answerable.untold(story, stands, clock)))
        return replace(deadline, code=clock.code, asks=left, page="parents")
    if not clock.contacts:
        return deadline
    left = notifying.missing(story, stands, clock)
    return replace(deadline, code=clock.code, asks=left, page=f"outside/{clock.code}")


def _recorded(story: Story, _stands: Standing, _clock: Clock) -> Iterator[Start]:
    if story.facts.state == "new":
        yield Start(story.facts.recorded_at)


def _last_entry(story: Story, _stands: Standing, _clock: Clock) -> Iterator[Start]:
    if story.facts.state == "open":
        yield Start(story.facts.last_activity_at)


def _allegation(story: Story, stands: Standing, clock: Clock) -> Iterator[Start]:
    """An adult of the organisation is alleged to have harmed, and not everybody outside was told who has to be."""
    since = notifying.alleged_since(story, stands)
    if since and notifying.missing(story, stands, clock):
        yield Start(since)


def _owed(story: Story, stands: Standing, clock: Clock) -> Iterator[Start]:
    """Somebody outside may have to be told, and nobody has told them, or said why not."""
    since = notifying.began(story, stands, clock)
    if since:
        yield Start(since)


def _answered_for(story: Story, stands: Standing, clock: Clock) -> Iterator[Start]:
    """Somebody who answers for a looked-after child has no time or reason on record."""
    since = answerable.began(story, stands, clock)
    if since:
        yield Start(since)


def _awaited(contact: str) -> "Began":
    def began(_story: Story, stands: Standing, _clock: Clock) -> Iterator[Start]:
        return (Start(_happened(entry), entry.id) for entry in stands.awaited if entry.contact == contact)

    return began


def _happened(entry: Entry) -> datetime:
    return entry.took_place_at or entry.written_at


Began = Callable[[Story, Standing, Clock], Iterator[Start]]
STARTS: Final[Mapping[str, Began]] = {
    "incident_recorded": _recorded,
    "last_entry": _last_entry,
    ALLEGED: _allegation,
    **dict.fromkeys(OWED, _owed),
    LOOKED_AFTER: _answered_for,
    **{moment: _awaited(contact) for moment, contact in ANSWERED.items()},
}
"""What begins each moment in an incident, for as long as it is not answered."""

_ORDER: Final = {State.OVERDUE: 0, State.AT_RISK: 1, None: 2, State.DUE: 3}


def _pressing(deadline: Deadline) -> tuple[int, float]:
    return _ORDER[deadline.state], deadline.when.at.timestamp() if deadline.when else 0.0


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else line[:80].rsplit(" ", 1)[0] + " …"
