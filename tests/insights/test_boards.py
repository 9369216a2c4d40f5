"""The board, as a browser without script sees it, and the table behind each picture."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.recording import record_incident
from safeguard.insights.board import Board
from safeguard.insights.breakdowns import breakdowns
from safeguard.insights.casework import read_casework
from safeguard.insights.composing import make_board
from safeguard.insights.counting import Counts
from safeguard.insights.periods import (
    THREE_YEARS,
    Period,
    chosen_period,
    moved,
    next_three_years,
    quarters_of,
    settled,
    three_years,
)
from safeguard.insights.pictures import FEW, LEFT, Picture
from safeguard.insights.releasing import release
from safeguard.insights.sharing import KEEP, Figures, Objective, figures_of
from safeguard.insights.sheets import table_of
from safeguard.insights.source import Source
from safeguard.insights.timeliness import waiting
from safeguard.standards.frameworks import BUILT_IN, framework_of
from safeguard.standards.queries import Beside
from safeguard.standards.radar import draw
from safeguard.standards.review import Improvement, Rating, Review
from safeguard.work import begin
from tests.factories.incidents import ACTION, IMPERSONATION, SCHOOL

pytestmark = pytest.mark.anyio


async def touched(lead, times: int) -> None:
    """Incidents whose lessons touch one control."""
    for _ in range(times):
        async with begin(lead) as work:
            story = await record_incident(work, IMPERSONATION, SCHOOL)
            await add_entry(work, story.facts.id, NewEntry(kind="lesson", words="We learnt.", controls=("M5",)))


async def test_an_empty_board_says_where_to_begin(sign_in):
    lead = await sign_in(Role.LEAD)
    shown = (await lead.get("/insights")).text
    assert "There is no review yet" in shown
    assert "Safer Management" in shown


async def test_a_lead_sees_where_incidents_meet_weak_controls(sign_in):
    lead = await sign_in(Role.LEAD)
    await touched(lead.actor, 3)
    shown = (await lead.get("/insights")).text
    assert "Social media and online communication (not judged yet): the lessons of 3 incidents name it." in shown
    assert "Its controls: touched 3 times by incidents" in shown
    assert "Nothing is planned for it yet." in shown
    assert "Plan an improvement" in shown
    assert "/incidents?state=all" in shown


async def test_a_governor_sees_no_small_figure_and_no_way_to_an_incident(sign_in):
    lead = await sign_in(Role.LEAD)
    await touched(lead.actor, 3)
    governor = await sign_in(Role.GOVERNOR, organisation=lead.actor.organisation_id)
    for period in ("", "year", "last-year", "months"):
        shown = (await governor.get(f"/insights?period={period}")).text
        assert "Figures below 5 are left out" in shown and "what waits are for whoever leads safeguarding" in shown
        assert 'href="/incidents' not in shown
        assert "3 incidents" not in shown
    assert "Morgan Hale" not in shown


async def test_a_governor_is_not_told_that_no_control_is_weak(sign_in):
    lead = await sign_in(Role.LEAD)
    await touched(lead.actor, 6)
    governor = await sign_in(Role.GOVERNOR, organisation=lead.actor.organisation_id)
    assert "No weak control stands out" not in (await governor.get("/insights")).text


def test_one_lesson_that_names_five_controls_is_five_for_a_lead_and_no_figure_for_a_governor():
    named = {"M1": 1, "M2": 1, "M3": 1, "M4": 1, "M5": 1}
    exact, rough = (make_board(source(exact=exact, total={"": 1}, touched=named)) for exact in (True, False))
    assert sorted(each.named or 0 for each in exact.quadrants) == [0, 0, 0, 5]
    assert {each.named for each in rough.quadrants} == {None}


def test_a_few_that_wait_beside_what_was_shown_are_not_called_fewer_than_five():
    counts = Counts({"total": {"": {"2026-09": 40, "2026-12": 40}}, "issue": {"gaming": {"2026-09": 7, "2026-12": 2}}})
    period = Period("year", "2026/27", tuple(moved("2026-09", ahead) for ahead in range(12)))
    board = source(exact=False, total={"": 80})
    shown = replace(board, counts=counts, released=release(counts, quarters_of(period), over=True))
    assert shown.alone("issue", "gaming") == LEFT
    assert source(exact=False, total={"": 40}, issue={"gaming": 2}).alone("issue", "gaming") == FEW


def test_what_was_shown_before_a_few_had_to_wait_is_shown_up_to_its_month_and_beside_no_other_year():
    counts = Counts({"total": {"": {"2026-09": 40, "2026-12": 40}}, "issue": {
        "gaming": {"2026-09": 17, "2026-12": 2}, "hate": {"2026-09": 18}, "scam": {"2026-09": 2},
    }})  # fmt: skip
    board = source(exact=False, total={"": 80})
    period = Period("year", "2026/27", tuple(moved("2026-09", ahead) for ahead in range(12)))
    shown = replace(board, counts=counts, released=release(counts, quarters_of(period), over=True))
    picture = next(each for each in breakdowns(shown) if each.code == "issue")
    assert [row[:2] for row in picture.rows()][1:] == [
        ("Hate or discrimination", "18"), ("Gaming, up to Nov", "17"), ("Scam, fraud or phishing", "fewer than 5"),
    ]  # fmt: skip
    assert picture.says.startswith("Most often of those shown: Hate or discrimination, 18 times.")
    whole = Counts({**counts.by, "issue": {"hate": {"2026-09": 18}, "scam": {"2026-09": 2}}})
    shown = replace(board, counts=whole, released=release(whole, quarters_of(period), over=True))
    picture = next(each for each in breakdowns(shown) if each.code == "issue")
    assert picture.says.startswith("Most often: Hate or discrimination, 18 times."), "a few are never more"


def test_what_is_overdue_of_another_standard_is_overdue_in_the_one_plan():
    late = msgspec.structs.replace(improvement("F1", date(2026, 11, 1)), framework="dfe-filtering-and-monitoring")
    board = replace(source(exact=False, total={"": 40}), reviews=(review((rating("M1", 2),)),))
    assert "overdue" not in make_board(board).so_what
    planned = make_board(replace(board, planned_elsewhere=(late,)))
    assert "1 improvement is overdue." in planned.so_what
    assert not any(each.overdue for each in planned.quadrants)


def test_what_has_to_wait_has_no_row_by_which_it_could_be_known():
    """Two years that differ only in what one incident of a quarter that waits was about."""
    period = Period("year", "2026/27", tuple(moved("2026-09", ahead) for ahead in range(12)))
    boards: list[Board] = []
    for issue, platform, year in (("hate", "tiktok", "09"), ("scam", "roblox", "12")):
        counts = Counts({
            "total": {"": {"2026-09": 40, "2027-07": 1}}, "issue": {"gaming": {"2026-09": 7}, issue: {"2027-07": 1}},
            "platform": {platform: {"2027-07": 1}}, "year": {"08": {"2026-09": 6}, year: {"2027-07": 1}},
        })  # fmt: skip
        board = replace(source(exact=False, total={"": 40}), counts=counts, period=period)
        boards.append(make_board(replace(board, released=release(counts, quarters_of(period), over=True))))
    assert boards[0].pictures == boards[1].pictures
    assert [picture.code for picture in boards[0].pictures] == ["months", "issue", "year"]


def test_what_a_picture_does_not_bear_stands_below_it_and_in_its_file():
    issues = {code: 20 - place for place, code in enumerate(list(SCHOOL.issues)[:13])}
    board = source(exact=True, total={"": 80}, issue=issues)
    picture = next(each for each in breakdowns(board) if each.code == "issue")
    assert (len(picture.drawn), len(picture.beside), len(list(picture.rows()))) == (10, 3, 14)
    assert [bar.value for bar in (*picture.drawn, *picture.beside)] == sorted(issues.values(), reverse=True)


def source(*, exact: bool, months: int = 12, **totals: dict[str, int]) -> Source:
    period = Period("year", "2026/27", tuple(moved("2026-09", ahead) for ahead in range(months)))
    by = {name: {code: {"2026-09": number} for code, number in codes.items()} for name, codes in totals.items()}
    framework = framework_of(BUILT_IN, SCHOOL)
    assert framework
    shown = None if exact else release(Counts(by), quarters_of(period), over=months == 12)
    return Source(
        SCHOOL, framework, period, date(2027, 9, 1), Counts(by), Counts({}), (), Beside((), ()), released=shown
    )


def rating(control: str, level: int) -> Rating:
    at = datetime(2027, 1, 1, tzinfo=UTC)
    return Rating(
        id=uuid4(), control=control, level=level, commentary="", version=1, judged_at=at, judged_by_name="Lead"
    )


def review(ratings: tuple[Rating, ...]) -> Review:
    at = datetime(2027, 1, 1, tzinfo=UTC)
    return Review(
        id=uuid4(), framework=BUILT_IN, framework_version="1", scope="full", version=1, started_at=at,
        started_by_name="Lead", ratings=ratings,
    )  # fmt: skip


def improvement(control: str, due_on: date) -> Improvement:
    at = datetime(2027, 1, 1, tzinfo=UTC)
    return Improvement(
        id=uuid4(), framework=BUILT_IN, control=control, source="review", words="Better.", owner_id=None,
        owner_name="Lead", due_on=due_on, planned_at=at, planned_by_name="Lead",
    )  # fmt: skip


def test_a_group_is_told_the_level_before_like_for_like():
    then, now = review((rating("M1", 4), rating("M2", 4))), review((rating("M1", 2), rating("M3", 5)))
    first = replace(source(exact=False), reviews=(then,))
    second = replace(first, reviews=(now, then))
    told = [figures_of(each, make_board(each)).objectives[0] for each in (first, second)]
    assert [(each.level, each.before) for each in told] == [(4.0, None), (3.7, 4.3)]


def test_where_something_happened_adds_up_to_the_total_and_no_lone_figure_is_left_out():
    board = make_board(
        source(exact=False, total={"": 30}, risk={"low": 30}, place={"on_site": 20, "home": 7, "online": 3})
    )
    place = table_of(board, "place")
    assert isinstance(place, Picture)
    assert board.total == 30
    assert [bar.value for bar in place.bars] == [20, LEFT, LEFT]


def test_a_figure_that_is_left_out_is_not_told_by_its_place_in_the_order():
    made = [
        make_board(source(exact=False, total={"": 60}, risk={"low": 60}, issue={"bullying": 40, **few}))
        for few in ({"gaming": 4, "grooming": 1}, {"gaming": 1, "grooming": 4})
    ]
    assert table_of(made[0], "issue") == table_of(made[1], "issue")


def test_what_is_open_now_is_said_roughly_to_those_who_see_no_small_figure():
    said = {
        still: make_board(source(exact=False, total={"": 30}, state={"new": still, "closed": 30 - still})).open_now
        for still in (0, 4, 12, 13)
    }
    assert said == {0: 0, 4: "few", 12: 10, 13: 15}


def test_a_year_of_which_nothing_may_be_shown_says_so_and_draws_nothing():
    board = make_board(source(exact=False, total={"": 3}, risk={"low": 3}, issue={"bullying": 3}))
    assert board.bare
    assert (board.total, board.pictures) == (None, ())


def test_whoever_governs_reads_the_same_of_one_incident_as_of_four_whatever_they_were():
    made = [
        make_board(
            source(
                exact=False, total={"": number}, risk={risk: number}, issue={"bullying": number}, state={state: number},
                control={"M5": number}, acknowledged={"60": number}, triaged={"60": number}, closed={"60": number},
            )
        )
        for number, risk, state in ((1, "low", "new"), (1, "high", "closed"), (2, "high", "open"), (4, "low", "open"))
    ]  # fmt: skip
    assert made[0].bare
    assert all(board == made[0] for board in made[1:])


def test_a_board_says_what_its_figures_mean_and_nothing_else():
    """Every sentence, the first that is true: of the reader who sees all, and of the one who sees no small figure."""
    framework = source(exact=True).framework

    def says(*, exact: bool, levels: dict[str, int], late: int = 0, **totals: dict[str, int]) -> str:
        judged = tuple(rating(code, level) for code, level in levels.items())
        seen = replace(source(exact=exact, **totals), reviews=(review(judged),) if judged else ())
        improvements = tuple(improvement("M1", date(2027, 8, 1)) for _ in range(late))
        return make_board(replace(seen, beside=Beside((), improvements))).so_what

    secure = {control.code: 2 for control in framework.controls}
    assert says(exact=True, levels={}, total={"": 9}).startswith("There is no review yet")
    assert says(exact=True, levels=secure).startswith("No incident was recorded")
    assert says(exact=True, levels=secure, total={"": 9}).startswith("No lesson of these incidents names a control")
    assert says(exact=True, levels=secure, total={"": 9}, control={"M5": 3}).startswith("No weak control stands out")
    named = {"total": {"": 9}, "control": {"M5": 30, "M1": 90}, "touched": {"M5": 3, "M1": 9}}
    weak = says(exact=True, levels=secure | {"M5": 4}, **named)
    assert weak.endswith("(level 4): the lessons of 3 incidents name it. Nothing is planned for it yet.")
    assert says(exact=True, levels=secure | {"M1": 3}, late=1, **named).endswith("It is being improved.")
    for wide in (named, {"total": {"": 80}}):
        told = says(exact=False, levels=secure | {"S1": 5, "S2": 5}, late=2, **wide)
        assert told == ("Safer Standards is furthest from the benchmark: level 2.9 on average, where 2 is secure."
                        " 2 improvements are overdue.")  # fmt: skip
    assert says(exact=False, levels=secure) == "All objectives stand at the benchmark or above it."
    assert says(exact=False, levels={"M1": 1}, total={"": 80}) == "Not every objective is judged yet."


def test_three_years_that_belong_together_are_always_the_same_three():
    spans = {tuple(year.label for year in three_years(date(year, 11, 1))) for year in (2024, 2025, 2026)}
    assert len(spans) <= 2
    assert all(year.months[-1] < "2026-09" for year in three_years(date(2026, 11, 1)))


def test_a_year_too_small_to_be_shown_says_which_years_stand_together_and_from_when():
    today = date(2027, 9, 1)
    assert next_three_years(today)[0].first == moved(three_years(today)[-1].last, 1), "no year is in two of them"
    waits = "2025/26 to 2027/28, from September 2028."
    small = source(exact=False, total={"": 3})
    assert make_board(small).together.endswith(f"until three stand together: {waits}")
    alone = source(exact=False, total={"": 80})
    assert make_board(alone).together == ""
    assert make_board(source(exact=True, total={"": 3})).together == ""
    three = make_board(replace(alone, period=replace(alone.period, code=THREE_YEARS)))
    assert "2025/26 to 2027/28, do from September 2028" in three.together


async def test_a_lead_sees_what_is_overdue_and_a_governor_does_not(sign_in):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        story = await record_incident(work, IMPERSONATION, SCHOOL)
        action = await add_entry(work, story.facts.id, ACTION)
        assert action.due_on
        span = date(2026, 1, 1), date(2099, 1, 1)
        assert (await read_casework(work, action.due_on, *span)).overdue == 0
        assert (await read_casework(work, action.due_on + timedelta(days=1), *span)).overdue == 1
    assert re.search("actions? overdue now", (await lead.get("/insights")).text)
    governor = await sign_in(Role.GOVERNOR, organisation=lead.actor.organisation_id)
    assert "overdue now" not in (await governor.get("/insights")).text


async def test_the_table_behind_a_picture_is_a_file(sign_in):
    lead = await sign_in(Role.LEAD)
    await touched(lead.actor, 2)
    answer = await lead.get("/insights/tables/platform")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "TikTok,2" in answer.text.replace('"', "")
    assert (await lead.get("/insights/tables/nothing")).status_code == 404
    assert "controls judged, in this review or one before it" in (await lead.get("/insights")).text


async def test_a_group_is_led_to_its_organisations_and_to_no_review_that_it_could_not_begin(sign_in):
    group = await sign_in(Role.GROUP_LEAD, kind="group")
    lead = await sign_in(Role.LEAD, organisation=group.actor.organisation_id)
    assert 'href="/insights/group"' in (await group.get("/")).text.partition("<main")[2]
    page = (await lead.get("/insights")).text
    assert "The organisations of this group review themselves" in page
    assert "Begin a review" not in page
    assert "Not judged yet" not in page


async def test_a_group_sees_areas_and_evidence_out_of_date_on_the_page_and_in_the_file(sign_in):
    group, at = await sign_in(Role.GROUP_LEAD, kind="group"), datetime(2026, 9, 1, tzinfo=UTC)
    objective = Objective("access", "Safer access", 2.0, 7, 7, 0, 3, 2.6)
    ash, birch = uuid4(), uuid4()
    told = (
        (ash, "Ash", "2025/26", 20, (("Contact", 12), ("Conduct", "few")), 31, "2026-08"),
        (birch, "Birch", "2024/25", 50, (("Contact", 41),), None, "2025-05"),
    )  # fmt: skip
    async with begin(group.actor) as work:
        for member, name, period, total, areas, before, until in told:
            body = msgspec.json.encode(Figures("school", until, total, areas, (objective,), "", before)).decode()
            await work.driver.execute(KEEP, uuid4(), member, name, period, body, at)
    astray = await group.get("/insights?period=year")  # one organisation's own: theirs is another page
    assert (astray.status_code, astray.headers["location"]) == (303, "/insights/group")
    refused = await group.get("/insights/involvement")
    assert refused.status_code == 403 and 'href="/insights/group">The figures' in refused.text
    shown = (await group.get("/insights/group")).text
    assert "2025/26: 20 incidents in 1 organisation." in shown and "2024/25: 50 incidents in 1 organisation." in shown
    assert "they are not added up" in shown and "70 incidents" not in shown
    assert "3 items of evidence out of date" in shown
    assert "fewer than 5" in shown.split("Incidents by area of risk", 1)[1]
    for sentence in (
        "2 organisations stand higher than in their review before",
        "In 1 organisation that shows both years there were 20 incidents, 31 in the same months a year before",
        "20 incidents in 2025/26, 31 the year before, in 1 organisation that shows every one of these years",
        "1 other is in none of these columns", "was 2.6", "to May 2025", "2024/25: 31, 2025/26: 20",
    ):  # fmt: skip
        assert sentence in shown, sentence
    found = {}
    for name in ("levels", "incidents", "trend", "objectives", "areas"):
        assert f"/insights/group/tables/{name}" in shown
        found[name] = (await group.get(f"/insights/group/tables/{name}")).text.replace('"', "").splitlines()
    assert found["incidents"][1:] == ["Birch (2024/25, to May 2025),50,", "Ash (2025/26),20,31"]
    assert found["trend"][1:] == ["Ash,31,20", "Birch,left out,left out", "Those that show every year,31,20"]
    assert found["levels"][1] == "Ash,2.0,2.6"
    for absent in ("together", "nothing"):
        assert (await group.get(f"/insights/group/tables/{absent}")).status_code == 404
    rows = (await group.get("/insights/group/table.csv")).text.replace('"', "").splitlines()
    assert rows[0].endswith("Safer access,Safer access: evidence out of date,Contact,Conduct")
    assert sorted(row.split(",", 8)[8] for row in rows[1:]) == ["2.0,3,12,fewer than 5", "2.0,3,41,none told"]


async def test_a_reporter_sees_no_board(sign_in):
    assert (await (await sign_in(Role.REPORTER)).get("/insights")).status_code == 403


def test_a_suppressed_year_ends_with_the_last_quarter_that_is_over():
    assert settled(date(2026, 11, 30)) == "2026-08"
    assert settled(date(2026, 12, 1)) == "2026-11"
    assert settled(date(2027, 1, 31)) == "2026-11"
    this = chosen_period("", date(2027, 1, 10), exact=False)
    assert this.months == ("2026-09", "2026-10", "2026-11")
    assert chosen_period("year", date(2026, 11, 22), exact=False).months == ()
    assert chosen_period("", date(2026, 11, 22), exact=False).code == "last-year"
    assert not set(this.months) & set(chosen_period("last-year", date(2027, 1, 10), exact=False).months)


def test_the_last_twelve_months_go_over_the_turn_of_the_year():
    period = chosen_period("", date(2027, 1, 10), exact=True)
    assert (period.first, period.last, len(period.months)) == ("2026-02", "2027-01", 12)
    assert period.until == "2027-01-31"
    assert moved("2026-11", 2) == "2027-01"
    assert moved("2026-01", -1) == "2025-12"


def test_how_long_half_of_them_took_is_an_upper_bound():
    found = waiting({"1": 5, "3": 4, "8": 1})
    assert found
    assert (found.half, found.most) == ("an hour", "a day")
    assert waiting({"1": 4}) is None


def test_a_radar_needs_three_spokes_and_outward_is_better():
    labels = {code: code for code in "abcd"}
    assert draw(labels, {"a": 2, "b": 2}, {}, 5, 2) is None
    drawn = draw(labels, dict.fromkeys("abcd", 1.0), dict.fromkeys("abcd", 5.0), 5, 2)
    assert drawn
    assert drawn.own.startswith("180.0,45.0")
    assert drawn.before.startswith("180.0,129.0")
