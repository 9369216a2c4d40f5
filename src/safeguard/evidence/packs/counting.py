"""Counting the log while a pack is made: who did what how often, and how soon incidents were received and closed.

All of it is read from the entries that a complete pack shows, so whoever checks the pack can count again.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from safeguard.audit.events import EVENTS
from safeguard.evidence.packs.contents import Leaf
from safeguard.evidence.report.model import Fact, Section, Sheet

BEGUN: Final = ("incident.recorded", "incident.imported")
STEPS: Final = {"incident.acknowledged": "received", "incident.closed": "closed"}
READING: Final = ("viewed", "read", "opened", "downloaded", "exported", "listed", "searched", "revealed")


@dataclass(slots=True)
class _Course:
    """When one incident was recorded, first received and first closed."""

    begun: datetime
    received: datetime | None = None
    closed: datetime | None = None
    commitment: str = ""
    """Of its latest version."""


@dataclass(slots=True)
class Tally:
    """The log within a span of time; fed with entries in their order."""

    since: datetime
    until: datetime
    events: Counter[str] = field(default_factory=Counter[str])
    roles: Counter[str] = field(default_factory=Counter[str])
    actors: set[str] = field(default_factory=set[str])
    courses: dict[bytes, _Course] = field(default_factory=dict[bytes, _Course])

    def count(self, leaf: Leaf) -> None:
        """Take in one entry."""
        _, at, event, actor, role, _, _, commitment, _ = leaf.entry.decode().split("\n", 8)
        moment = datetime.fromisoformat(at)
        if course := self.courses.get(leaf.handle):
            course.commitment = course.commitment if commitment == "-" else commitment
            if event in STEPS and getattr(course, STEPS[event]) is None:
                setattr(course, STEPS[event], moment)
        if not self.since <= moment < self.until:
            return
        self.events[event] += 1
        self.roles[role] += 1
        self.actors.add(actor)
        if event in BEGUN:
            self.courses.setdefault(leaf.handle, _Course(moment, commitment=commitment))

    def latest(self) -> dict[bytes, str]:
        """Of each incident, by its handle, what its latest version committed to."""
        return {handle: course.commitment for handle, course in self.courses.items()}

    def sections(self) -> tuple[Section, ...]:
        """Timeliness and statistics, for the report."""
        return (self._timeliness(), self._statistics())

    def _timeliness(self) -> Section:
        courses = [*self.courses.values()]
        rows = (_spans("Until somebody received it", [(each.begun, each.received) for each in courses]),
                _spans("Until it was closed", [(each.begun, each.closed) for each in courses]))  # fmt: skip
        return Section(
            "timeliness",
            "Timeliness of response",
            "Of every incident that the log was told of in these days, whichever cases are shown. From the log's own"
            " times: anybody who checks this pack can count them again.",
            facts=(Fact("Incidents recorded", f"{len(courses):,}"),),
            sheets=(
                Sheet("How soon", ("What", "So far", "Half within", "Nine of ten within", "Longest", "Not yet"), rows),
            ),
        )

    def _statistics(self) -> Section:
        read = sum(number for event, number in self.events.items() if event.partition(".")[2] in READING)
        facts = (
            Fact("Acts in the log", f"{self.events.total():,}"),
            Fact("People and services who acted", f"{len(self.actors):,}"),
            Fact("Of these, reading", f"{read:,}"),
        )
        most = sorted(self.events.items(), key=lambda each: (-each[1], each[0]))
        acts = tuple((EVENTS.get(event, event), f"{number:,}") for event, number in most)
        roles = tuple(
            (role.replace("_", " ").capitalize(), f"{number:,}") for role, number in sorted(self.roles.items())
        )
        return Section(
            "audit",
            "What the log shows",
            "Everything that was done and read through the service in these days, as the log counts it.",
            facts,
            sheets=(
                Sheet("By role", ("Role at the time", "Acts"), roles, wide=(0,)),
                Sheet("By what was done", ("What", "How often"), acts, wide=(0,)),
            ),
        )


def _spans(name: str, pairs: list[tuple[datetime, datetime | None]]) -> tuple[str, ...]:
    taken = sorted(end - begun for begun, end in pairs if end)
    waiting = len(pairs) - len(taken)
    if not taken:
        return (name, "0", "–", "–", "–", str(waiting))
    within = taken[min(len(taken) - 1, -(-9 * len(taken) // 10) - 1)]
    half = timedelta(seconds=median(each.total_seconds() for each in taken))
    return (name, f"{len(taken):,}", _long(half), _long(within), _long(taken[-1]), f"{waiting:,}")


def _long(span: timedelta) -> str:
    """5 minutes, 3 hours, 12 days."""
    minutes = max(1, round(span.total_seconds() / 60))
    for size, one, many in ((1440, "day", "days"), (60, "hour", "hours"), (1, "minute", "minutes")):
        if minutes >= size * (2 if size > 1 else 1) or size == 1:
            number = round(minutes / size)
            return f"{number:,} {one if number == 1 else many}"
    raise AssertionError(span)
