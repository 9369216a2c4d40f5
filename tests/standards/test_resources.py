"""What helps: whole, in the organisation's words, found by a word, shown where it is needed."""

import pytest

from safeguard.access.roles import Role
from safeguard.standards.frameworks import FrameworkError, load_frameworks
from safeguard.standards.resource_searching import search
from safeguard.standards.resources import library_of, load_library
from safeguard.tenancy.profiles import load_profiles, profile_of


@pytest.mark.parametrize("kind", load_profiles())
def test_every_sentence_is_in_the_organisations_own_words(kind):
    library = library_of(profile_of(kind))
    for each in library.resources:
        assert "{" not in each.title + each.summary + "".join(each.steps)
        assert all(step[0].isupper() for step in each.steps)
    assert all("{" not in each.question + each.answer for each in library.faq)


def test_every_code_that_a_resource_names_exists():
    school = profile_of("school")
    for each in load_library().resources:
        assert set(each.issues) <= set(school.issues), each.code
        assert set(each.risk_areas) <= set(school.risk_areas), each.code


def test_every_risk_area_every_control_and_every_issue_has_something_that_helps():
    library = load_library()
    assert {area for each in library.resources for area in each.risk_areas} == set(profile_of("school").risk_areas)
    assert [
        control.code for control in load_frameworks()["pies"].controls if not library.of_control(control.code)
    ] == []
    named = {issue for each in library.resources for issue in each.issues} | {"other"}
    assert {issue for kind in load_profiles() for issue in profile_of(kind).issues} <= named


@pytest.mark.parametrize("kind", ["school", "club", "care", "childrens_home"])
def test_every_issue_and_every_theme_has_guidance_and_not_only_a_service_to_turn_to(kind):
    profile = profile_of(kind)
    guidance = [each for each in library_of(profile).resources if each.kind == "guidance"]
    about = {issue for each in guidance for issue in each.issues}
    assert [issue for issue in profile.issues if issue not in about and issue != "other"] == []
    of_a_theme = {area: sum(area in each.risk_areas for each in guidance) for area in profile.risk_areas}
    assert [area for area, number in of_a_theme.items() if not number] == []
    assert of_a_theme["relationships"] > 1, "more than pictures"


def test_what_an_issue_names_comes_before_what_its_theme_names():
    found = library_of(profile_of("school")).of_incident(["nudes"], ["gaming"])
    assert found[0].code == "nudes"
    assert "gaming" in {each.code for each in found}


def test_a_resource_for_a_control_that_is_not_there_is_pointed_at(tmp_path):
    file = tmp_path / "resources.toml"
    file.write_text('[[resources]]\ncode = "a"\ntitle = "A"\nkind = "guidance"\nsummary = "S."\ncontrols = ["Z9"]\n')
    with pytest.raises(FrameworkError, match=r'resources.toml:6: there is no control "Z9"'):
        load_library(file)


@pytest.mark.anyio
async def test_a_word_finds_what_helps_and_another_finds_nothing_kindly(sign_in):
    reporter = await sign_in(Role.REPORTER)
    assert "Blackmail over images" in (await reporter.get("/resources?q=blackmail")).text
    assert "Nothing here has all of these words" in (await reporter.get("/resources?q=xyzzy")).text
    assert "Often asked" in (await reporter.get("/resources")).text


@pytest.mark.parametrize(("asked", "code"), [("sexting", "nudes"), ("Wifi", "connected"), ("sextortion?", "blackmail")])
def test_what_people_call_a_thing_finds_what_the_library_calls_otherwise(asked, code):
    assert code in {each.code for each in library_of(profile_of("school")).found(asked)}


def test_another_word_for_a_thing_is_written_as_it_is_asked_for_and_one_of_them_is_in_the_library():
    library = library_of(profile_of("school"))
    for group in library.alike:
        assert all(word == word.casefold() for word in group.words)
        assert search(library, profile_of("school"), group.words[0]).resources, group.words


NAMES = [
    "inappropriate online behaviour", "reputation management", "healthy relationships", "online gaming", "CSE", "KCSIE",
    "connectivity", "reporting mechanisms", "impact assessment", "community", "deepfake", "governor training",
    "county lines",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["school", "club", "care", "childrens_home"])
def test_the_names_of_what_a_resource_helps_with_and_usual_abbreviations_find_it(kind):
    profile = profile_of(kind)
    names = [*NAMES, *(each.name for each in profile.issues.values() if each.code != "other")]
    names += [control.name for control in load_frameworks()["pies"].controls if "{" not in control.name]
    nothing = {name for name in names if not search(library_of(profile), profile, name).resources}
    assert nothing == set()


@pytest.mark.parametrize(("asked", "code"), [("tiktok", "tiktok"), ("Twitter", "x"), ("insta", "instagram")])
def test_a_platform_is_answered_with_where_it_takes_reports_and_who_takes_them_further(asked, code):
    profile = profile_of("school")
    found = search(library_of(profile), profile, asked)
    assert [each.code for each in found.platforms] == [code]
    assert {"posh", "harmful-content"} <= {each.code for each in found.resources}
    assert len(found.resources) < len(library_of(profile).resources) / 2


def test_a_word_beside_a_platform_says_what_the_trouble_is():
    profile = profile_of("school")
    found = search(library_of(profile), profile, "roblox grooming")
    assert [each.code for each in found.platforms] == ["roblox"]
    assert set(library_of(profile).found("grooming")) <= set(found.resources)
    assert len(found.resources) < len(library_of(profile).resources) / 2


@pytest.mark.anyio
async def test_the_page_says_where_a_platform_takes_reports(sign_in):
    shown = (await (await sign_in(Role.REPORTER)).get("/resources?q=tiktok")).text
    assert "Telling TikTok" in shown
    assert profile_of("school").platforms["tiktok"].report_at.partition(",")[0] in shown
    assert "Nothing here has all of these words" not in shown


@pytest.mark.anyio
async def test_a_question_is_found_by_its_words_and_the_others_stay_where_none_is(sign_in):
    reporter = await sign_in(Role.REPORTER)
    found = (await reporter.get("/resources?q=Must+we+report+to+the+police+ourselves%3F")).text
    assert "Must we report to the police ourselves?</span>" in found
    assert "Nothing here has all of these words" not in found
    assert "How long are records kept?" not in found
    nothing = (await reporter.get("/resources?q=xyzzy")).text
    assert "Nothing here has all of these words" in nothing
    assert "How long are records kept?" in nothing


@pytest.mark.anyio
async def test_what_helps_stands_beside_a_control(sign_in):
    lead = await sign_in(Role.LEAD)
    answer = await lead.send("/standards/reviews", {"framework": "pies", "scope": "full"}, page="/standards")
    shown = (await lead.get(answer.headers["location"] + "/controls/A5")).text
    assert "Check filtering in twenty minutes" in shown
