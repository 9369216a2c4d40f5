"""Cases and addresses go where they may, and nowhere else."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard.helpline import ledger, states
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.states import ENDED, State, may_follow, needs_reason, way_to
from safeguard.helpline.taking import STARTS


def reached(follows, start):
    seen, waiting = {start}, [start]
    while waiting:
        fresh = follows[waiting.pop()] - seen
        seen |= fresh
        waiting += fresh
    return seen


def test_every_state_can_be_reached_from_the_first():
    assert reached(states.FOLLOWS, State.DRAFT) == set(State)
    assert reached(ledger.FOLLOWS, UrlState.LISTED) == set(UrlState)


def test_every_state_leads_to_an_end():
    assert all(reached(states.FOLLOWS, state) & ENDED for state in State)
    assert all(reached(ledger.FOLLOWS, state) & ledger.ENDS for state in UrlState)


def test_whoever_asked_may_withdraw_from_everything_that_has_not_ended():
    assert {state for state in State if may_follow(state, State.WITHDRAWN)} == set(State) - ENDED


def test_what_has_ended_is_only_reopened_and_says_why():
    for state in ENDED:
        assert states.FOLLOWS[state] == {State.TRIAGED}
        assert needs_reason(state, State.TRIAGED)


def test_nothing_is_resolved_before_somebody_has_helped():
    helped = {State.AWAITING_REFERRER, State.ADVICE_GIVEN, State.SIGNPOSTED, State.PLATFORM_RESPONDED}
    assert {state for state in State if may_follow(state, State.RESOLVED)} == helped
    assert {state for state in State if may_follow(state, State.NOT_UPHELD)} == {State.PLATFORM_RESPONDED}


@pytest.mark.parametrize("start", STARTS)
def test_a_call_noted_at_once_has_gone_a_way_that_there_is(start):
    way = way_to(start)
    assert way[0] is State.SUBMITTED and way[-1] is start
    assert all(may_follow(before, after) for before, after in pairwise(way))


@given(st.lists(st.sampled_from(UrlState), max_size=12))
def test_what_was_passed_on_is_never_reported_to_a_platform_again(wanted):
    state, passed = UrlState.LISTED, False
    for after in wanted:
        if ledger.may_follow(state, after):
            assert not (passed and after in ledger.ASKED)
            state, passed = after, passed or after in ledger.PASSED


def test_suspected_child_abuse_imagery_can_be_passed_on_from_wherever_an_address_stands():
    for state in UrlState:
        assert state in ledger.PASSED or ledger.FOLLOWS[state] >= ledger.PASSED
