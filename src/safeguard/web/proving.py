"""Whether somebody who is signed in has shown enough of who they are for this route.

Two factors for everything, but for what a route says: `one_factor=True` opens before the second step (what a reporter
hands in, and the step itself), `one_factor="beginning"` only to a reporter who has no second factor yet. `fresh=True`
asks for a factor shown within five minutes (OWASP ASVS 5.0 §7.5.3): exports, exclusions, disposal, breaking the glass,
keys, roles. A program's token is made and approved beforehand, and is asked nothing. `also=` names a second
permission, where what a route does takes two.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from safeguard import clock
from safeguard.access import assurance, policy
from safeguard.access.actors import ActorKind
from safeguard.access.policy import TAKES_OUT, Permission
from safeguard.errors import OnlyRead, ProofRequired
from safeguard.web.exchange import Exchange
from safeguard.web.viewing import Viewer
from safeguard.work import Work

STAYS_FRESH: Final = timedelta(minutes=5)
BEGINNING: Final = "beginning"
NOTHING_OUT: Final = (
    "You read restricted records in an emergency, so nothing is printed, listed or packed to take away. Stop reading"
    " them first: then everything that is yours is there as before."
)


def check(route: Mapping[str, Any], served: Exchange, unit: Work) -> None:
    """Raise `Forbidden` for whoever may not do this at all, `ProofRequired` for whoever has to show more first.

    `OnlyRead` for who would take a copy away while they read in an emergency: reading is all that they were given.
    """
    needed, viewer = route["permission"], served.viewer
    if isinstance(needed, Permission) and not _could(unit, needed):
        raise unit.refused(needed)
    if isinstance(also := route.get("also"), Permission) and not _could(unit, also):
        raise unit.refused(also)
    if unit.actor.kind is not ActorKind.PERSON or viewer is None:
        return
    if viewer.is_locked and not route.get("unlocks"):
        raise ProofRequired("You were away for a while, so this page was locked. Show that it is you.")
    if not unit.actor.assured and not _opens_with_one(route, viewer, served):
        raise ProofRequired
    if viewer.glass_until and route.get("fresh") and not TAKES_OUT.isdisjoint((needed, also)):
        raise OnlyRead(NOTHING_OUT)
    if route.get("fresh") and not is_fresh(viewer):
        raise ProofRequired


def check_fresh(viewer: Viewer) -> None:
    """Raise `ProofRequired` unless this person showed a factor within the last five minutes."""
    if not is_fresh(viewer):
        raise ProofRequired


def is_fresh(viewer: Viewer) -> bool:
    """Whether this person showed a factor within the last five minutes; a remembered browser shows nothing."""
    shown = viewer.authenticated_at
    return bool(shown and clock.now() - shown <= STAYS_FRESH and assurance.shown_now(viewer.factors))


def _could(unit: Work, needed: Permission) -> bool:
    return unit.may(needed) or policy.may_with_two(unit.actor, needed)


def _opens_with_one(route: Mapping[str, Any], viewer: Viewer, served: Exchange) -> bool:
    opens, needed = route.get("one_factor"), route["permission"]
    if opens == BEGINNING:
        return not viewer.enrolled and not policy.needs_two(viewer.actor.roles)
    if not opens or (served.method == "GET" and "draft=" in served.query):
        return False  # a draft holds what was written before
    return not isinstance(needed, Permission) or policy.may_with_one(viewer.actor.roles, needed)
