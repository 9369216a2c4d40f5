"""Who inspects each kind of organisation, under which headings, and by which standards."""

from datetime import date

import pytest

from safeguard.evidence.bodies import bodies_for, load_bodies
from safeguard.standards.frameworks import load_frameworks, offered
from safeguard.tenancy.profiles import profile_of


def test_every_kind_of_organisation_has_its_inspectors() -> None:
    assert {body.code for body in bodies_for("school")} == {"ofsted_school", "isi", "other"}
    assert {body.code for body in bodies_for("childrens_home")} == {"ofsted_childrens_home", "other"}
    for body in load_bodies().values():
        assert len({heading.code for heading in body.headings}) == len(body.headings)
        assert body.as_of <= date(2026, 11, 22)


@pytest.mark.parametrize("code", ["cpsu", "cqc"])
def test_where_a_standard_of_ours_has_the_bodys_own_headings_both_say_the_same(code: str) -> None:
    controls = load_frameworks()[code].controls
    assert [heading.title for heading in load_bodies()[code].headings] == [control.name for control in controls]


def test_each_layout_is_about_standards_that_are_offered_there() -> None:
    for body in load_bodies().values():
        for kind in body.kinds:
            assert body.frameworks
            assert set(body.frameworks) <= {each.code for each in offered(profile_of(kind))}, body.code


def test_what_was_given_under_a_heading_of_an_earlier_layout_keeps_its_place() -> None:
    assert load_bodies()["cpsu"].title_of("codes") == "A heading of an earlier layout"
