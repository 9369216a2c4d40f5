"""Where a request is: the organisation's profile, and the frameworks in its words."""

from safeguard.errors import NotFound
from safeguard.standards.framework import Control, Framework
from safeguard.standards.frameworks import framework_of, offered
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.profiles import profile_of
from safeguard.web import exchange


def own_profile() -> Profile:
    """The profile of whoever entered; only for routes that somebody signed in, or a token, has entered."""
    viewer = exchange.current().viewer
    if viewer is None:
        raise RuntimeError("nobody has entered")
    return profile_of(viewer.organisation.kind, viewer.organisation.nation)


def own_frameworks() -> tuple[Framework, ...]:
    """What this kind of organisation may review itself against, in its words."""
    return offered(own_profile())


def own_framework(code: str) -> Framework:
    """The framework of that code in the organisation's words; raises `NotFound`."""
    framework = framework_of(code, own_profile())
    if framework is None:
        raise NotFound
    return framework


def own_control(framework: Framework, code: str) -> Control:
    """A control of it; raises `NotFound`."""
    control = framework.control(code)
    if control is None:
        raise NotFound
    return control
