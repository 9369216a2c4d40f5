"""The worker process: `python -m workers`, which `safeguard worker` starts.

One process, a few threads that wait for messages, one event loop in which all actors run.
"""

import asyncio
import signal
import threading

import structlog
from dramatiq.worker import Worker

from safeguard import settings as configuration
from safeguard.database import checking, passwords, pool
from safeguard.database.context import watch_key
from safeguard.jobs.brokers import open_broker
from safeguard.jobs.ringing import Ringer
from safeguard.strongbox import masters

THREADS = 4


def main() -> None:
    """Work until SIGTERM or SIGINT, then finish what is in hand."""
    settings = configuration.load()
    passwords.follow(settings.keys)
    broker = open_broker(settings.broker_url, settings.app_url, consumes=True)
    from workers import actors  # noqa: PLC0415  declared on the broker that was just opened

    asyncio.run(_refuse_open_tables(settings.app_url))
    pool.use(pool.Database(settings.app_url, watch_key(settings.keys / "context"), size=THREADS, overflow=THREADS))
    masters.use(masters.Masters(settings.keys))
    ringer = Ringer(broker)
    ringer.open()
    worker = Worker(broker, worker_threads=THREADS, worker_timeout=1000)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())
    worker.start()
    structlog.get_logger().info("worker.ready", actors=sorted(actors.NAMES))
    stopping.wait()
    worker.stop()
    ringer.close()


async def _refuse_open_tables(app_url: str) -> None:
    """The question that the web asks too: a worker beside a database that stands open does no work either."""
    connection = await passwords.connect(app_url)
    try:
        await checking.refuse(connection)
    finally:
        await connection.close()


if __name__ == "__main__":
    main()
