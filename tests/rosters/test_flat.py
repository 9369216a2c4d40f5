"""Three readings of each field decide: here, in the file, and what the file said last."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from safeguard.people.details import details_of, tidied
from safeguard.people.person import Contact, Identifier, Person
from safeguard.rosters.flat import changed, compared, digests, flattened

KEY = UUID(int=7)
WORD = st.sampled_from(["", "Ana", "Brook", "Zoë", "O'Brien", "Year 9"])
THEN = datetime(2026, 1, 1, tzinfo=UTC)
PERSON = Person(id=KEY, kind="child", recorded_at=THEN, changed_at=THEN)
FIELDS = st.sampled_from([
    "given_name", "family_name", "known_as", "group_name", "address", "identifiers.upn", "identifiers.own",
    "flags.send", "contacts.mia brook.phone", "contacts.mia brook.email",
])  # fmt: skip
SAID = st.dictionaries(FIELDS, st.sampled_from(["", "yes", "A1", "B2", "C3"]))


@given(SAID, SAID, SAID)
@settings(max_examples=300, deadline=None)
def test_a_field_is_taken_kept_or_asked_and_never_lost(
    last: dict[str, str], here: dict[str, str], said: dict[str, str]
) -> None:
    found = compared(KEY, digests(KEY, last), {name: value for name, value in here.items() if value}, said)
    assert found.changes.keys().isdisjoint(found.conflicts)
    for name, value in said.items():
        ours = here.get(name, "")
        if ours == value:
            assert name not in found.changes and name not in found.conflicts
        elif name not in last:
            # never said before: what is empty here is filled in, an empty cell takes nothing away, the rest is asked
            assert (name in found.changes) == (not ours and bool(value))
            assert (name in found.conflicts) == (bool(ours) and bool(value))
        elif last[name] == value:
            assert name not in found.changes and name not in found.conflicts  # a person changed it, and that stays
        else:
            assert (name in found.changes) == (ours == last[name])
            assert (name in found.conflicts) == (ours != last[name])
    for name in found.changes.keys() - said.keys():
        assert name.startswith("contacts.")
        assert here[name] == last[name]


@given(
    WORD, WORD, st.lists(st.sampled_from(["send", "young_carer"]), unique=True),
    st.lists(st.sampled_from(["upn", "own"]), unique=True), st.booleans(), st.dates(date(1990, 1, 1), date(2020, 1, 1)),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_a_person_is_the_same_after_being_flat(
    given_name: str, group: str, flags: list[str], kinds: list[str], contact: bool, born: date
) -> None:
    contacts = (Contact(name="Mia Brook", relation="parent", phone="1", responsibility=True),) if contact else ()
    person = msgspec.structs.replace(
        PERSON, given_name=given_name, family_name="Brook", group_name=group, flags=tuple(flags), born_on=born,
        identifiers=tuple(Identifier(kind=kind, value="A1") for kind in kinds), contacts=contacts,
    )  # fmt: skip
    said = flattened(person)
    again = tidied(changed(details_of(PERSON), said))
    assert set(again.flags) == set(flags)
    assert set(again.identifiers) == set(person.identifiers)
    assert (again.given_name, again.group_name, again.born_on, again.contacts) == (given_name, group, born, contacts)
    emptied = tidied(changed(again, dict.fromkeys(said, "")))
    assert emptied == tidied(details_of(PERSON))  # and what a file brought can be taken away again


def test_a_file_never_changes_whom_nobody_may_contact_nor_what_people_noted() -> None:
    father = Contact(name="Jo Brook", relation="parent", phone="1", no_contact=True, notes="Court order.")
    person = msgspec.structs.replace(PERSON, contacts=(father,))
    after = changed(details_of(person), {"contacts.jo brook.name": "", "contacts.jo brook.phone": "2"})
    (kept,) = after.contacts
    assert (kept.name, kept.no_contact, kept.notes) == ("Jo Brook", True, "Court order.")
