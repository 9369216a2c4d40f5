"""A framework of one's own: rows of a spreadsheet or TOML, every mistake with its line, editions side by side."""

from dataclasses import replace
from datetime import date

import pytest

from safeguard.access.roles import Role
from safeguard.errors import Invalid
from safeguard.standards.adding import add_control, end_control
from safeguard.standards.comparing import compare, move_on
from safeguard.standards.frameworks import framework_of
from safeguard.standards.importing import (
    CannotImport,
    Said,
    columns_not_read,
    import_framework,
    mark_of,
    understood,
)
from safeguard.standards.mapping import also_answers
from safeguard.standards.owning import known_framework, known_frameworks, list_added, names_of_gone
from safeguard.standards.proving import NewItem, add_item
from safeguard.standards.queries import get_review
from safeguard.standards.readiness import readiness_of
from safeguard.standards.reviewing import begin_review, judge
from safeguard.standards.standing import stand
from safeguard.standards.table_reading import NEVER_CLOSED, named, not_read
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.standards.test_frameworks import SMALL

pytestmark = pytest.mark.anyio

SCHOOL = profile_of("school")
SAID = Said("trust-audit", "Trust audit", "2026", None)
ROWS = """\
Code\tObjective\tName\t3 Not yet\t2 Secure\t1 Leading\tCovers
A1\tLeadership\tWho leads\tNobody does.\tOne person does.\tTwo do, and know it.\tNames; time
A2\tLeadership\tWho knows\tFew know.\tMost know.\tAll know.\t
B1\tTeaching\tWhat is taught\tLittle.\tThe basics.\tMore each year.\t
"""


def mistakes(text: str, said: Said = SAID) -> list[tuple[int, str]]:
    with pytest.raises(CannotImport) as refused:
        understood(text, said, "school", {})
    return [(one.line, one.sentence) for one in refused.value.mistakes]


def test_rows_of_a_spreadsheet_are_a_framework():
    _, framework = understood(ROWS, SAID, "school", {})
    assert [control.code for control in framework.controls] == ["A1", "A2", "B1"]
    assert [each.name for each in framework.objectives] == ["Leadership", "Teaching"]
    assert [level.number for level in framework.levels] == [3, 2, 1]
    assert framework.controls[0].covers == ("Names", "time")
    assert (framework.code, framework.version, framework.benchmark) == ("trust-audit", "2026", 2)


def test_columns_that_hold_something_and_are_not_read_are_named():
    head, first, *rest = ROWS.splitlines()
    rows = "\n".join([f"{head}\tWho does it\tName\t\tEmpty", f"{first}\tMx Doe\tAgain\t\t\tbeyond", *rest])
    assert [each.said for each in not_read(rows)] == ["“Who does it”", "“Name”", "column 12, which has no heading"]
    assert not_read(ROWS) == () == not_read(ROWS.replace("Covers", "priority")) == not_read('Code,"Never closed')
    assert columns_not_read(SMALL) == ()
    wide = "\n".join(line + "".join(f"\t{number} of mine" for number in ("a", "b") * 10) for line in ROWS.splitlines())
    assert named(not_read(wide)).endswith("“b of mine” and 8 more")


async def test_nothing_that_is_not_read_is_left_out_before_whoever_imports_it_was_told(someone):
    lead = await someone(Role.LEAD)
    rows = ROWS.replace("Covers", "Notes of ours")
    for told in ("", mark_of(not_read(rows.replace("Notes", "Words")))):
        with pytest.raises(Invalid) as refused:
            await imported(lead, rows, replace(SAID, left_out=told))
        assert "“Notes of ours”" in refused.value.errors[0].message
    assert await imported(lead, rows, replace(SAID, left_out=mark_of(not_read(rows))))


def test_a_file_saved_as_csv_is_the_same_framework():
    saved = ROWS.replace("Names; time", "Names").replace("\t", ";")
    control = understood(saved, SAID, "school", {})[1].controls[1]
    assert control == understood(ROWS, SAID, "school", {})[1].controls[1]


