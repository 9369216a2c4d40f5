"""Who reads what arrives. This room knows neither end: `app` and the workers bind what a referrer and a helpline do.

    async def receive(work: Work, sender: Correspondent, body: Body) -> None

It runs in the transaction that marks the envelope as received, as the system in the recipient's organisation. It
raises `Refused(code)` before it changes anything when a body makes no sense there (a status for a referral that nobody
made); the sender then learns that it was refused. Any other fault is tried again. It is called once for each envelope.
"""

from typing import Protocol

from safeguard.channel.bodies import Body
from safeguard.channel.correspondents import Correspondent
from safeguard.errors import Unavailable
from safeguard.work import Work

KIND = "select kind from public.organisations where id = (select sec.current_organisation())"


class Receiver(Protocol):
    """Whatever keeps what arrives."""

    async def __call__(self, work: Work, sender: Correspondent, body: Body) -> None:
        """Keep it; raises `Refused` before any change."""
        ...


_bound: dict[str, Receiver] = {}


def bind(*, helpline: Receiver | None = None, referrer: Receiver | None = None) -> None:
    """Say who reads what reaches a helpline, and what reaches everybody else."""
    if helpline:
        _bound["helpline"] = helpline
    if referrer:
        _bound["referrer"] = referrer


async def receiver_here(work: Work) -> Receiver:
    """Who reads in this organisation; raises `Unavailable` while nobody does."""
    side = "helpline" if await work.driver.fetchval(KIND) == "helpline" else "referrer"
    if side not in _bound:
        raise Unavailable
    return _bound[side]
