"""Somebody's deadlines as their own calendar fetches them: an address that nobody can guess, and no names in it.

What a calendar shows may stand on a wall, on a lock screen or with a provider elsewhere: an event says "Deadline for
K7Q-3MX" and when, nothing of what it is about; an improvement is "an improvement", whatever it is to change and
whoever is to do it. Which limit it is stays out of the identifier too. Only what is about
nobody, a visit or a review that comes round again, is called by its name.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import icalendar
import msgspec

from safeguard.access.policy import Permission
from safeguard.incidents import leaving, promised
from safeguard.incidents.deadlines import ACKNOWLEDGEMENT, ANSWERED, Start, counted, on_day
from safeguard.incidents.owing import Owed, list_owed
from safeguard.registers.duties.queries import read_standings
from safeguard.standards.cycle import list_next
from safeguard.standards.given import list_dated
from safeguard.tenancy.calendars.counting import Due
from safeguard.tenancy.calendars.reading import Clocks
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

MOST = 300
BACK = timedelta(days=60)
AN_HOUR = timedelta(hours=1)

UNREAD: Final = """
select i.id, i.reference, i.recorded_at from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.state = 'new' and i.recorded_at > $2
order by i.recorded_at desc limit $1
"""
GIVEN: Final = """
select e.incident_id, i.reference, e.id, e.due_on from public.entries e
join public.incidents i on i.organisation_id = e.organisation_id and i.id = e.incident_id and i.state <> 'closed'
where e.organisation_id = (select sec.current_organisation()) and e.due_on >= $2 and e.done_at is null
    and (e.owner_id = $3 or i.assigned_to = $3)
    and not exists (select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)
order by e.due_on, e.id limit $1
"""
AWAITED: Final = """
select e.incident_id, i.reference, e.id, e.contact, coalesce(e.took_place_at, e.written_at)
from public.entries e
join public.incidents i on i.organisation_id = e.organisation_id and i.id = e.incident_id and i.state <> 'closed'
where e.organisation_id = (select sec.current_organisation()) and e.kind = 'contact' and e.awaits_answer
    and e.done_at is null and e.written_at > $2 and (i.assigned_to is null or i.assigned_to = $3)
    and not exists (select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)
order by e.written_at, e.id limit $1
"""


class Event(msgspec.Struct, frozen=True):
    """One deadline, as much of it as may leave the building."""

    key: str
    summary: str
    path: str
    due: Due
    whole_day: bool


class Review(msgspec.Struct, frozen=True):
    """The day on which a standard is to be reviewed again."""

    key: str
    name: str
    """Of the standard, which is on everybody's website."""
    on: date


async def list_events(work: Work, profile: Profile, clocks: Clocks, now: datetime) -> tuple[Event, ...]:
    """What this person may know of: new reports, what they have to do, answers that have not come, what is owed."""
    since, person = now - BACK, work.actor.user_id
    whoever = (
        *_promised(await promised.bound()(work, clocks)), *await _improvements(work, clocks, since.date(), now),
    )  # fmt: skip
    if not work.may(Permission.INCIDENT_READ):
        return whoever
    unread = await work.driver.fetch(UNREAD, MOST, since)
    given = await work.driver.fetch(GIVEN, MOST, since.date(), person)
    awaited = await work.driver.fetch(AWAITED, MOST, since, person)
    return (
        *_unread(unread, clocks, now), *_given(given, clocks, now), *_awaited(awaited, clocks, now),
        *_owed(await list_owed(work, clocks), person), *_files(await leaving.bound()(work, clocks)),
        *whoever, *await _duties(work, profile, clocks),
    )  # fmt: skip


def _owed(owed: Iterable[Owed], person: UUID | None) -> Iterator[Event]:
    """Whom outside nobody has told yet, of incidents that are theirs or nobody's."""
    for each in owed:
        if each.deadline.when and each.assigned_to in (None, person):
            key = _key(each.deadline.code, each.incident_id)
            yield Event(key, _of(each.reference), _at(each.incident_id), each.deadline.when, False)


def _files(files: Iterable[leaving.File]) -> Iterator[Event]:
    for file in files:
        if file.deadline.when:
            key = _key(file.deadline.name, file.person_id)
            yield Event(key, "Deadline for a file", file.href, file.deadline.when, True)


def _promised(promises: Iterable[promised.Promise]) -> Iterator[Event]:
    """Of a request or a breach: that there is a deadline, and where it is said what for."""
    for one in promises:
        if one.deadline.when:
            yield Event(_key("promised", one.id), "Deadline in the records", one.href, one.deadline.when,
                        not one.by_the_clock)  # fmt: skip