@pytest.mark.parametrize(
    ("before", "after", "line", "says"),
    [
        ("A2\t", "A1\t", 3, '"A1" is there 2 times'),
        ("Few know.", "", 3, "the cell under “3 Not yet” is empty"),
        ("B1\t", "\t", 4, "the cell under “Code” is empty"),
        ("3 Not yet", "4 Not yet", 1, "none left out"),
        ("Objective", "Part", 1, 'no column "objective"'),
        ("Little.", "{wizards} know.", 4, "{wizards}"),
    ],
)
def test_a_mistake_in_a_row_is_pointed_at_by_its_number(before, after, line, says):
    assert any(at == line and says in sentence for at, sentence in mistakes(ROWS.replace(before, after))), mistakes(
        ROWS.replace(before, after)
    )


@pytest.mark.parametrize("more", [1, 4_000])
def test_a_quotation_mark_that_is_never_closed_is_pointed_at_where_it_opens(more):
    """It swallows every row that follows, and what it has swallowed may be longer than any cell."""
    opened = (
        ROWS.replace("Few know.", '"Few know.') + "B2\tTeaching\tMore\tLittle.\tThe basics.\tMore each year.\t\n" * more
    )
    assert mistakes(opened) == [(3, NEVER_CLOSED)]
    closed = ROWS.replace("Few know.", '"Few know,\nand few ""ask""."').replace("Most know.", '"Most" know.')
    assert understood(closed, SAID, "school", {})[1].controls[1].levels[0] == 'Few know,\nand few "ask".'


def test_a_mistake_in_a_file_is_pointed_at_by_its_line():
    assert mistakes(SMALL.replace('code = "small"', 'code = "pies"'))[0][1].startswith('"pies" is taken')
    assert (24, "A has 1 sentences, and there are 2 levels.") in mistakes(
        SMALL.replace('levels = ["{pupils} have it not.", "{pupils} have it."]', 'levels = ["None."]')
    )
    assert mistakes('code = "x"\nname = \n')[0][0] == 2


def test_what_a_spreadsheet_does_not_say_is_asked_for_where_it_is_typed():
    with pytest.raises(CannotImport) as refused:
        understood(ROWS.replace("Few know.", ""), Said(code="pies", benchmark=9), "school", {})
    assert [one.line for one in refused.value.mistakes] == [3]
    assert {one.field for one in refused.value.beside} == {"code", "name", "edition", "benchmark"}


def test_every_mistake_is_said_at_once_beside_what_stands_in_its_row():
    wrong = ROWS.replace("Few know.", "").replace("B1\tTeaching", "A1\t").replace("Two do", "{wizards} do")
    with pytest.raises(CannotImport) as refused:
        understood(wrong, SAID, "school", {})
    said = [(one.line, one.says) for one in refused.value.mistakes]
    second, fourth = "A2 | Leadership | Who knows |  | Most know.", "A1 |  | What is taught"
    assert [line for line, _ in said] == [2, 3, 4, 4], said
    assert said[1][1].startswith(second) and said[2][1].startswith(fourth) and said[3][1].startswith(fourth)
    with pytest.raises(CannotImport) as refused:
        understood(SMALL.replace("small", "s" * 500, 1), SAID, "school", {})
    assert all(0 < len(one.says) <= 121 for one in refused.value.mistakes)


def test_five_thousand_controls_are_refused_in_one_sentence():
    head, row, *_ = ROWS.splitlines(keepends=True)
    many = head + "".join(row.replace("A1", f"A{number}", 1) for number in range(5000))
    assert mistakes(many) == [(1, "5,000 controls are more than anybody reviews: the most is 500.")]


def test_a_name_that_no_page_could_hold_is_refused_with_its_line():
    long = ROWS.replace("Who knows", "k" * 201).replace("Teaching", "t" * 2_700)
    assert mistakes(long) == [
        (3, "the name of the control has 201 characters: the most is 200."),
        (4, "the name of its objective has 2,700 characters: the most is 200."),
    ]
    assert understood(ROWS.replace("Who knows", "k" * 200), SAID, "school", {})


def test_lists_within_lists_are_refused_and_not_followed():
    assert mistakes("a = " + "[" * 20_000 + "]" * 20_000)[0][0] == 1


def test_a_mapping_to_itself_or_to_nothing_is_refused():
    found = mistakes(SMALL + 'maps = { small = ["A"], nowhere = ["B"] }\n')
    assert len([sentence for line, sentence in found if line == 26]) == 2


