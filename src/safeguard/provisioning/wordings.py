"""The roles that may be given here, in this kind of organisation's words."""

from safeguard.access.roles import Role
from safeguard.errors import SignInRequired
from safeguard.identity.granting import NEVER_BY_HAND
from safeguard.tenancy.profile import RoleWording
from safeguard.tenancy.profiles import profile_of
from safeguard.web import exchange


def wordings() -> dict[str, RoleWording]:
    """Code -> wording, for the organisation whose page this is."""
    viewer = exchange.current().viewer
    if viewer is None:
        raise SignInRequired
    roles = profile_of(viewer.organisation.kind, viewer.organisation.nation).roles
    return {code: wording for code, wording in roles.items() if wording.code not in NEVER_BY_HAND}


def name_of(role: Role) -> str:
    """What the role is called here; its plain name outside of any request."""
    viewer = exchange.current().viewer
    roles = profile_of(viewer.organisation.kind, viewer.organisation.nation).roles if viewer else {}
    return roles[role].name if role in roles else role.value.replace("_", " ")
