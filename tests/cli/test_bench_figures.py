"""The arithmetic of the benchmarks: what a median of pairs says, and when a goal is met."""

from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard import clock, work
from safeguard.access.roles import Role
from safeguard.cli.bench import filling
from safeguard.cli.bench.crowding import INCIDENTS, make_crowd, session_of
from safeguard.cli.bench.measuring import Figure, Goal, bounded, in_pairs, interval_of_median
from safeguard.cli.bench.scratch import Scratch
from safeguard.cli.bench.weighing import FOR_OTHER_LETTERS, WITHIN
from safeguard.incidents.queries import list_incidents
from safeguard.insights.casework import read_casework
from safeguard.insights.combining import read_combined
from safeguard.insights.narrowing import find_narrowed
from safeguard.tenancy.profiles import profile_of


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=40))
def test_the_interval_holds_the_median_and_lies_within_the_values(values):
    low, high = interval_of_median(values)
    assert min(values) <= low <= sorted(values)[(len(values) - 1) // 2] <= high <= max(values)


def test_seven_pairs_leave_out_the_two_ends():
    assert interval_of_median([1, 2, 3, 4, 5, 6, 7]) == (1, 7)
    assert interval_of_median(list(range(1, 12))) == (3, 9)


def test_a_goal_is_met_by_the_better_end_of_the_interval():
    assert Goal(0.55, "higher").met_by(0.4, 0.56)
    assert not Goal(0.55, "higher").met_by(0.4, 0.54)
    assert Goal(2.5, "lower").met_by(2.4, 3.0)
    assert not Goal(2.5, "lower").met_by(2.6, 3.0)


def test_a_ratio_is_taken_pair_by_pair_so_that_a_slow_machine_slows_both():
    figure = Figure("x", "x", "per second", [50, 100, 25], [100, 200, 50], Goal(0.5, "higher"))
    assert (figure.ratio, figure.interval, figure.met) == (0.5, (0.5, 0.5), True)


def test_pairs_take_turns_and_the_first_does_not_count():
    seen: list[str] = []

    def tell(name: str) -> float:
        seen.append(name)
        return float(len(seen))

    ours, limit = in_pairs(2, lambda: tell("ours"), lambda: tell("limit"))
    assert seen == ["ours", "limit", "ours", "limit", "limit", "ours"]
    assert (ours, limit) == ([3, 6], [4, 5])


def test_a_goal_that_is_an_amount_is_a_bound_for_every_value():
    figure = Figure("start", "x", "s", [2.0, 4.0], bounded(3.0, [2.0, 4.0]), Goal(1, "lower"))
    assert figure.limit == [3.0, 3.0]
    assert (figure.ratio, figure.met) == (1.0, True)
    assert not Figure("start", "x", "s", [4.0], bounded(3.0, [4.0]), Goal(1, "lower")).met


@pytest.mark.anyio
async def test_every_organisation_of_a_crowd_is_one_to_sign_in_to_and_to_record_in(addresses, key, database, data):
    service = Scratch(data, addresses, key, 0, clock.new_id(), clock.new_id(), "")
    with service.as_owner() as owner:
        make_crowd(owner, 3)
    for number in (1, 3):
        async with work.enter_session(session_of(number)) as (unit, row):
            assert row["organisation_slug"] == f"crowd-{number}"
            listed = await list_incidents(unit)
            assert len(listed) == INCIDENTS
            unit.record("incident.viewed", listed[0].id)
        async with work.enter_token(sha256(f"token-{number}".encode()).digest()) as (unit, _):
            assert await unit.driver.fetchval("select size from audit.logs where log = 'general'") == 1


@pytest.mark.anyio
async def test_incidents_that_are_measured_have_a_year_group_actions_past_their_day_and_referrals(
    someone, addresses, key, data
):
    lead = await someone(Role.LEAD)
    values = {"organisation": lead.organisation_id, "lead": lead.user_id, "count": 200, "apart": filling.APART}
    with Scratch(data, addresses, key, 0, lead.organisation_id, clock.new_id(), "").as_owner() as owner:
        for statement in (
            filling.INCIDENTS, filling.LISTED, filling.PEOPLE, filling.LESSONS, filling.ACTIONS, filling.REFERRALS,
            filling.ADDRESSES,
        ):  # fmt: skip
            owner.execute(statement, values)
    async with work.begin(lead) as unit:
        [ninth] = find_narrowed(["year:09"], profile_of("school"))
        assert (await read_combined(unit, (ninth,), "2000-01", "2099-12")).total("total") == 80
        today = clock.now().date()
        found = await read_casework(unit, today, today - timedelta(days=30), today + timedelta(days=2))
        assert (found.overdue, found.referred, found.addresses, found.addresses_gone) == (50, 1, 3, 3)


def test_a_face_for_letters_beyond_english_weighs_nothing():
    face = b'@font-face{src:url("%s.woff2") format("woff2");unicode-range:%s}'
    style = face % (b"latin", b"U+0000-00FF, U+0131") + face % (b"latin-ext", b"U+0100-02BA") + b"a{color:red}"
    needed = FOR_OTHER_LETTERS.sub(b"", style)
    assert WITHIN.findall(needed) == [b"latin.woff2"]
    assert needed.endswith(b"a{color:red}")