async def imported(actor, text=ROWS, said=SAID):
    async with begin(actor) as work:
        return await import_framework(work, text, said, "school", await known_frameworks(work, SCHOOL))


async def test_an_imported_framework_is_offered_and_nobody_else_sees_it(someone):
    lead, stranger = await someone(Role.LEAD), await someone(Role.LEAD)
    await imported(lead)
    async with begin(lead) as work:
        assert "trust-audit" in {each.code for each in await known_frameworks(work, SCHOOL)}
    async with begin(stranger) as work:
        assert "trust-audit" not in {each.code for each in await known_frameworks(work, SCHOOL)}


def test_rows_say_what_a_control_maps_to_and_a_mistake_in_that_is_pointed_at():
    head, first, *rest = ROWS.splitlines()
    pies = {"pies": framework_of("pies", SCHOOL)}
    rows = "\n".join([f"{head}\tMaps", f"{first}\t pies/M1; pies / A5;pies/M1", *rest])
    framework = understood(rows, SAID, "school", pies)[1]
    assert [dict(each.maps) for each in framework.controls] == [{"pies": ("M1", "A5")}, {}, {}]
    for cell, says in (("M1", "“M1” under Maps names no control"), ("pies/Z9", '"pies" has no control "Z9"'),
                       ("nothing/A", 'there is no framework "nothing"')):  # fmt: skip
        with pytest.raises(CannotImport) as refused:
            understood(rows.replace(" pies/M1; pies / A5;pies/M1", cell), SAID, "school", pies)
        assert [(one.line, says in one.sentence) for one in refused.value.mistakes] == [(2, True)]


async def test_no_control_of_a_standard_has_the_code_of_one_that_is_added_to_it(someone):
    lead = await someone(Role.LEAD)
    assert mistakes(ROWS.replace("A2\t", "OWN1\t")) == [
        (3, '"OWN1" is kept for controls that are added later: choose another code.')
    ]
    framework = await imported(lead, ROWS.replace("A2\t", "OWN\t"))
    before = replace(framework, controls=(*framework.controls, replace(framework.controls[0], code="OWN1")))
    async with begin(lead) as work:  # as it was imported when that was not refused yet
        assert (
            await add_control(work, before, framework.objectives[0].code, "Watches", ["No.", "One.", "Two."]) == "OWN2"
        )


async def test_two_frameworks_that_map_to_each_other_do_no_harm(someone):
    lead = await someone(Role.LEAD)
    await imported(lead)
    head, first, *rest = ROWS.splitlines()
    await imported(lead, SMALL)
    there = "\n".join([f"{head}\tMaps", f"{first}\tsmall/A", *rest])
    await imported(lead, there, replace(SAID, edition="2"))
    await imported(lead, SMALL.replace('version = "', 'version = "2-') + 'maps = { trust-audit = ["A1"] }\n')
    async with begin(lead) as work:
        known = await known_frameworks(work, SCHOOL)
    for one, other in ((("trust-audit", "A1"), ("small", "A")), (("small", "A"), ("trust-audit", "A1"))):
        assert [each.pair for each in also_answers(known, *one)] == [other], "a pair that both files say is one pair"
    lead = await someone(Role.LEAD)
    await imported(lead)
    await imported(lead, SMALL + 'maps = { trust-audit = ["A1"], pies = ["M1"] }\n')
    back = SMALL.replace('"small"', '"third"') + 'maps = { small = ["A"] }\n'
    assert (await imported(lead, back)).controls[0].maps == {"small": ("A",)}


async def test_the_same_edition_is_not_imported_twice(someone):
    lead = await someone(Role.LEAD)
    await imported(lead)
    with pytest.raises(Invalid):
        await imported(lead)


