"""What people have in hand, as the application binds it."""

from collections.abc import Iterator
from contextlib import contextmanager

from safeguard.identity import parting
from safeguard.identity.parting import Charge


@contextmanager
def in_hand(*charges: Charge) -> Iterator[None]:
    """Let these be what is asked for; afterwards what was asked for before."""
    before = list(parting._charges)
    parting.bind(*charges)
    try:
        yield
    finally:
        parting.bind(*before)
