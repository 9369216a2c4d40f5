"""Who answers for a looked-after child, and of whom nothing says yet that they know.

For such a child "parents informed" is not enough: the social worker, the placing authority and whoever holds parental
responsibility are told, each with the time at which they were, or a reason why not. Which children these are, and who
has to know, stands in the profile: those who carry a flag, and in a children's home every child in its care.
It follows from what the list of people says today, so a child who becomes looked after later is asked about too.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from safeguard.incidents.standing import Standing
from safeguard.incidents.story import Entry, Person, Story
from safeguard.tenancy.limits import Begins, Clock

PARTS: Final = frozenset({"affected", "alleged", "other"})
"""Whoever only saw it, or told of it, is not whom it is about."""

AT_ONCE: Final = timedelta(minutes=1)
"""Who somebody is, said while the report was written, stands a moment after it."""


@dataclass(frozen=True, slots=True)
class Untold:
    """One who answers for one child, and of whom nothing is on record."""

    person: Person
    knower: str
    """A code of `entry_kinds.KNOWERS`."""


def looked_after(story: Story, clocks: Iterable[Clock]) -> tuple[Person, ...]:
    """Those in this incident for whom others answer than their parents alone; nobody where no clock asks for it."""
    asked = [clock.begins for clock in clocks if clock.knowers]
    return tuple(person for person in story.present if any(_is_one(story, person, begins) for begins in asked))


def asks_parents(story: Story, clocks: Iterable[Clock]) -> bool:
    """Whether a child stands in it of whom the parents are asked, as the page that says who knows asks it.

    Beside those for whom others answer, only a child whom it is about: of one who saw it nothing is asked there.
    """
    answered_for = looked_after(story, clocks)
    children = (one for one in story.present if one.kind == "child" and one not in answered_for)
    return any(not answered_for or one.role in PARTS for one in children)


def untold(story: Story, stands: Standing, clock: Clock) -> tuple[Untold, ...]:
    """Of each looked-after child those who have neither a time nor a reason on record."""
    return tuple(
        Untold(person, knower)
        for person in looked_after(story, (clock,))
        for knower in clock.knowers
        if not is_settled(_last(stands, knower, person.id))
    )


def began(story: Story, stands: Standing, clock: Clock) -> datetime | None:
    """Since when one of them should know; None where everybody has a time or a reason, or it came from elsewhere.

    That is the report; or the moment at which it became known that a child in it is looked after.
    """
    if story.facts.imported_at:
        return None
    children = {each.person.id: each.person for each in untold(story, stands, clock)}
    return min((_known(story, stands, each, clock.begins) for each in children.values()), default=None)


def is_settled(said: Entry | None) -> bool:
    """Whether a statement has a time or a reason: told, and when; or not told, or not needed, and why."""
    if said is None:
        return False
    return bool(said.took_place_at if said.informed == "yes" else said.informed in ("no", "not_needed") and said.reason)


def _is_one(story: Story, person: Person, begins: Begins) -> bool:
    flagged = any(each.id == person.id and each.flag in begins.flags for each in story.flagged)
    return person.role in PARTS and (flagged or person.connection in begins.connections)


def _last(stands: Standing, knower: str, child: UUID) -> Entry | None:
    """What was said last of one who answers for a child: of this child, or of everybody in it."""
    said = (each for each in reversed(stands.entries) if each.kind == "informing" and each.contact == knower)
    return next((each for each in said if each.person_id in (child, None)), None)


def _known(story: Story, stands: Standing, child: Person, begins: Begins) -> datetime:
    facts = story.facts
    reported = min(facts.discovered_at or facts.recorded_at, facts.recorded_at)
    if child.connection in begins.connections:
        since = max(_said_later(stands, child), default=None)
    else:
        flags = (each for each in story.flagged if each.id == child.id and each.flag in begins.flags)
        since = min((each.since for each in flags if each.since), default=None)
    # What was known when the report came counts from when it was found out, not from when that was written down.
    return since if since and since > facts.recorded_at + AT_ONCE else reported


def _said_later(stands: Standing, child: Person) -> Iterator[datetime]:
    """When corrections said who a child is here, or what part they have."""
    names = {f"people.{child.position}.role", f"people.{child.position}.connection"}
    for entry in stands.entries:
        if entry.kind == "correction" and any(each.field in names for each in entry.changes):
            yield entry.written_at
