"""Where a request is: the organisation, its profile in its nation's words, and today there."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from safeguard import clock
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.profiles import profile_of
from safeguard.web import exchange
from safeguard.web.viewing import Organisation


@dataclass(frozen=True, slots=True)
class Here:
    """The organisation of this request."""

    organisation: Organisation
    profile: Profile

    @property
    def today(self) -> date:
        """Today, there."""
        return clock.now().astimezone(ZoneInfo(self.organisation.time_zone)).date()


def here() -> Here:
    """Where this request is; only for routes that somebody signed in, or a token, has entered."""
    viewer = exchange.current().viewer
    if viewer is None:
        raise RuntimeError("nobody has entered")
    return Here(viewer.organisation, profile_of(viewer.organisation.kind, viewer.organisation.nation))
