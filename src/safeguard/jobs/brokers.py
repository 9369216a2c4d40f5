"""The broker behind the bell: PostgreSQL as it stands, RabbitMQ or Redis when one is configured.

Messages carry a job's id and nothing else. Retries, dead letters and results of the broker's own are off: the job row
is the truth. The PostgreSQL broker is tuned so that a killed worker's messages come back within seconds.
"""

import importlib
from functools import partial
from typing import Any, Final

import dramatiq
from dramatiq.broker import Broker
from dramatiq.message import Message
from dramatiq.middleware import AsyncIO, Middleware, ShutdownNotifications, TimeLimit
from dramatiq_postgres import PostgresBroker

from safeguard.database import passwords
from safeguard.jobs.kinds import KINDS, kind_of

HOUR = 3_600_000
"""Milliseconds: the longest that one job may run."""

OTHERS: Final[dict[str, tuple[str, str, dict[str, Any]]]] = {
    "amqp": ("dramatiq.brokers.rabbitmq", "RabbitmqBroker", {"confirm_delivery": True}),
    "amqps": ("dramatiq.brokers.rabbitmq", "RabbitmqBroker", {"confirm_delivery": True}),
    "redis": ("dramatiq.brokers.redis", "RedisBroker", {"heartbeat_timeout": 15_000, "maintenance_chance": 1_000_000}),
    "rediss": ("dramatiq.brokers.redis", "RedisBroker", {"heartbeat_timeout": 15_000, "maintenance_chance": 1_000_000}),
}
"""Scheme -> module, class and options; loaded by name, because their drivers are extras."""


def open_broker(url: str | None, app_url: str, *, consumes: bool) -> Broker:
    """The broker at `url`, or the one inside the app's own database; `consumes` for a worker."""
    middleware: list[Middleware] = [TimeLimit(time_limit=HOUR), ShutdownNotifications(), AsyncIO()]
    if url is None:
        broker: Broker = PostgresBroker(
            url=app_url, results=False, listen=consumes, middleware=middleware,
            heartbeat_interval=5, heartbeat_ttl=15, maintenance_interval=5,
        )  # fmt: skip
        broker.pool.conninfo = partial(passwords.address_now, app_url)  # asked for each connection
        broker.pool.resize(broker.pool.min_size, most_connections())
    else:
        module, name, options = OTHERS[url.partition(":")[0]]
        broker = getattr(importlib.import_module(module), name)(url=url, middleware=middleware, **options)
    dramatiq.set_broker(broker)
    return broker


def most_connections() -> int:
    """Each queue keeps two (what is due, what is delayed) and the notifier one; the rest is for asking and answering.

    With fewer, the consumers hold them all: messages are taken, and none can ever be answered.
    """
    return 2 * len({kind.queue for kind in KINDS.values()}) + 9


def message_for(job_id: str, kind: str) -> Message[None]:
    """The ring for one job: its id, addressed to the actor of its kind."""
    return Message(queue_name=kind_of(kind).queue, actor_name=kind, args=(job_id,), kwargs={}, options={})
