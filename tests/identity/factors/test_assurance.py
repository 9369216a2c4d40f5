"""Which factors together are enough, and what one alone opens: exactly the way in, for whoever only reports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard import clock
from safeguard.access import assurance, policy
from safeguard.access.actors import Actor, ActorKind
from safeguard.access.policy import Permission
from safeguard.access.roles import Role

KINDS = sorted(assurance.WHOLE | assurance.FIRST | assurance.SECOND)


@given(st.sets(st.sampled_from(KINDS)))
def test_two_are_enough_only_when_one_is_held(shown: set[str]) -> None:
    whole = bool(shown & {"passkey", "provider_two"})
    two = bool(shown & {"password", "provider"}) and bool(shown & {"totp", "recovery", "browser", "invented"})
    assert assurance.satisfied(shown) == (whole or two)


@pytest.mark.parametrize(
    "shown", [[], ["password"], ["provider"], ["password", "provider"], ["totp"], ["recovery", "totp"]]
)
def test_one_kind_of_factor_is_never_two(shown: list[str]) -> None:
    assert not assurance.satisfied(shown)


def test_a_remembered_browser_is_no_step_up() -> None:
    assert assurance.satisfied(["password", "browser"])
    assert not assurance.shown_now(["password", "browser"])


@given(st.sets(st.sampled_from(list(Role)), min_size=1), st.sampled_from(list(Permission)))
def test_with_one_factor_only_a_reporter_hands_something_in(roles: set[Role], permission: Permission) -> None:
    actor = Actor(ActorKind.PERSON, clock.new_id(), clock.new_id(), frozenset(roles), "", assured=False)
    expected = roles == {Role.REPORTER} and permission is Permission.INCIDENT_RECORD
    assert policy.may(actor, permission) == expected
    assert (permission in policy.permissions_of(frozenset(roles), assured=False)) == expected
