"""The relay process: turns the schedule into jobs, and rings again for what waits, until it is told to stop."""

import asyncio
import signal

import structlog

from safeguard.database import checking, passwords
from safeguard.database.context import watch_key
from safeguard.database.pool import Database
from safeguard.jobs.brokers import open_broker
from safeguard.jobs.reconciling import ring_again
from safeguard.jobs.ringing import Ringer
from safeguard.jobs.scheduling import ask_for_due, write_schedule
from safeguard.settings import Settings

TICK = 5.0
"""Seconds between two looks."""


def run(settings: Settings) -> None:
    """Relay until SIGTERM or SIGINT."""
    passwords.follow(settings.keys)
    ringer = Ringer(open_broker(settings.broker_url, settings.relay_url, consumes=False))
    ringer.open()
    try:
        asyncio.run(_relay(settings))
    finally:
        ringer.close()


async def _relay(settings: Settings) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    relay = Database(settings.relay_url, watch_key(settings.keys / "context"), size=2, overflow=0)
    async with relay.connection() as connection:
        await checking.refuse(connection)
    await write_schedule(relay)
    while not stopping.is_set():
        await _look(relay)
        try:
            await asyncio.wait_for(stopping.wait(), TICK)
        except TimeoutError:
            continue
    await relay.close()


async def _look(relay: Database) -> None:
    """One look; a database that is away for a moment is no reason to end."""
    try:
        await ask_for_due(relay)
        await ring_again(relay)
    except Exception as fault:  # noqa: BLE001  the next look may find it mended
        structlog.get_logger().warning("relay.missed", fault=type(fault).__name__)
