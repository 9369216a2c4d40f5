"""The record of processing: it leaves no table out that tells of people, and reads as the organisation's own."""

from collections import Counter

from safeguard.database.registry import registry, telling_tables
from safeguard.records.logs.processing import HEADINGS, lines, load_activities, rows
from safeguard.records.schedule import Rule
from safeguard.tenancy.profiles import load_profiles

RULE = Rule("complaint", "Complaints", 6, "the day it was closed", "review", "", "practice", "Our own")


def test_every_table_that_may_tell_of_people_stands_under_one_activity() -> None:
    named = Counter(name for each in load_activities() for name in each.tables)
    telling = {name.removeprefix("public.") for name in telling_tables()}
    assert telling - set(named) == set(), "say in tenants/processing.toml what these are for"
    assert set(named) - telling == set(), "these tell of nobody, or are not there"
    assert [name for name, times in named.items() if times > 1] == []


def test_every_activity_says_how_long_by_rules_that_every_kind_has_or_in_words() -> None:
    for profile in load_profiles().values():
        for each in load_activities():
            if not each.kinds or profile.kind in each.kinds:
                assert set(each.rules) <= set(profile.retention), (profile.kind, each.code)
    assert all(bool(each.rules) != bool(each.kept) for each in load_activities())
    kinds = {kind for each in load_activities() for kind in each.kinds}
    assert kinds <= set(load_profiles())


def test_only_a_helpline_is_told_of_cases_and_every_row_has_its_columns() -> None:
    school, helpline = lines("school", [RULE]), lines("helpline", [RULE])
    assert {each.activity.code for each in helpline} - {each.activity.code for each in school} == {
        "helpline_cases", "helpline_reports",
    }  # fmt: skip
    told = {row[0]: dict(zip(HEADINGS, row, strict=True)) for row in rows(school)}
    people, asked = told["The list of people"], told["Requests, disagreements, complaints, holds and disposals"]
    assert "born on" in people["What identifies people"]
    assert asked["How long"] == "Complaints: 6 years from the day it was closed"
    assert told["Running the service"]["By whom"] == "Whoever runs the service"
    for line in school:
        assert line.identifying or line.words, "an activity whose tables tell nothing"
    assert all(name in registry().tables for each in load_activities() for name in each.tables)
