"""Fields that say who it was: an office and a body stay, a name is withheld there and wherever else it stands."""

import json
import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard.evidence.packs.contents import FieldValue, RecordContent, VersionContent
from safeguard.evidence.packs.offices import OFFICES, WHO, names_nobody, pieces_of, whole_names
from safeguard.evidence.packs.redacting import Redaction, redaction_of
from tests.factories.incidents import SCHOOL

STAFF = ("Ruth Delaney", "Morgan Hale")


def record(kind: str, **values: object) -> RecordContent:
    fields = {name.replace("__", "."): FieldValue(json.dumps(value), bytes(32)) for name, value in values.items()}
    return RecordContent(kind, UUID(int=1), bytes(32), (VersionContent(1, bytes(32), fields),))


def redacted(*records: RecordContent) -> Redaction:
    return redaction_of(records, staff=STAFF, asked=SCHOOL.questions.values())


def kept(redaction: Redaction, held: RecordContent) -> dict[str, object]:
    """What the record itself still says."""
    fields = redaction.record(held).versions[0].fields
    return {name: json.loads(field.value) for name, field in fields.items() if field.value is not None}


def test_a_name_that_a_field_withholds_stands_in_no_words_either() -> None:
    child, chair = record("seat", name="Robin", is_child=True), record("seat", name="Ruth Delaney")
    met = record(
        "meeting", present="Ruth Delaney (chair), Robin\nCasey Nolan and Mrs Ann Quist",
        minutes="Robin said that group chats go on all night. Casey will ask; Mrs Quist and Ruth Delaney agreed.",
    )  # fmt: skip
    signed = record("signature", name="Ada Underhill", for_name="Tom Underhill")
    visit = record("duty", done_by="Independent visitor: Imani Sample", note="Imani met Tom.")
    redaction = redacted(child, chair, met, signed, visit)
    for held in (child, met, signed, visit):
        said = json.dumps(kept(redaction, held)) + json.dumps(redaction.told(held.kind, kept_values(held)))
        for name in ("Robin", "Casey", "Nolan", "Quist", "Ada", "Tom", "Underhill", "Imani", "Sample"):
            assert name not in said, (held.kind, name)
    assert kept(redaction, chair) == {"name": "Ruth Delaney"}
    told = redaction.told("meeting", kept_values(met))
    assert re.fullmatch(
        r"Ruth Delaney \(chair\), (Person \d)\n(Person \d) and (Person \d)\|\1 said .* \2 will ask; .*\3 and Ruth .*",
        "|".join(told.values()),
    ), told
    assert redaction.told("duty", kept_values(visit))["done_by"].startswith("Independent visitor: Person ")


def kept_values(held: RecordContent) -> dict[str, object]:
    return {name: json.loads(field.value or "") for name, field in held.versions[0].fields.items()}


@pytest.mark.parametrize(
    "who", ["Ofsted, notifications", "The committee, with two parents", "Ruth Delaney", "The registered manager"]
)
def test_an_office_a_body_and_whoever_works_here_stay(who: str) -> None:
    held = record("duty", done_by=who)
    redaction = redacted(held, record("incident", people__1__name="Robin Hale"))
    assert kept(redaction, held) == redaction.told("duty", {"done_by": who}) == {"done_by": who}


def test_a_notification_keeps_to_whom_it_went_and_its_reference_and_no_other_contact_does() -> None:
    told = record("entry", contact="regulator", contact_name="Ofsted", contact_reference="SC-417")
    police = record("entry", contact="police", contact_name="PC Jo Platt", contact_reference="CRN-0042")
    family = record("entry", contact="parents", contact_name="Mrs Underhill", words="Underhill was calm.")
    redaction = redacted(told, police, family)
    assert kept(redaction, told) == kept_values(told)
    assert kept(redaction, police) == {"contact": "police"}
    assert redaction.told("entry", kept_values(police))["contact_name"] == "Person 1"
    assert kept(redaction, family) == {"contact": "parents"}


def test_a_contact_outside_the_family_is_withheld_in_other_words_too_and_a_body_or_a_service_is_nobody() -> None:
    nurse = record("entry", contact="health", contact_name="Jane Smithson, school nurse at Meadow Lane Surgery")
    police = record("entry", contact="police", contact_name="PC Jo Platt (Thames desk)")
    service = record("entry", contact="platform", contact_name="Instagram")
    note = record("entry", words="Jane rang Platt on her PC; Mrs Smithson saw Instagram. Meadow Lane is shut.")
    redaction = redaction_of(
        [nurse, police, service, note], staff=STAFF, asked=SCHOOL.questions.values(), services=["Instagram"]
    )
    told = redaction.told("entry", kept_values(note))["words"]
    assert told == "Person 1 rang Person 2 on her PC; Mrs Person 1 saw Instagram. Meadow Lane is shut."
    assert kept(redaction, note) == {}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Sandra Brook rang. Then Brook wept.", "(withheld) Person 1 rang. Then Person 1 wept."),
        ("Mr Brook and P. Brook came.", "Mr Person 1 and P. Person 1 came."),
        ("I asked JO BROOK, and Ana Featherstone too.", "I asked (withheld) Person 1, and Person 1 (withheld) too."),
        ("Ana Brook and Ana told Mum on Ana Tuesday.", "Person 1 and Person 1 told Mum on Person 1 Tuesday."),
        ("Ana O'Brien's mum and Ana D`Arcy-Hill rang.", "Person 1 (withheld)'s mum and Person 1 (withheld) rang."),
        ("Ana O’Dell’s bag; D´Arcy Brook has it.", "Person 1 (withheld)’s bag; (withheld) Person 1 has it."),
        ("On Friday Ana's Instagram; Zoë Brook's too.", "On Friday Person 1's Instagram; (withheld) Person 1's too."),
    ],
)  # fmt: skip
def test_of_a_name_whose_other_half_alone_is_known_neither_half_is_left(words: str, told: str) -> None:
    redaction = redacted(record("person", given_name="Ana", family_name="Brook"))
    assert redaction.told("entry", {"words": words}) == {"words": told}


def test_who_works_here_and_stands_in_the_records_is_a_person() -> None:
    held = record("duty", done_by="Morgan Hale")
    redaction = redacted(held, record("incident", people__1__name="Morgan Hale"))
    assert kept(redaction, held) == {}
    assert redaction.told("duty", {"done_by": "Morgan Hale"}) == {"done_by": "Person 1"}


@given(st.text(max_size=60), st.lists(st.sampled_from(sorted(OFFICES)), max_size=3))
def test_the_pieces_are_the_text_and_a_word_that_is_no_offices_is_always_a_persons(text: str, words: list[str]) -> None:
    staff, whole = whole_names(STAFF), f"{' '.join(words)}, {text}, Ruth Delaney"
    pieces = list(pieces_of(whole, staff))
    assert "".join(piece for piece, _ in pieces) == whole
    assert names_nobody(" ".join(words), staff)
    left = " ".join(piece for piece, is_person in pieces if not is_person and piece != "Ruth Delaney")
    found = {word.casefold().strip("'’-_") for word in re.findall(r"[\w'’-]*\w[\w'’-]*", left)}
    assert {each.removesuffix("'s").removesuffix("’s") for each in found} <= OFFICES | {""}, pieces


def test_every_field_that_says_who_is_of_a_kind_that_packs_hold() -> None:
    assert set(WHO) == {"seat", "meeting", "signature", "duty", "disagreement", "objection", "entry", "transfer"}
