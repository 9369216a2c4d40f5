"""What stands now in an incident: of everything that was written, the last word on each thing.

Entries are only ever added, so the present is what no later entry replaced, finished or took away.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from safeguard.incidents.story import Entry, EntryKind, Person, Story

PARTS = frozenset({"affected", "alleged"})
"""Whose outcome closing asks for. A child alleged to have harmed is a child: both have one of their own."""


@dataclass(frozen=True, slots=True)
class PersonStanding:
    """What was written for one person of an incident."""

    outcome: Entry | None = None
    plan: Entry | None = None
    support: Entry | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The present of one incident."""

    entries: tuple[Entry, ...]
    """Those that no other corrects or revises, oldest first."""
    people: tuple[Person, ...]

    @property
    def open_actions(self) -> tuple[Entry, ...]:
        """What somebody still has to do."""
        return tuple(entry for entry in self._of("action") if entry.done_at is None)

    @property
    def awaited(self) -> tuple[Entry, ...]:
        """Contacts whose answer has not come."""
        return tuple(entry for entry in self._of("contact") if entry.awaits_answer and entry.done_at is None)

    @property
    def lessons(self) -> tuple[Entry, ...]:
        """What was learnt."""
        return tuple(self._of("lesson"))

    @property
    def controls(self) -> tuple[str, ...]:
        """Controls of the standards that the lessons touch, each once."""
        return tuple(dict.fromkeys(code for lesson in self.lessons for code in lesson.controls))

    @property
    def knowledge(self) -> tuple[Entry, ...]:
        """Who knows: of each, for each child, what was said last."""
        last = {(entry.contact, entry.person_id): entry for entry in self._of("informing")}
        return tuple(last.values())

    @property
    def without_outcome(self) -> tuple[Person, ...]:
        """People who were, or are alleged to have, harmed, and of whom nothing says how it ended for them."""
        ended = {entry.person_id for entry in self._of("person_outcome")}
        return tuple(person for person in self.people if person.role in PARTS and person.id not in ended)

    @property
    def is_settled(self) -> bool:
        """Whether closing leaves nothing open."""
        return not (self.open_actions or self.awaited or self.without_outcome)

    def of(self, person_id: UUID) -> PersonStanding:
        """What stands for one person."""
        return PersonStanding(
            self._last("person_outcome", person_id), self._last("plan", person_id), self._last("support", person_id)
        )

    def _of(self, kind: EntryKind) -> Iterator[Entry]:
        return (entry for entry in self.entries if entry.kind == kind)

    def _last(self, kind: EntryKind, person_id: UUID) -> Entry | None:
        return next((entry for entry in reversed(tuple(self._of(kind))) if entry.person_id == person_id), None)


def standing_now(story: Story, entry_id: UUID) -> Entry:
    """The last word on an entry of this incident: itself, or what corrects what corrects it."""
    later = {entry.supersedes_id: entry for entry in story.entries if entry.supersedes_id}
    found = next(entry for entry in story.entries if entry.id == entry_id)
    while found.id in later:
        found = later[found.id]
    return found


def standing(story: Story) -> Standing:
    """What stands now."""
    replaced = {entry.supersedes_id for entry in story.entries}
    return Standing(tuple(entry for entry in story.entries if entry.id not in replaced), story.present)
