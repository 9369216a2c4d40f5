"""Somebody who knows the rules and all that is published tries to work out what was left out."""

from collections.abc import Iterator, Mapping
from itertools import product

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from safeguard.figures.suppressing import SMALLEST
from safeguard.helpline.report.counted import LABELS, OF_ADDRESSES, OF_CLOSED, WHOLE, Counted, Hours, PlatformFigures
from safeguard.helpline.report.releasing import Beside, Released, exact, release

GROUPS = {"linkedin": "microsoft", "xbox": "microsoft", "bing": "microsoft", "tiktok": "tiktok", "x": "x"}
CODES = ("a", "b", "c", "d", "e", "f", "")


@st.composite
def counted(draw: st.DrawFn) -> Counted:
    """Cases, each in one cell of the families that add up and in any of the labels."""
    sizes = {code: draw(st.integers(0, 9)) for code in CODES}
    cases = sum(sizes.values())
    other = draw(st.lists(st.sampled_from(("open", "closed")), min_size=cases, max_size=cases))
    endings = draw(st.lists(st.sampled_from(("", "resolved", "other")), max_size=cases))
    stands = draw(st.lists(st.sampled_from(("triaged", "withdrawn")), min_size=cases - len(endings),
                           max_size=cases - len(endings)))  # fmt: skip
    on = draw(st.lists(st.sets(st.sampled_from(sorted(GROUPS))), min_size=cases, max_size=cases))
    families = [{GROUPS[code] for code in each} for each in on]
    volumes = {code: draw(st.integers(0, 9)) for code in sorted(GROUPS)}
    decided = {code: draw(st.integers(0, volumes[code])) for code in volumes}
    removed = {code: draw(st.integers(0, decided[code])) for code in volumes}
    states = {"removed": sum(removed.values()), "refused": sum(decided.values()) - sum(removed.values()),
              "waiting": sum(volumes.values()) - sum(decided.values())}  # fmt: skip
    return Counted(
        cases=cases, contacts=cases, addresses=sum(volumes.values()),
        by={
            "channel": _without_noughts(sizes), "arrived": _tally(other),
            "state": _tally([*stands, *("closed" for _ in endings)]), "ending": _tally(endings),
            "platform": _tally(code for each in on for code in each),
            "family": _tally(code for each in families for code in each),
            "address_state": _without_noughts(states), "address_platform": _without_noughts(volumes),
        },
        first_answer=Hours(draw(st.integers(1, 9)), 1.0, 2.0), rated=draw(st.integers(0, 9)), helpful=4.0,
        platforms=tuple(
            PlatformFigures(platform=code, addresses=volumes[code], decided=decided[code], removed=removed[code],
                            answer=Hours(decided[code], 1.0, 2.0) if decided[code] else None)
            for code in volumes if volumes[code]
        ),
    )  # fmt: skip


