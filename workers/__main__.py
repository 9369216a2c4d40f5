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
from safeguard.strongbox import masters, objects
from safeguard.tenancy.report_forms.history import keep_kind_forms_at

THREADS = 4


def main() -> None:
    """Work until SIGTERM or SIGINT, then finish what is in hand."""
    settings = configuration.load()
    passwords.follow(settings.keys)
    broker = open_broker(settings.broker_url, settings.app_url, consumes=True)
    from workers import actors  # noqa: PLC0415  declared on the broker that was just opened

    asyncio.run(prepare(settings.app_url))
    pool.use(pool.Database(settings.app_url, watch_key(settings.keys / "context"), size=THREADS, overflow=THREADS))
    masters.use(masters.Masters(settings.keys))
    objects.use(objects.open_store(settings.objects_url))
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


async def prepare(app_url: str) -> None:
    """What the web does too before it begins: a worker beside a database that stands open does no work either, and what
    is taken over from files before any page was served is read with the form of this release."""
    connection = await passwords.connect(app_url)
    try:
        await checking.refuse(connection)
    finally:
        await connection.close()
    await keep_kind_forms_at(app_url)


if __name__ == "__main__":
    main()
