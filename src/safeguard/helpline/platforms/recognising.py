"""Which platform an address is of, by its host: `hosts` of `tenants/platforms.toml`.

The host is compared label by label from its end, in ASCII: what only looks like one (`xn--`), has one before its own
name (`tiktok.com.example`) or in front of an `@` is not it. The nearest that is written down counts: `docs.google.com`
before anything that `google.com` might mean.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from safeguard.tenancy.profile import Profile

ALIKE = "www."
BELOW = "*."


def platform_of(profile: Profile, host: str) -> str:
    """The code of the platform; empty for a host that no platform has."""
    exact, below = _known(profile)
    if found := exact.get(host.removeprefix(ALIKE)) or exact.get(host):
        return found
    return next((below[parent] for parent in _parents(host) if parent in below), "")


@cache
def _known(profile: Profile) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Hosts that mean themselves, and hosts that mean every one below them too."""
    pairs = [(host, platform.code) for platform in profile.platforms.values() for host in platform.hosts]
    below = {host.removeprefix(BELOW): code for host, code in pairs if host.startswith(BELOW)}
    return {host: code for host, code in pairs if not host.startswith(BELOW)}, below


def _parents(host: str) -> Iterator[str]:
    """A host, then what stands above it, the nearest first."""
    labels = host.split(".")
    return (".".join(labels[at:]) for at in range(len(labels) - 1))
