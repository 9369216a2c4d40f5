"""What a file adds to what is here already: words of the person, entries and files of an incident taken over before.

Nothing that is here is changed. What the other place says of the person stands in their notes, with whose words they
are; what has come to an incident since an earlier file follows the rest of it, each with its author and moment.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from safeguard.errors import Conflict, Invalid
from safeguard.evidence.report.saying import day
from safeguard.people.correcting import correct_person
from safeguard.people.details import WORDS_LIMIT, details_of
from safeguard.people.person import Person
from safeguard.tenancy.profile import Profile
from safeguard.transfers.file import Contact, PersonFile, Subject
from safeguard.transfers.wording import said
from safeguard.work import Work

FULL: Final = (
    "What the file says of this person does not fit into their notes here. Shorten their notes or correct what is"
    " wrong in their record, then take it over. Nothing was taken over yet, and nothing is lost."
)


async def add_to_notes(work: Work, person: Person, file: PersonFile, profile: Profile) -> None:
    """Write what the file says of somebody who is here already into their notes; raises `Conflict` where it is full."""
    words = "\n".join((*told_of(file.person), *told_with(file)))
    if words in person.notes:
        return
    now = details_of(person)
    heading = f"From the file of {file.sender.name}, {day(file.made_at)}:"
    notes = "\n".join(filter(None, (person.notes, heading, words)))
    if len(notes) > WORDS_LIMIT:
        raise Conflict(FULL)
    try:
        more = msgspec.structs.replace(now, notes=notes)
        await correct_person(work, person.id, person.version, more, profile, keep_address=True)
    except Invalid:
        raise Conflict(FULL) from None


def told_with(file: PersonFile) -> Iterator[str]:
    """Why it was sent, and what the sender left out."""
    if file.basis:
        yield f"Why the file was sent: {file.basis}"
    for one in file.left_out:
        yield f"Left out by the sender: {one.what}: {one.why}"


def told_of(one: Subject) -> Iterator[str]:
    """Everything that is said of the person, a line for each."""
    plain = (
        ("Name there", one.name), ("Known as", one.known_as), ("Former names", ", ".join(one.former_names)),
        ("Born", day(one.born_on) if one.born_on else ""),
        ("Was there as", said(one.connection) if one.connection else ""),
        ("Group there", one.group_name),
        ("Flags there", ", ".join(map(said, one.flags))), ("Address there", one.address),
    )  # fmt: skip
    yield from (f"{label}: {words}" for label, words in plain if words)
    yield from (f"{said(each.kind)}: {each.value}" for each in one.identifiers)
    yield from (f"Contact: {_contact(each)}" for each in one.contacts)
    if one.notes:
        yield f"Notes there: {one.notes}"


def _contact(one: Contact) -> str:
    parts = (
        one.name, said(one.relation), one.phone, one.email,
        "parental responsibility" if one.responsibility else "", "must not be contacted" if one.no_contact else "",
        one.notes,
    )  # fmt: skip
    return ", ".join(filter(None, parts))
