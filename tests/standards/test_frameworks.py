"""The frameworks in `tenants/frameworks`, and mistakes in one, pointed at by line."""

import re
from pathlib import Path

import pytest

from safeguard.standards.framework import Framework
from safeguard.standards.frameworks import FOLDER, FrameworkError, framework_of, load_frameworks, offered, parse
from safeguard.tenancy.profiles import load_profiles, profile_of

SMALL = """\
code = "small"
name = "Small"
version = "1"
describes = "Two levels, one control"
kinds = ["school"]
benchmark = 1

[[levels]]
number = 2
name = "Not yet"

[[levels]]
number = 1
name = "There"

[[objectives]]
code = "one"
name = "One"

[[controls]]
code = "A"
objective = "one"
name = "Something for {pupils}"
levels = ["{pupils} have it not.", "{pupils} have it."]
next = ["Begin."]
"""


def test_pies_has_four_objectives_and_the_thirty_three_controls_of_the_approach():
    pies = load_frameworks()["pies"]
    assert [objective.name for objective in pies.objectives] == [
        "Safer Management", "Safer Access", "Safer Learning", "Safer Standards",
    ]  # fmt: skip
    assert [len(pies.under(objective.code)) for objective in pies.objectives] == [7, 7, 12, 7]
    for framework in (pies, load_frameworks()["360-degree-safe"]):
        assert len(framework.first_controls) == 12
        assert all(control.first for control in framework.first_controls)


def test_the_structures_of_other_frameworks_are_whole():
    sizes = {code: len(framework.controls) for code, framework in load_frameworks().items()}
    assert sizes == {
        "pies": 33, "360-degree-safe": 21, "360-groups": 12, "cpsu": 10, "cqc": 6, "dfe-filtering-and-monitoring": 4,
    }  # fmt: skip
    safe = load_frameworks()["360-degree-safe"]
    assert len(safe.objectives) == 4
    assert len({control.strand for control in safe.controls}) == 8
    assert {strand for objective in safe.objectives for strand in objective.strands} == {
        control.strand for control in safe.controls
    }


@pytest.mark.parametrize(
    "code", ["pies", "360-degree-safe", "360-groups", "cpsu", "cqc", "dfe-filtering-and-monitoring"]
)
def test_every_level_of_every_control_says_something_of_its_own(code):
    for control in load_frameworks()[code].controls:
        assert len(set(control.levels)) == len(control.levels), control.code
        assert all(sentence.endswith(".") for sentence in control.levels), control.code


@pytest.mark.parametrize("kind", load_profiles())
def test_every_sentence_is_in_the_organisations_own_words(kind):
    for framework in offered(profile_of(kind)):
        for control in framework.controls:
            assert all(sentence[0].isupper() and "{" not in sentence for sentence in (*control.levels, *control.next))


def test_a_club_reads_of_members_and_a_school_of_pupils():
    club, school = framework_of("pies", profile_of("club")), framework_of("pies", profile_of("school"))
    assert club and school
    assert "Education of members" in {control.name for control in club.controls}
    assert "Education of pupils" in {control.name for control in school.controls}


def test_a_dated_framework_is_never_first():
    frameworks = offered(profile_of("care"))
    assert frameworks[0].code == "pies"
    assert frameworks[-1].code == "cqc"
    assert frameworks[-1].dated


def test_a_step_up_is_told_below_the_top_and_nothing_at_it(pies: Framework):
    control = pies.controls[0]
    assert pies.step_up(control, 5) == control.next[0]
    assert pies.step_up(control, 2) == control.next[-1]
    assert pies.step_up(control, 1) == ""


