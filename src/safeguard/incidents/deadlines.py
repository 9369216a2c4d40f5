"""Which limits of time run in an incident, computed from what is recorded; nothing of it is stored.

A clock of the profile runs here when its moment is one that this room knows: the report, the last entry, an allegation
about a member of staff, a contact whose answer has not come. What was given a day (an action, a plan to look at again)
is due on it. Where a limit cannot be counted, because term dates are missing, that is said in its place.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from safeguard.incidents.entry_kinds import CONTACTS
from safeguard.incidents.standing import Standing, standing
from safeguard.incidents.story import Entry, Story
from safeguard.tenancy.calendars.calendar import Uncountable
from safeguard.tenancy.calendars.counting import Due, Limit, State, due, end_of, state
from safeguard.tenancy.calendars.reading import Clocks
from safeguard.tenancy.calendars.saying import due_said, left_said
from safeguard.tenancy.profile import Certainty, Unit
from safeguard.web.languages import gettext

GIVEN: Final = Limit(4, Unit.DAYS)
"""What was given a day is at risk from the day before."""
ACKNOWLEDGEMENT: Final = "acknowledgement"
STAFF: Final = "staff"
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


def runs_anything(story: Story, now: datetime) -> bool:
    """Whether any limit can press on it: none can while somebody works on it day by day and it awaits nothing.

    No profile counts the time without entries in less than a day.
    """
    if story.facts.state == "closed":
        return False
    stands = standing(story)
    quiet = now - story.facts.last_activity_at > timedelta(days=1)
    waits = stands.open_actions or stands.awaited or _alleged_staff(story, stands)
    return bool(story.facts.state == "new" or quiet or waits or any(stands.of(p.id).plan for p in stands.people))


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


def _counted(story: Story, stands: Standing, clocks: Clocks, now: datetime) -> Iterator[Deadline]:
    for code, clock in clocks.clocks.items():
        if clock.starts in STARTS:
            yield from (counted(clocks, code, start, now) for start in STARTS[clock.starts](story, stands))


def _given(stands: Standing, clocks: Clocks, now: datetime) -> Iterator[Deadline]:
    for action in stands.open_actions:
        if action.due_on:
            yield on_day(clocks, _short(action.words), action.due_on, now, action.id)
    for contact in stands.awaited:
        if contact.due_on:
            name = gettext("An answer: %(whom)s") % {"whom": gettext(CONTACTS.get(contact.contact or "other", ""))}
            yield on_day(clocks, name, contact.due_on, now, contact.id)
    for person in stands.people:
        plan = stands.of(person.id).plan
        if plan and plan.due_on and not plan.done_at:
            name = gettext("Look again at the plan for %(name)s") % {"name": person.name}
            yield on_day(clocks, name, plan.due_on, now, plan.id)


def _recorded(story: Story, _stands: Standing) -> Iterator[Start]:
    if story.facts.state == "new":
        yield Start(story.facts.recorded_at)


def _last_entry(story: Story, _stands: Standing) -> Iterator[Start]:
    if story.facts.state == "open":
        yield Start(story.facts.last_activity_at)


def _allegation(story: Story, stands: Standing) -> Iterator[Start]:
    """An adult of the organisation is alleged to have harmed, and nobody was in contact with the designated officer."""
    if _alleged_staff(story, stands):
        yield Start(story.facts.recorded_at)


def _alleged_staff(story: Story, stands: Standing) -> bool:
    alleged = any(person.role == "alleged" and person.connection == STAFF for person in story.present)
    return alleged and not any(entry.kind == "contact" and entry.contact == "lado" for entry in stands.entries)


def _awaited(contact: str) -> "Began":
    def began(_story: Story, stands: Standing) -> Iterator[Start]:
        return (Start(_happened(entry), entry.id) for entry in stands.awaited if entry.contact == contact)

    return began


def _happened(entry: Entry) -> datetime:
    return entry.took_place_at or entry.written_at


Began = Callable[[Story, Standing], Iterator[Start]]
STARTS: Final[Mapping[str, Began]] = {
    "incident_recorded": _recorded,
    "last_entry": _last_entry,
    "allegation_made": _allegation,
    **{moment: _awaited(contact) for moment, contact in ANSWERED.items()},
}
"""What begins each moment in an incident, for as long as it is not answered."""

_ORDER: Final = {State.OVERDUE: 0, State.AT_RISK: 1, None: 2, State.DUE: 3}


def _pressing(deadline: Deadline) -> tuple[int, float]:
    return _ORDER[deadline.state], deadline.when.at.timestamp() if deadline.when else 0.0


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else line[:80].rsplit(" ", 1)[0] + " …"