async def _improvements(work: Work, clocks: Clocks, since: date, now: datetime) -> tuple[Event, ...]:
    """Of the action plan: one's own lead to where one says how far they are, those of others to the plan."""
    found = ((each, on_day(clocks, "", each.due_on, now).when) for each in await list_dated(work, since))
    return tuple(
        Event(_key("improvement", each.id), "Deadline for an improvement",
              f"{'/improvements' if each.mine else '/standards/plan'}/{each.id}", when, True)
        for each, when in found if when
    )  # fmt: skip


async def _duties(work: Work, profile: Profile, clocks: Clocks) -> tuple[Event, ...]:
    if not work.may(Permission.REGISTER_KEEP):
        return ()
    found = await read_standings(work, profile, clocks)
    return tuple(
        Event(_key(duty.clock.code, duty.last.id), duty.clock.name, duty.href, duty.due, True)
        for duty in found
        if duty.due and duty.last
    )


def _of(reference: str) -> str:
    return f"Deadline for {reference}"


def _at(incident_id: UUID) -> str:
    return f"/incidents/{incident_id}"


async def list_reviews(work: Work, profile: Profile, now: datetime) -> tuple[Review, ...]:
    """When the standards that were reviewed are due again, for whoever reads them."""
    due = await list_next(work, profile, now.date())
    return tuple(Review(_key("review", one.review_id), one.framework.name, one.on) for one in due)


def _unread(rows: list[Any], clocks: Clocks, now: datetime) -> Iterator[Event]:
    for incident_id, reference, recorded_at in rows:
        yield from _clock(clocks, ACKNOWLEDGEMENT, reference, incident_id, incident_id, Start(recorded_at), now)


def _given(rows: list[Any], clocks: Clocks, now: datetime) -> Iterator[Event]:
    for incident_id, reference, entry_id, due_on in rows:
        deadline = on_day(clocks, "", due_on, now)
        if deadline.when:
            yield Event(_key("given", entry_id), _of(reference), _at(incident_id), deadline.when, True)


def _awaited(rows: list[Any], clocks: Clocks, now: datetime) -> Iterator[Event]:
    for incident_id, reference, entry_id, contact, began in rows:
        for code, clock in clocks.clocks.items():
            if ANSWERED.get(clock.starts) == contact:
                yield from _clock(clocks, code, reference, incident_id, entry_id, Start(began), now)


def _clock(
    clocks: Clocks, code: str, reference: str, incident_id: UUID, of: UUID, start: Start, now: datetime
) -> Iterator[Event]:
    if code in clocks.clocks and (when := counted(clocks, code, start, now).when):
        yield Event(_key(code, of), _of(reference), _at(incident_id), when, not clocks.of(code).by_the_clock)


def _key(code: str, of: UUID) -> str:
    """The same whenever it is fetched, and telling nobody which limit it is."""
    return sha256(f"{code} {of}".encode()).hexdigest()[:40]


def written(events: tuple[Event, ...], public_url: str, now: datetime, reviews: tuple[Review, ...] = ()) -> bytes:
    """The calendar as a file (RFC 5545)."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Safeguard//Deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", "Safeguard deadlines")
    calendar.add("x-wr-calname", "Safeguard deadlines")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for event in events:
        calendar.add_component(_event(event, public_url, now))
    for review in reviews:
        calendar.add_component(_review(review, public_url, now))
    return calendar.to_ical()


def _review(review: Review, public_url: str, now: datetime) -> icalendar.Event:
    told = icalendar.Event()
    told.add("uid", f"{review.key}@safeguard")
    told.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    told.add("summary", f"Review due: {review.name}")
    told.add("url", f"{public_url}/standards")
    told.add("transp", "TRANSPARENT")
    told.add("dtstart", review.on)
    told.add("dtend", review.on + timedelta(days=1))
    return told


def _event(event: Event, public_url: str, now: datetime) -> icalendar.Event:
    told = icalendar.Event()
    told.add("uid", f"{event.key}@safeguard")
    told.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    told.add("summary", event.summary)
    told.add("url", f"{public_url}{event.path}")
    told.add("transp", "TRANSPARENT")
    first, last = _span(event)
    told.add("dtstart", first)
    told.add("dtend", last)
    return told


def _span(event: Event) -> tuple[date, date]:
    """The whole last day, or the hour before the moment."""
    if event.whole_day:
        return event.due.day, date.fromordinal(min(event.due.day.toordinal() + 1, date.max.toordinal()))
    at = event.due.at.astimezone(UTC).replace(microsecond=0)
    return at - AN_HOUR, at
