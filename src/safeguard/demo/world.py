"""An invented organisation while it is told of: its time and chance, and what is known of it so far."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from uuid import UUID

from safeguard.access.actors import Actor
from safeguard.demo.cast import House
from safeguard.demo.listing import People
from safeguard.incidents.reports import NewIncident
from safeguard.incidents.story import Facts, Person
from safeguard.tenancy.profile import Profile


class Seeded:
    """Time and chance of an invented world: `at` is moved on by whoever tells it."""

    def __init__(self, seed: str, at: datetime) -> None:
        self.random = Random(seed)  # noqa: S311  an invented world: nothing in it is secret
        self.at = at

    def now(self) -> datetime:
        """The moment at which the story is."""
        return self.at

    def random_bytes(self, count: int) -> bytes:
        """The same bytes for the same seed."""
        return self.random.randbytes(count)


@dataclass(slots=True)
class Told:
    """What is known of one incident while it is being told."""

    facts: Facts
    people: tuple[Person, ...]
    new: NewIncident
    actions: list[UUID] = field(default_factory=list[UUID])
    asked: list[UUID] = field(default_factory=list[UUID])
    """Contacts that await an answer."""
    plans: dict[UUID | None, UUID] = field(default_factory=dict[UUID | None, UUID])
    """The newest plan of each person."""


@dataclass(slots=True)
class Filling:
    """One organisation being filled."""

    house: House
    profile: Profile
    organisation_id: UUID
    actors: tuple[Actor, ...]
    told: dict[int, Told] = field(default_factory=dict[int, Told])
    people: People = field(default_factory=People)
    concerns: int = 0
    """How many concerns about staff were told."""
