"""Where a request is: the organisation's profile, today there, and a day so many months on."""

from safeguard.standards.cycle import due_at, months_on
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.profiles import profile_of
from safeguard.web import exchange

__all__ = ["A_YEAR", "due_at", "months_of", "months_on", "own_profile"]
A_YEAR = 12


def own_profile() -> Profile:
    """The profile of whoever entered; only for routes that somebody signed in, or a token, has entered."""
    viewer = exchange.current().viewer
    if viewer is None:
        raise RuntimeError("nobody has entered")
    return profile_of(viewer.organisation.kind, viewer.organisation.nation)


def months_of(profile: Profile, clock: str) -> int:
    """How many months a clock of the profile gives: a year where it has none (DfE and KCSIE: review every year)."""
    limit = profile.clocks.get(clock)
    return limit.value if limit and limit.unit == "months" else A_YEAR
