"""What a redaction takes for a name, what it leaves in its sentence, and that it leaves no half of a name."""

import json
import re
from dataclasses import replace
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from safeguard.evidence.packs.contents import FieldValue, RecordContent, VersionContent
from safeguard.evidence.packs.redacting import BENEATH, WITHHELD, redaction_of
from safeguard.tenancy.profiles import load_profiles
from safeguard.tenancy.questions import QuestionKind
from tests.factories.incidents import SCHOOL

ASKED = tuple(SCHOOL.questions.values())
WORDS = ("Pauline", "Chaudhry", "Mo", "Anne-Marie", "Marie", "O'Brien", "Weiß", "Brook", "Smith-Chaudhry", "Robin")
PEOPLE = st.lists(st.permutations(WORDS).map(lambda words: " ".join(words[:2])), min_size=1, max_size=4, unique=True)
OF_PEOPLE = ("{given} {family}", "{given}  {family}", "{GIVEN} {FAMILY}", "{given}'s", "{family}", "({FAMILY})")
# Of somebody who works here and shares a name with somebody of the records; who is one of them keeps title and initial.
OF_STAFF = ("{given} {family}", "Mrs {given} {family}", "{given} J. {family}", "{family}, {given} {family}")
HALF = ("Mrs {family}", "Mr. {i} {family}", "{i}. {family}", "Miss {given}")
STAND_IN = r"(?:Person \d+|\(withheld\))"


def known_as(*names: str) -> RecordContent:
    fields = {f"people.{at}.name": FieldValue(f'"{name}"', bytes(32)) for at, name in enumerate(names, start=1)}
    return RecordContent("incident", UUID(int=1), bytes(32), (VersionContent(1, bytes(32), fields),))


def written(form: str, name: str) -> str:
    one, two = name.split()
    return form.format(given=one, family=two, GIVEN=one.upper(), FAMILY=two.upper(), i=one[0]).replace("'", "’")


def test_what_people_write_for_a_name_that_they_do_not_know_is_no_name_by_itself() -> None:
    told = redaction_of([known_as("Not known", "Unknown pupil", "Robin Not", "Will Child")], asked=ASKED).told
    words = "Not phones. The Unknown. NOT KNOWN came with robin not and Robin; Child and Will saw it."
    assert told("entry", {"words": words}) == {
        "words": "Not phones. The Unknown. Person 1 came with Person 3 and Person 3; Person 4 and Person 4 saw it."
    }


def test_somebody_who_works_here_is_named_whole_and_somebody_of_the_records_never() -> None:
    redaction = redaction_of(
        [known_as("Mo Chaudhry", "Robin Hale")], staff=["Pauline Chaudhry", "Robin Hale"], asked=ASKED
    )
    words = "Pauline Chaudhry rang Mrs Chaudhry about Mo; P. Chaudhry and ROBIN HALE waited for Chaudhry."
    assert redaction.told("entry", {"words": words}) == {
        "words": "Pauline Chaudhry rang (withheld) about Person 1; (withheld) and Person 2 waited for Person 1."
    }
    assert (redaction.author("Pauline Chaudhry"), redaction.author("Robin Hale")) == ("Pauline Chaudhry", "Person 2")
    assert not redaction.names("Pauline Chaudhry rang.")
    assert redaction.names("Pauline Chaudhry rang Mo.")


