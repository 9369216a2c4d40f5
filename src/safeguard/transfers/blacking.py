"""Blacking out the names of others, wherever they stand in the words of a file.

In its incidents, in the person's own notes and address, in what is noted of their contacts, and in what was held
against the record. A contact's own name stays: somebody has to be reached by it.
"""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

import msgspec

from safeguard.evidence.packs.names import folded
from safeguard.evidence.packs.spelling import straight
from safeguard.incidents.story import Person
from safeguard.people.person import Person as PersonRecord
from safeguard.records.access.queries import Redaction
from safeguard.records.access.redacting import Marker
from safeguard.transfers.file import Disagreement, Incident, PersonFile, Subject

SHORTEST: Final = 3
ANONYMOUS: Final = "Somebody else"
WRITTEN: Final = frozenset({
    "name", "notes", "note", "narrative", "child_words", "immediate_action", "place_detail", "accounts",
    "parents_reason", "happened_words", "words", "reason", "follow_up", "decision", "outcome", "summary", "about",
    "contact_name", "contact_reference", "owner", "person", "attendees", "before", "after", "proof", "asked", "said",
    "feedback", "by_name", "answer",
})  # fmt: skip
"""Fields in which a name may stand."""
OF_PERSON: Final = frozenset({"notes", "address"})


def without_files(file: PersonFile) -> PersonFile:
    """The same with no file attached: what stands in one cannot be blacked out."""
    incidents = tuple(msgspec.structs.replace(one, attachments=()) for one in file.incidents)
    return msgspec.structs.replace(file, incidents=incidents)


def without_names(
    file: PersonFile, person: PersonRecord, people: Iterable[Person], whole: frozenset[UUID], also: Iterable[str] = ()
) -> PersonFile:
    """The same, with the names of `people`, but for the person themselves, blacked out wherever they stand.

    `also` is what else these are called.
    """
    marker = _marker(person, people, whole, also)
    incidents = msgspec.convert(_marked(msgspec.to_builtins(file.incidents), marker, WRITTEN), tuple[Incident, ...])
    held = msgspec.convert(_marked(msgspec.to_builtins(file.disagreements), marker, WRITTEN), tuple[Disagreement, ...])
    theirs = msgspec.convert(_marked(msgspec.to_builtins(file.person), marker, OF_PERSON), Subject)
    return msgspec.structs.replace(
        file, person=theirs, incidents=tuple(_nameless(one) for one in incidents), disagreements=held
    )


def _marker(person: PersonRecord, people: Iterable[Person], whole: frozenset[UUID], also: Iterable[str]) -> Marker:
    called = " ".join((person.name, person.known_as, *person.former_names))
    own = {part.lower() for part in straight(called).split()}
    others = {one.name for one in people if one.person_id not in whole and folded(one.name) != folded(person.name)}
    others |= {name for name in also if folded(name) != folded(person.name)}
    parts = {part.strip(".,;:()'\"") for name in others for part in name.split()}
    phrases = {said for said in others | parts if len(said) >= SHORTEST and straight(said).lower() not in own}
    return Marker((Redaction(UUID(int=0), said, "another", True, "", None) for said in sorted(phrases)), own)


def _nameless(incident: Incident) -> Incident:
    people = tuple(
        one if one.subject else msgspec.structs.replace(one, name=ANONYMOUS, group_name="") for one in incident.people
    )
    return msgspec.structs.replace(incident, people=people)


def _marked(value: Any, marker: Marker, fields: frozenset[str], name: str = "") -> Any:
    match value:
        case dict():
            return {key: _marked(each, marker, fields, key) for key, each in value.items()}
        case list() | tuple():
            return [_marked(each, marker, fields, name) for each in value]
        case str() if name in fields:
            return marker(value)
        case _:
            return value
