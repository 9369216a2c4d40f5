"""A form as it is asked: the kind's questions with the organisation's choices laid over them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard.tenancy.profiles import load_profiles, profile_of
from safeguard.tenancy.questions import QuestionKind
from safeguard.tenancy.report_forms.asked import Asked, Changed, Choices, Own, asked_of

SCHOOL = profile_of("school")
BUS = Own(code="own_bus", label="Which bus?", kind=QuestionKind.TEXT)


def codes(asked: Asked) -> list[str]:
    return [question.code for question in asked.questions]


@pytest.mark.parametrize("kind", load_profiles())
def test_the_form_of_every_kind_asks_five_questions_at_once_and_folds_the_rest(kind: str) -> None:
    page = asked_of(profile_of(kind)).page()
    assert [question.code for question in page.main] == [
        "about", "danger", "narrative", "people", "when", "where", "action"
    ]  # fmt: skip
    assert {"online", "own_words"} <= {question.code for question in page.folded}


def test_a_type_brings_its_questions_forward_and_rewords_their_guidance() -> None:
    page = asked_of(SCHOOL).page(SCHOOL.reported["pictures"])
    main = [question.code for question in page.main]
    assert main[main.index("narrative") + 1] == "online"
    assert "Not the pictures themselves" in next(q.hint for q in page.main if q.code == "narrative")
    assert "copy them" in page.notice


def test_a_type_leaves_out_what_makes_no_sense_for_it() -> None:
    page = asked_of(SCHOOL).page(SCHOOL.reported["filter"])
    assert "own_words" not in {question.code for question in page.all}


def test_a_question_of_some_types_is_asked_for_those_alone() -> None:
    own = Own(code="own_filter", label="Which filter?", kind=QuestionKind.TEXT, about=("filter",))
    asked = asked_of(SCHOOL, Choices(own=(own,)))
    assert asked.page().own == ()
    assert [q.code for q in asked.page(SCHOOL.reported["filter"]).own] == ["own_filter"]


def test_choices_order_hide_and_reword_and_what_they_do_not_name_follows() -> None:
    choices = Choices(
        order=("narrative", "own_bus"), own=(BUS,),
        changed={"where": Changed(hidden=True), "people": Changed(label="Who?", required=True)},
    )  # fmt: skip
    asked = asked_of(SCHOOL, choices, 3)
    assert codes(asked)[:2] == ["narrative", "own_bus"]
    assert "where" not in codes(asked)
    assert "when" in codes(asked)
    people = next(question for question in asked.questions if question.code == "people")
    assert (people.label, people.required, people.hint) == ("Who?", True, SCHOOL.questions["people"].hint)


every_code = st.sampled_from([*SCHOOL.questions, "own_bus", "gone"])
changes = st.builds(
    Changed, label=st.none() | st.just("Other"), required=st.none() | st.booleans(), folded=st.none() | st.booleans(),
    hidden=st.booleans(),
)  # fmt: skip


@given(
    st.lists(every_code).map(tuple), st.dictionaries(every_code, changes),
    st.none() | st.sampled_from(list(SCHOOL.reported.values())),
)  # fmt: skip
def test_whatever_is_chosen_what_happened_and_danger_are_asked_at_once_and_nothing_twice(order, changed, reported):
    page = asked_of(SCHOOL, Choices(order, changed, (BUS,))).page(reported)
    main = [question.code for question in page.main]
    assert {"narrative", "danger"} <= set(main)
    assert next(q.required for q in page.main if q.code == "narrative")
    every = [question.code for question in page.all]
    assert len(every) == len(set(every))
