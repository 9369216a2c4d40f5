"""Every kind of job, and the queue that its bell rings in. The worker's actor bears the same name."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of job is run."""

    queue: str
    attempts: int = 5
    """After so many tries it is parked, with an alarm on the operations page."""


KINDS: Final[dict[str, Kind]] = {
    "pack.make": Kind("packs"),
    "logs.seal": Kind("sealing"),
    "settings.deliver": Kind("delivering"),
}


def kind_of(name: str) -> Kind:
    """The kind of that name; raises `KeyError` for one that nobody registered."""
    if name not in KINDS:
        raise KeyError(f"{name!r} is not a registered job: add it to safeguard.jobs.kinds")
    return KINDS[name]
