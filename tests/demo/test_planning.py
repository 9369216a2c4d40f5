"""The invented past before it is written anywhere: the same for a seed, of the right mix, fit to be recorded."""

import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from safeguard.demo import acts
from safeguard.demo.cast import MARK, houses
from safeguard.demo.days import LONDON, is_school_day, is_working_day
from safeguard.demo.planning import DAYS, plan
from safeguard.demo.telling import beats, stories
from safeguard.incidents.answerable import PARTS
from safeguard.incidents.entering import CONTACTS
from safeguard.incidents.reports import check, tidied
from safeguard.tenancy.profiles import load_profiles

UNTIL = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
HOUSES = {house.kind: house for house in houses(5, 1000, 1)}
PLANS = {kind: plan(house, 1, UNTIL) for kind, house in HOUSES.items()}
KINDS = sorted(HOUSES)


def reports(kind):
    return [step for step in PLANS[kind] if isinstance(step.act, acts.Record)]


def test_the_incidents_are_shared_out_and_none_is_lost():
    assert sum(len(reports(kind)) for kind in KINDS) == 1000


@pytest.mark.parametrize("number", [0, 1, 3, 7, 40])
def test_any_number_of_organisations_shares_any_number_of_incidents(number):
    assert sum(house.incidents for house in houses(number, 17, 1)) == (17 if number else 0)
    assert len({house.new.slug for house in houses(number, 17, 1)}) == number


def test_the_same_seed_tells_the_same_story_and_another_seed_another():
    school = houses(5, 1000, 1)[0]
    assert plan(school, 1, UNTIL) == PLANS["school"]
    assert plan(school, 2, UNTIL) != PLANS["school"]


def test_everybody_is_marked_as_invented():
    for house in HOUSES.values():
        assert house.new.name.endswith(MARK)
        assert all(member.email.endswith(".example") for member in house.members)


@pytest.mark.parametrize("kind", KINDS)
def test_every_report_can_be_recorded(kind):
    for step in reports(kind):
        assert check(tidied(step.act.new), load_profiles()[kind], step.at) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_steps_are_in_order_and_within_two_years(kind):
    moments = [step.at for step in PLANS[kind]]
    assert moments == sorted(moments)
    assert moments[-1] < UNTIL
    assert (UNTIL - moments[0]).days <= DAYS + 1


def test_in_a_home_whoever_must_hear_of_it_hears_before_anything_else_is_done_and_no_grave_case_lingers():
    acted = {}
    for step in PLANS["childrens_home"]:
        acted.setdefault(step.incident, []).append(step)
    for steps in acted.values():
        done, ages = [step.act for step in steps], [UNTIL - step.at for step in steps]
        grave = [act.risk for act in done if isinstance(act, acts.Assess) and act.risk in ("high", "emergency")]
        entries = [act.entry for act in done if isinstance(act, acts.Add)]
        if ages[0].days < 3 or not entries:
            continue
        (report,) = [act.new for act in done if isinstance(act, acts.Record)]
        children = [place for place, one in enumerate(report.people) if one.connection == "pupil" and one.role in PARTS]
        told = {
            (act.about, act.entry.contact)
            for act in done
            if isinstance(act, acts.Add) and act.entry.kind == "informing"
        }
        knowers = ("social_worker", "placing_authority", "parental_responsibility")
        assert told == {(place, knower) for place in children for knower in knowers}
        affected = [one for one in report.people if one.role == "affected" and one.connection in ("pupil", None)]
        if grave and affected:
            assert "regulator" in {entry.contact for entry in entries[: len(told) + 1]}
            assert ages[-1].days < 90 or any(isinstance(act, acts.Close) for act in done)


@pytest.mark.parametrize("kind", KINDS)
def test_every_slot_is_filled_and_every_word_belongs(kind):
    said = " ".join(str(step.act) for step in PLANS[kind]).replace("answers={}", "")
    assert not re.search(r"[{}]|lorem|TODO", said, re.IGNORECASE)


@pytest.mark.parametrize("kind", KINDS)
def test_many_wrote_it_and_hardly_two_reports_are_the_same(kind):
    told = Counter(step.act.new.narrative for step in reports(kind))
    assert len(told) > 0.8 * len(reports(kind))
    assert len({step.member for step in reports(kind)}) >= 5


def test_a_school_reports_in_term_and_the_helpline_in_its_hours():
    in_term = [is_school_day(step.at.astimezone(LONDON).date()) for step in reports("school")]
    assert sum(in_term) > 0.93 * len(in_term)
    for step in reports("helpline"):
        here = step.at.astimezone(LONDON)
        assert is_working_day(here.date())
        assert 10 <= here.hour < 16


def test_the_helpline_hears_what_its_public_report_says():
    labels = Counter(issue for step in reports("helpline") for issue in (step.act.new.issue_types or ())[:1])
    told = sum(labels.values())
    for issue, share in (("media_literacy", 26), ("reputation", 19), ("harmful_content", 17), ("cyberbullying", 10)):
        assert abs(100 * labels[issue] / told - share) < 6, labels


@pytest.mark.parametrize(
    "code",
    [
        "teacher_impersonated",
        "nude_shared",
        "parents_chat_abuse",
        "grooming_in_game",
        "class_account_hacked",
        "logo_misused",
    ],
)
def test_the_six_kinds_of_case_of_the_public_reports_are_told(code):
    story = next(story for story in stories()["school"] if story.code == code)
    told = {step.act.new.narrative for step in reports("school")}
    fixed = [max(re.split(r"\{\w+\}", text), key=len) for text in story.narratives]
    assert all(any(part in narrative for narrative in told) for part in fixed)


@pytest.mark.parametrize("kind", KINDS)
def test_stories_name_only_what_the_profile_knows(kind):
    profile = load_profiles()[kind]
    for story in stories()[kind]:
        assert set(story.issues) <= profile.issues.keys(), story.code
        assert set(story.platforms) - {""} <= profile.platforms.keys(), story.code
        assert set(story.places) <= profile.places.keys(), story.code
        assert story.device in profile.devices, story.code
        assert set(story.risks) <= profile.risk_levels.keys(), story.code
        assert {person.rstrip("?").split()[1] for person in story.people} <= profile.connections.keys(), story.code
        assert {name.rstrip("?") for name in story.follow} <= beats().keys(), story.code


def test_beats_can_be_recorded():
    for name, beat in beats().items():
        assert beat.kind != "contact" or beat.contact in CONTACTS, name
        assert beat.kind != "action" or beat.done, name


@pytest.mark.parametrize("kind", KINDS)
def test_a_nude_is_never_attached_never_described_and_always_followed_by_the_rule(kind):
    for story in stories()[kind]:
        if story.code in {"nude_shared", "member_nude", "peer_picture_home"}:
            assert story.follow[0] == "imagery_rule"


def test_every_state_is_reached():
    happened = Counter(type(step.act) for steps in PLANS.values() for step in steps)
    assert all(
        happened[act] > 10 for act in (acts.Close, acts.Reopen, acts.Correct, acts.Classify, acts.Parents, acts.View)
    )
    assert happened[acts.Record] > happened[acts.Acknowledge] > happened[acts.Close]


def test_a_case_says_nothing_twice_while_it_has_other_words():
    notes = [step.act.entry.words for step in PLANS["school"] if step.incident == 5 and isinstance(step.act, acts.Add)]
    assert len(notes) == len(set(notes))
