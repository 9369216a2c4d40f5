"""How long a report may wait before it is told of again, and to whoever stands above."""

from datetime import timedelta

from safeguard.tenancy.effective import effective_values, own_profile
from safeguard.tenancy.registry import WAIT, WAIT_IN_DANGER
from safeguard.work import Work


async def may_wait(work: Work, *, danger: bool) -> timedelta:
    """As the organisation chose; where somebody may be in danger never longer than any other report."""
    names = (WAIT_IN_DANGER, WAIT) if danger else (WAIT,)
    chosen = await effective_values(work, names, await own_profile(work))
    return timedelta(minutes=min(int(str(minutes)) for minutes in chosen.values()))
