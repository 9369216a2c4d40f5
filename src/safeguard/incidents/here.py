"""Where a request is: the organisation's profile in its nation's words, its time zone, and today there."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from safeguard import clock
from safeguard.incidents.presenting import Presenter
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
    def zone(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.organisation.time_zone)

    @property
    def today(self) -> date:
        """Today, there."""
        return clock.now().astimezone(self.zone).date()

    @property
    def presenter(self) -> Presenter:
        """What puts things into its words."""
        return Presenter(self.profile, self.zone, clock.now())


def here() -> Here:
    """Where this request is; only for routes that somebody signed in, or a token, has entered."""
    viewer = exchange.current().viewer
    if viewer is None:
        raise RuntimeError("nobody has entered")
    return Here(viewer.organisation, profile_of(viewer.organisation.kind, viewer.organisation.nation))
