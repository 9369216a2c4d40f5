"""What is written for each person of a case, and what is learnt from it: plans on the way, outcomes at the end."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from random import Random

import msgspec

from safeguard.demo.acts import Add
from safeguard.demo.slots import Slots
from safeguard.demo.telling import FOLDER
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.reports import NewIncident, NewPerson

NOBODY = "Not known"


class Ending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Texts for one kind of entry, and for whom they are."""

    words: tuple[str, ...]
    role: str = ""
    child: bool = True
    result: str = ""
    controls: tuple[str, ...] = ()
    attendees: str = ""


@cache
def endings() -> Mapping[str, tuple[Ending, ...]]:
    """Every text by the kind of entry."""
    found = tomllib.loads((FOLDER / "endings.toml").read_text("utf-8"))
    return msgspec.convert(found, dict[str, tuple[Ending, ...]])


def plans(new: NewIncident, slots: Slots, at: datetime, random: Random) -> Iterator[Add]:
    """A plan for those who were harmed, and one for children alleged to have harmed; support for staff."""
    for place, person in _known(new):
        child = person.kind == "child"
        if child and person.role in ("affected", "alleged"):
            ending = random.choice([each for each in endings()["plan"] if each.role == person.role])
            due = (at + timedelta(days=random.randint(10, 40))).date()
            yield Add(NewEntry(kind="plan", words=_said(ending, slots, person, random), due_on=due), about=place)
        elif person.connection == "staff" and person.role == "affected":
            words = _said(endings()["support"][0], slots, person, random)
            yield Add(NewEntry(kind="support", words=words), about=place)


def revised(before: Iterable[Add], new: NewIncident, slots: Slots, at: datetime, random: Random) -> Iterator[Add]:
    """The next version of each plan."""
    for act in before:
        if act.entry.kind == "plan" and act.about is not None:
            words = _said(endings()["revised"][0], slots, new.people[act.about], random)
            due = (at + timedelta(days=random.randint(20, 60))).date()
            yield Add(NewEntry(kind="plan", words=words, due_on=due, reason="Looked at again."), about=act.about)


def outcomes(new: NewIncident, slots: Slots, random: Random) -> Iterator[Add]:
    """How it ended for everybody who was, or is said to have, harmed."""
    for place, person in enumerate(new.people):
        child = person.kind == "child"
        fitting = [each for each in endings()["outcome"] if each.role == person.role and each.child == child]
        if person.name == NOBODY:
            fitting = [each for each in fitting if each.result == "unresolved"]
        if fitting:
            ending = random.choice(fitting)
            said = _said(ending, slots, person, random)
            yield Add(NewEntry(kind="person_outcome", words=said, result=ending.result), about=place)


def learnt(slots: Slots, random: Random) -> Add:
    """A lesson, with the controls of the standards that it touches."""
    ending = random.choice(endings()["lesson"])
    return Add(NewEntry(kind="lesson", words=slots.fill(random.choice(ending.words)), controls=ending.controls))


def reviewed(slots: Slots, random: Random) -> Add:
    """A look back at a serious case."""
    ending = endings()["review"][0]
    attendees = slots.fill(ending.attendees)
    return Add(NewEntry(kind="review", words=slots.fill(random.choice(ending.words)), attendees=attendees))


def _known(new: NewIncident) -> Iterator[tuple[int, NewPerson]]:
    return ((place, person) for place, person in enumerate(new.people) if person.name != NOBODY)


def _said(ending: Ending, slots: Slots, person: NewPerson, random: Random) -> str:
    first = person.name.split()[0]
    return Slots(slots | {"one": first}).fill(random.choice(ending.words))