async def test_a_review_keeps_its_edition_until_somebody_moves_it_on_and_sees_what_changed(someone):
    lead = await someone(Role.LEAD)
    framework = await imported(lead)
    async with begin(lead) as work:
        review = await begin_review(work, framework, "full")
    async with begin(lead) as work:
        await judge(work, await get_review(work, review.id), framework.controls[0], 2, "Seen.", 0)
    newer = ROWS.replace("One person does.", "One named person does.").replace("A2\t", "A3\t")
    await imported(lead, newer, Said("trust-audit", "Trust audit", "2027", None))
    async with begin(lead) as work:
        read = await get_review(work, review.id)
        kept = await known_framework(work, "trust-audit", SCHOOL, read.framework_version)
        latest = await known_framework(work, "trust-audit", SCHOOL)
        found = compare(kept, latest, read)
        await move_on(work, read, latest, read.version)
    assert [(one.kind, one.control.code, one.judged) for one in found] == [
        ("reworded", "A1", True), ("added", "A3", False), ("removed", "A2", False),
    ]  # fmt: skip
    assert found[0].reworded == ((2, "One person does.", "One named person does."),)
    async with begin(lead) as work:
        moved = await get_review(work, review.id)
    assert (moved.framework_version, moved.levels) == ("2027", {"A1": 2})


async def test_evidence_for_a_control_that_is_gone_stays(someone):
    lead = await someone(Role.LEAD)
    framework = await imported(lead)
    new = NewItem(kind="policy", title="Policy", dated_on=date(2026, 1, 5), supports=((framework.code, "A2"),))
    async with begin(lead) as work:
        item = await add_item(work, new)
    await imported(lead, ROWS.replace("A2\t", "A3\t"), Said("trust-audit", "Trust audit", "2027", None))
    assert item.supports == (("trust-audit", "A2"),)
    async with begin(lead) as work:
        assert await names_of_gone(work, [("trust-audit", "A2"), ("trust-audit", "Z9")]) == {
            ("trust-audit", "A2"): "Who knows (Trust audit, 2026)"
        }


async def test_a_control_of_ones_own_is_asked_in_a_full_review_until_it_is_ended(someone, pies):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        code = await add_control(work, pies, "access", "Wearables", [f"Level {level.number}." for level in pies.levels])
        added = await list_added(work)
        assert (await known_framework(work, "pies", SCHOOL)).control(code)
    async with begin(lead) as work:
        await end_control(work, added[0].id)
        assert (await known_framework(work, "pies", SCHOOL)).control(code) is None
    async with begin(lead) as work:
        with pytest.raises(Invalid) as refused:
            await add_control(work, pies, "nowhere", "", ["" for _ in pies.levels])
    assert {error.field for error in refused.value.errors} >= {"objective", "name", "level_5", "level_1"}


async def test_a_control_of_ones_own_stays_with_its_part_and_is_never_out_of_reach(someone):
    """Parts in another order, a part that is gone while another comes, and one that returns."""
    lead = await someone(Role.LEAD)
    swapped = "".join([ROWS.splitlines(keepends=True)[at] for at in (0, 3, 1, 2)])
    gone = ROWS.replace("Teaching", "Voices")
    found: list[str] = []
    for edition, rows in enumerate((ROWS, swapped, gone, gone.replace("Voices", "Rooms"), ROWS)):
        async with begin(lead) as work:
            framework = await import_framework(work, rows, replace(SAID, edition=str(edition)), "school", ())
            if not edition:
                teaching = next(each.code for each in framework.objectives if each.name == "Teaching")
                await add_control(work, framework, teaching, "Vending machine", ["None.", "One.", "Two."])
            known = await known_framework(work, "trust-audit", SCHOOL)
        [own] = [control for control in known.controls if control.code == "OWN1"]
        found += [each.name for each in known.objectives if own in known.under(each.code)]
    assert found == ["Teaching", "Teaching", "Elsewhere", "Elsewhere", "Teaching"]


async def test_a_mark_needs_every_control_at_the_benchmark_and_commented(someone):
    lead = await someone(Role.LEAD)
    framework = await imported(lead)
    async with begin(lead) as work:
        review = await begin_review(work, framework, "full")
    for place, control in enumerate(framework.controls):
        async with begin(lead) as work:
            await judge(work, await get_review(work, review.id), control, 2, "" if place == 2 else "Seen.", 0)
    async with begin(lead) as work:
        read = await get_review(work, review.id)
        almost = readiness_of(stand(framework, read)).steps
        assert [(step.code, step.ready) for step in almost] == [
            ("commitment", True), ("progress", True), ("mark", False),
        ]  # fmt: skip
        assert [each.control.code for each in almost[2].missing] == ["B1"]
        await judge(work, read, framework.controls[2], 1, "Seen as well.", 1)
    async with begin(lead) as work:
        assert readiness_of(stand(framework, await get_review(work, review.id))).steps[2].ready
