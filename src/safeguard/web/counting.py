"""Counting requests: by address, by session or token, by organisation; the numbers are in `limits`.

A bucket leaks at the rate of its limit and refuses when it is full. It lies in this process, so that an ordinary
request costs a look into a dictionary and nothing else. A bucket that is an eighth full is told to the database about
once a second, which adds up what all processes told and answers with the sum: so the limit holds over all of them, but
for an eighth each and for what comes within that second.

Road not taken: a row per request, as for wrong passwords. It would be exact, and cost every page a write.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from math import ceil
from typing import Final

import asyncpg

from safeguard.database import pool
from safeguard.errors import TooManyRequests
from safeguard.web import keys
from safeguard.web.limits import Rate

SHARE: Final = "select identity.share_counts($1, $2, $3)"
SHARED_FROM: Final = 1 / 8
"""How full a bucket is before other processes hear of it."""
EVERY: Final = 1.0
"""Seconds between two tellings of one bucket."""
MOST: Final = 20_000
"""Buckets that are kept; then those that have leaked away are let go of."""
TOO_MANY: Final = "There were more requests than one place sends by hand. Wait a few seconds and try again."

Share = Callable[[bytes, int, int], Awaitable[int]]
"""Key, what is new, how many leak away in a minute -> how full the bucket of all processes is."""


@dataclass(slots=True)
class Bucket:
    """How full, since when, and how much of it nobody else knows of."""

    level: float
    at: float
    untold: int = 0
    told_at: float = float("-inf")


class Counter:
    """The buckets of this process."""

    def __init__(self, share: Share, now: Callable[[], float] = time.monotonic) -> None:
        self._share = share
        self._now = now
        self._buckets: dict[bytes, Bucket] = {}
        self._telling: set[asyncio.Task[None]] = set()

    def count(self, rate: Rate, who: bytes, weight: int = 1) -> None:
        """Let one request in; raises `TooManyRequests` when there were too many."""
        key, leak = keys.current().tag(f"requests {rate.per}", who), rate.minute / 60
        bucket = self._filled(key, leak)
        if bucket.level + weight > rate.minute:
            raise TooManyRequests(TOO_MANY, retry_after=max(1, ceil((bucket.level + weight - rate.minute) / leak)))
        bucket.level += weight
        bucket.untold += weight
        if bucket.level > rate.minute * SHARED_FROM and bucket.at - bucket.told_at >= EVERY:
            bucket.told_at = bucket.at
            task = asyncio.ensure_future(self._tell(key, bucket, rate.minute))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    def _filled(self, key: bytes, leak: float) -> Bucket:
        moment = self._now()
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= MOST:
                self._let_go(moment)
            bucket = self._buckets[key] = Bucket(0.0, moment)
        bucket.level = max(0.0, bucket.level - (moment - bucket.at) * leak)
        bucket.untold = min(bucket.untold, ceil(bucket.level))  # what has leaked away here is nobody's business
        bucket.at = moment
        return bucket

    def _let_go(self, moment: float) -> None:
        """A minute is what any bucket needs to leak away; when none did, all begin anew: memory has an end."""
        kept = {key: bucket for key, bucket in self._buckets.items() if moment - bucket.at < 60}
        self._buckets = kept if len(kept) < MOST else {}

    async def _tell(self, key: bytes, bucket: Bucket, minute: int) -> None:
        """Tell what is new here, and learn the sum. Without a database each process counts alone."""
        untold, bucket.untold = bucket.untold, 0
        try:
            total = await self._share(key, untold, minute)
        except (OSError, RuntimeError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            bucket.untold += untold
            return
        bucket.level = max(bucket.level, total + bucket.untold)

    async def settled(self) -> None:
        """Wait until nothing is being told."""
        await asyncio.gather(*self._telling)


async def _with_the_others(key: bytes, untold: int, minute: int) -> int:
    async with pool.current().connection() as connection:
        total = await connection.fetchval(SHARE, key, untold, minute)
        await connection.execute(pool.COMMIT)
    return int(total or 0)


def address_of(client: str) -> bytes | None:
    """What a caller's address is counted under; None for this very machine, and where there is none."""
    try:
        address = ip_address(client)
    except ValueError:
        return client.encode("utf-8", "replace") or None
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_loopback:
        return None
    return str(IPv6Address(int(address) >> 64 << 64) if isinstance(address, IPv6Address) else address).encode()


_current: Counter | None = None


def use(counter: Counter | None) -> None:
    """Make this the counter of this process; None counts nothing."""
    global _current  # noqa: PLW0603  one counter per process
    _current = counter


def together() -> Counter:
    """A counter that shares with the other processes of this deployment."""
    return Counter(_with_the_others)


def count(rate: Rate, who: bytes | None, weight: int = 1) -> None:
    """Count a request of `who`, where this process counts at all; raises `TooManyRequests`."""
    if _current is not None and who is not None:
        _current.count(rate, who, weight)