@pytest.mark.parametrize(
    ("before", "after", "line", "says"),
    [
        ('code = "A"', 'code = "A b"', 21, "cannot be a code"),
        ('objective = "one"', 'objective = "two"', 22, 'there is no objective "two"'),
        (
            'levels = ["{pupils} have it not.", "{pupils} have it."]',
            'levels = ["None."]',
            24,
            "1 sentences, and there are 2",
        ),
        ('next = ["Begin."]', 'next = ["Begin.", "Go on."]', 25, "2 next steps"),
        ("benchmark = 1", "benchmark = 9", 6, "level 9 is not one"),
        ("number = 2", "number = 3", 8, "none left out"),
        ("{pupils} have it.", "{wizards} have it.", 20, "`{wizards}`"),
        ('name = "One"', 'nam = "One"', 16, "`name` is missing"),
    ],
)
def test_a_mistake_is_pointed_at_by_its_line(before, after, line, says):
    assert parse("small", SMALL)[1] == ()
    _, mistakes = parse("small", SMALL.replace(before, after))
    assert any(re.match(rf"small\.toml:{line}: .*{re.escape(says)}", mistake) for mistake in mistakes), mistakes


def test_a_code_that_is_there_twice_is_refused():
    again = SMALL[SMALL.index("[[controls]]") :]
    _, mistakes = parse("small", SMALL + again)
    assert any("2 times" in mistake for mistake in mistakes)


def test_five_thousand_controls_are_too_many():
    one = SMALL[SMALL.index("[[controls]]") :]
    many = "".join(one.replace('code = "A"', f'code = "A{number}"') for number in range(5000))
    _, mistakes = parse("small", SMALL + many)
    assert any("5,001 controls" in mistake for mistake in mistakes)


def test_what_is_not_toml_is_said_plainly():
    assert "this is not TOML" in parse("small", "code = ")[1][0]


def test_a_mapping_to_itself_or_to_nothing_is_refused(tmp_path: Path):
    (tmp_path / "small.toml").write_text(SMALL + 'maps = { small = ["A"], nowhere = ["B"] }\n')
    with pytest.raises(FrameworkError) as refused:
        load_frameworks(tmp_path)
    assert len(refused.value.lines) == 2
    assert all(line.startswith("small.toml:26:") for line in refused.value.lines)


def test_mappings_of_every_framework_lead_to_controls_that_exist():
    frameworks = load_frameworks(FOLDER)
    for framework in frameworks.values():
        for control in framework.controls:
            for other, codes in control.maps.items():
                assert all(frameworks[other].control(code) for code in codes)


@pytest.mark.parametrize("code", load_frameworks())
def test_every_control_of_the_service_says_what_could_show_it(code: str):
    bare = [control.code for control in load_frameworks()[code].controls if len(control.evidence) < 2]
    assert bare == []


def sentences_of(kind: str) -> list[str]:
    """Everything that somebody of this kind of organisation reads of the standards that it is offered."""
    return [
        sentence
        for framework in offered(profile_of(kind))
        for sentence in (
            *(objective.aim for objective in framework.objectives), *(level.describes for level in framework.levels),
            *(text for each in framework.controls for text in
              (each.name, each.first, *each.covers, *each.levels, *each.next, *each.evidence)),
        )
    ]  # fmt: skip


def test_who_cares_for_adults_reads_of_no_children():
    of_an_act = {"Keeping children safe in education"}
    assert [said for said in sentences_of("care") if "child" in said.casefold() and said not in of_an_act] == []
    aims = [each.aim for each in offered(profile_of("care"))[0].objectives]
    assert aims[0].startswith("Robust") and "protect residents against" in aims[0]
    assert any("every quarter" in said for said in sentences_of("care"))


@pytest.mark.parametrize("kind", ["school", "club", "care", "childrens_home"])
def test_no_word_of_an_organisation_makes_a_sentence_that_nobody_would_say(kind: str):
    found = sentences_of(kind)
    assert [said for said in found if re.search(r"\b[Aa] (?!one\b)[aeio]", said) or "{" in said] == []


def test_a_word_that_no_organisation_has_is_pointed_at_in_an_aim_too():
    wrong = SMALL.replace('name = "One"', 'name = "One"\naim = "For {wizards}."', 1)
    assert any("{wizards}" in mistake for mistake in parse("small", wrong)[1])
