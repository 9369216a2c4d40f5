"""Roles in this kind of organisation's words, for whoever looks at a page."""

from collections.abc import Iterable

from safeguard.access.roles import Role
from safeguard.errors import SignInRequired
from safeguard.identity.granting import NEVER_BY_HAND
from safeguard.tenancy.profile import Profile, RoleWording
from safeguard.tenancy.profiles import profile_of
from safeguard.web import exchange


def wordings() -> dict[str, RoleWording]:
    """The roles that may be given here, in this kind of organisation's words."""
    roles = profile().roles
    return {code: wording for code, wording in roles.items() if wording.code not in NEVER_BY_HAND}


def profile() -> Profile:
    """What this kind of organisation is like."""
    viewer = exchange.current().viewer
    if viewer is None:
        raise SignInRequired
    return profile_of(viewer.organisation.kind, viewer.organisation.nation)


def called(roles: Iterable[Role]) -> str:
    """These roles in the organisation's words."""
    named = wordings()
    return ", ".join(named[role].name for role in sorted(roles) if role in named)