@settings(deadline=None)
@given(PEOPLE, PEOPLE, st.data())
def test_no_name_of_somebody_in_the_record_is_left_and_no_half_of_anybody_elses(
    people: list[str], staff: list[str], data: st.DataObject
) -> None:
    redaction = redaction_of([known_as(*people)], staff=staff, asked=ASKED)
    known = {half.upper() for name in people for word in name.split() for half in (word, *word.split("-"))}
    asked = [
        *data.draw(st.lists(st.tuples(st.sampled_from(OF_PEOPLE), st.sampled_from(people)), max_size=5)),
        *data.draw(st.lists(st.tuples(st.sampled_from((*OF_STAFF, *HALF)), st.sampled_from(staff)), max_size=5)),
    ]
    pieces = [written(form, name) for form, name in asked]
    told = redaction.told("entry", {"words": pieces})["words"]
    assert [redaction.names(piece) for piece in pieces] == [
        said != piece for piece, said in zip(pieces, told, strict=True)
    ]
    whole = [written(form, name) for name in staff if name not in people for form in OF_STAFF[:3]]
    for (_, name), piece, said in zip(asked, pieces, told, strict=True):
        rest = re.sub("|".join(map(re.escape, whole)) or "(?!)", "", said)
        left = {half.upper() for word in re.findall(r"[\w’-]+", rest.replace("Person", "")) for half in word.split("-")}
        short = {word for word in left if len(word) < 3}
        assert not (left - short) & {word.replace("'", "’") for word in known}, (piece, said)
        halved = said != piece and re.search(rf"\w\.? {STAND_IN}|{STAND_IN}[ -]\w", said)
        titled = name in people and re.match(rf"(?:Mrs|Mr\.(?: \w)?\.?|Miss|\w\.) {STAND_IN}$", said)
        assert not halved or titled, (piece, said)


def answer(number: int, said: str, *, identifies: bool | None) -> dict[str, object]:
    """As a version commits it; one of before the form said whether it identifies says nothing."""
    told: dict[str, object] = {f"answers.{number}.asked": "Which?", f"answers.{number}.said": said}
    return told | ({} if identifies is None else {f"answers.{number}.identifies": identifies})


def committed(values: dict[str, object]) -> RecordContent:
    fields = {name: FieldValue(json.dumps(value), bytes(32)) for name, value in values.items()}
    return RecordContent("incident", UUID(int=1), bytes(32), (VersionContent(1, bytes(32), fields),))


def test_an_answer_is_left_out_as_its_own_question_said_when_it_was_asked_and_kept_where_it_says_nobody() -> None:
    values = (
        answer(1, "The 42", identifies=True) | answer(2, "In the hall", identifies=False)
        | answer(3, "Old form", identifies=None) | answer(4, "Robin Hale saw it", identifies=False)
        | {"people.1.name": "Robin Hale"}
    )  # fmt: skip
    record = committed(values)
    redaction = redaction_of([record], asked=ASKED)
    left = redaction.record(record).versions[0].fields
    kept = {name for name, field in left.items() if name.endswith(".said") and field.value is not None}
    assert kept == {"answers.2.said"}
    told = redaction.told("incident", values)
    assert {name: said for name, said in told.items() if name.endswith(".said")} == {
        "answers.2.said": "In the hall", "answers.4.said": "Person 1 saw it",
    }  # fmt: skip


def test_what_is_written_beneath_a_question_is_left_out_where_the_profile_says_that_it_identifies() -> None:
    said = {"place_detail": "By the bins", "accounts": "@moon", "narrative": "Shouting.", "child_words": "Go away."}
    as_asked = redaction_of([committed(said)], asked=ASKED).told("incident", said)
    assert as_asked == said | {"place_detail": WITHHELD, "accounts": WITHHELD}
    other = [replace(each, identifies=each.code == "own_words") for each in ASKED]
    assert redaction_of([committed(said)], asked=other).told("incident", said) == said | {"child_words": WITHHELD}


def test_every_question_that_is_written_beneath_names_its_fields() -> None:
    chosen = {"about", "danger"}
    for profile in load_profiles().values():
        built_in = {each.code for each in profile.questions.values() if each.kind is QuestionKind.BUILT_IN}
        assert built_in - chosen == set(BENEATH)


def test_a_given_name_is_found_written_small_and_a_word_of_every_day_only_as_a_name_is_written() -> None:
    redaction = redaction_of([known_as("Maya Featherstone", "Grace May", "Will Tan", "Year 9 boy")], asked=ASKED)
    words = "ask maya about it, Featherstone's friend, with a feather; this may help. will she?"
    words += " Ask Grace, WILL and tan this year."
    assert redaction.told("entry", {"words": words}) == {
        "words": "ask Person 1 about it, Person 1's friend, with a feather; this may help. will she? Ask Person 2,"
        " Person 3 and tan this year."
    }
    assert redaction.names("we saw maya")
    assert not redaction.names("this may be so, and we will see")
    assert redaction.unsure(["this may be so, and we will see", "Grace, with grace, tan"]) == {
        "may",
        "will",
        "grace",
        "tan",
    }