def _tally(codes: Iterator[str] | list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for code in codes:
        found[code] = found.get(code, 0) + 1
    return found


def _without_noughts(cells: Mapping[str, int]) -> dict[str, int]:
    return {code: value for code, value in cells.items() if value}


def could_be(hidden: int, rest: int) -> set[int]:
    """What one of so many hidden cells can be, for somebody who knows that they add up to `rest`, that none is nought
    and that one of them at least is of few; however many they are."""
    others = hidden - 1
    return {
        value for value in range(1, rest + 1)
        if (rest - value >= others if others else rest == value)
        and (value < SMALLEST or others > 1 or (others == 1 and rest - value < SMALLEST))
    }  # fmt: skip


def bounds(released: Released) -> dict[str, tuple[int, int]]:
    """Between what each hidden label must lie, for somebody who knows the families as well."""
    cases = released.cases or 0
    few = [*range(1, SMALLEST), *range(max(cases - SMALLEST + 1, 1), cases)]
    families, platforms = released.family("family").cells, released.family("platform").cells
    found: dict[str, tuple[int, int]] = {}
    for code, value in platforms.items():
        if value is not None:
            continue
        possible = [each for each in few if each <= cases]
        whole = families.get(GROUPS[code], 0)
        if whole is not None:
            others = [platforms[each] for each in GROUPS if GROUPS[each] == GROUPS[code] and each != code
                      and each in platforms]  # fmt: skip
            most_of_others = sum(other if other is not None else max(few) for other in others)
            possible = [each for each in possible if whole - most_of_others <= each <= whole]
        found[code] = (min(possible), max(possible))
    return found


@given(st.integers(1, 4), st.integers(1, 14))
def test_what_a_hidden_cell_can_be_is_what_trying_every_way_gives(hidden: int, rest: int) -> None:
    ways = [way for way in product(range(1, rest + 1), repeat=hidden) if sum(way) == rest and min(way) < SMALLEST]
    assert could_be(hidden, rest) == {way[0] for way in ways}


@settings(max_examples=150, deadline=None)
@given(counted())
def test_nothing_that_is_left_out_can_be_worked_out(figures: Counted) -> None:
    found = release(figures, GROUPS)
    for code in ("channel", "arrived", "state", *OF_CLOSED, *OF_ADDRESSES):
        family = found.family(code)
        total = found.addresses if code in OF_ADDRESSES else found.cases
        if code in OF_CLOSED:
            total = found.family("state").cells.get("closed")
            assert total is not None or not family.cells, "they add up to what was left out"
        hidden = [each for each, value in family.cells.items() if value is None]
        if hidden and total is not None:
            rest = total - sum(value for value in family.cells.values() if value is not None)
            assert len(could_be(len(hidden), rest)) > 1, (code, family)
    assert all(least < most for least, most in bounds(found).values())


@settings(max_examples=150, deadline=None)
@given(counted())
def test_no_figure_of_few_is_shown_and_what_is_shown_is_true(figures: Counted) -> None:
    found = release(figures, GROUPS)
    shown = [(code, cell, value) for code in (*WHOLE, *OF_CLOSED, *LABELS, *OF_ADDRESSES)
             for cell, value in found.family(code).cells.items() if value is not None]  # fmt: skip
    assert all(value == 0 or value >= SMALLEST for _, _, value in shown)
    assert all(figures.of(code).get(cell, 0) == value for code, cell, value in shown)
    for code in LABELS:
        lack = [figures.cases - value for kind, _, value in shown if kind == code]
        assert all(each == 0 or each >= SMALLEST for each in lack)
    for figure in (found.cases, found.addresses, found.rated):
        assert figure is None or figure == 0 or figure >= SMALLEST
    assert found.first_answer is None or (figures.first_answer and figures.first_answer.number >= SMALLEST)


def _of_both(one: Counted, other: Counted) -> Counted:
    """All cases, where `one` are those of a theme and `other` the rest."""
    by = {code: _tally([cell for each in (one, other) for cell, value in each.of(code).items() for _ in range(value)])
          for code in one.by.keys() | other.by.keys()}  # fmt: skip
    return Counted(cases=one.cases + other.cases, contacts=one.contacts + other.contacts,
                   addresses=one.addresses + other.addresses, by=by)  # fmt: skip


def _as_read(found: Released) -> Beside:
    """What a published report gives to whoever lays another beside it."""
    by = {code: None if family.silent else dict(family.cells) for code, family in found.families.items()}
    return Beside(cases=found.cases or 0, addresses=found.addresses, by=by)


@settings(max_examples=150, deadline=None)
@given(counted(), counted(), st.booleans())
def test_a_themes_report_beside_that_of_all_cases_tells_nobody_of_the_rest(
    theme: Counted, rest: Counted, whole_comes_first: bool
) -> None:
    whole = _of_both(theme, rest)
    if whole_comes_first:
        first = release(whole, GROUPS)
        assume(first.cases is not None)
        of_all, of_theme = first, release(theme, GROUPS, (_as_read(first), Beside(
            cases=whole.cases, addresses=whole.addresses, by=whole.by)))  # fmt: skip
    else:
        first = release(theme, GROUPS, (Beside(cases=whole.cases, addresses=whole.addresses, by=whole.by),))
        assume(first.cases is not None)
        of_theme, of_all = first, release(whole, GROUPS, (_as_read(first),))
    for figure in ("cases", "addresses"):
        shown = getattr(of_all, figure), getattr(of_theme, figure)
        assert None in shown or abs(shown[0] - shown[1]) not in range(1, SMALLEST), figure
    for code in ("channel", "arrived", "state", "platform", *OF_CLOSED, *OF_ADDRESSES):
        all_cells, cells = of_all.family(code), of_theme.family(code)
        if all_cells.silent or cells.silent:
            continue
        known = {cell: value - mine for cell, value in all_cells.cells.items()
                 if value is not None and (mine := cells.cells.get(cell, 0)) is not None}  # fmt: skip
        assert all(value == 0 or value >= SMALLEST for value in known.values()), (code, known)
        hidden = whole.of(code).keys() - known.keys()
        if code != "platform" and of_all.cases is not None and of_theme.cases is not None:
            assert len(hidden) != 1, (code, known)  # the total of the rest is known: one alone would be worked out


@settings(max_examples=100, deadline=None)
@given(counted())
def test_a_platforms_rate_is_of_enough_that_were_removed_and_enough_that_were_not(figures: Counted) -> None:
    found = {each.platform: each for each in release(figures, GROUPS).platforms}
    assume(found)
    for one in figures.platforms:
        shown = found.get(one.platform)
        if shown and shown.removed is not None:
            assert one.decided >= SMALLEST
            assert all(each == 0 or each >= SMALLEST for each in (one.removed, one.decided - one.removed))
        if shown and shown.answer:
            assert one.answer and one.answer.number >= SMALLEST


def test_of_four_cases_nothing_is_said() -> None:
    found = release(Counted(cases=4, contacts=9, by={"channel": {"phone": 4}, "issue": {"Gaming": 4}}), GROUPS)
    assert (found.cases, found.contacts, found.addresses) == (None, None, None)
    assert all(not family.cells and family.silent for family in found.families.values())


def test_a_label_that_nearly_every_case_has_is_left_out_as_one_that_few_have() -> None:
    found = release(Counted(cases=40, by={"issue": {"Gaming": 38, "Grooming": 2, "Impersonation": 40}}), GROUPS)
    assert found.family("issue").cells == {"Gaming": None, "Grooming": None, "Impersonation": 40}


def test_how_cases_ended_is_silent_where_it_would_tell_how_many_were_closed() -> None:
    states, endings = {"triaged": 3, "closed": 9, "withdrawn": 20}, {"resolved": 9}
    found = release(Counted(cases=32, by={"state": states, "ending": endings}), GROUPS)
    assert found.family("state").cells == {"triaged": None, "closed": None, "withdrawn": 20}
    assert (found.family("ending").cells, found.family("ending").silent) == ({}, True)
    found = release(Counted(cases=29, by={"state": {"closed": 9, "withdrawn": 20}, "ending": endings}), GROUPS)
    assert found.family("ending").cells == endings


def test_a_family_of_platforms_keeps_the_secret_of_its_members() -> None:
    figures = Counted(cases=40, by={"platform": {"linkedin": 5, "xbox": 4, "x": 9}, "family": {"microsoft": 9, "x": 9}})
    assert release(figures, GROUPS).family("family").cells == {"microsoft": None, "x": 9}


def test_those_who_work_with_the_cases_see_everything() -> None:
    figures = Counted(cases=2, contacts=3, by={"channel": {"phone": 1, "email": 1}}, first_answer=Hours(1, 2.4, 2.6))
    found = exact(figures)
    assert (found.cases, found.contacts, found.first_answer) == (2, 3, (2, 3))
    assert found.family("channel").cells == {"phone": 1, "email": 1}
