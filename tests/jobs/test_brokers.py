"""The broker inside PostgreSQL has room for every queue, and for the answers besides."""

from safeguard.jobs.brokers import open_broker
from safeguard.jobs.kinds import KINDS


def test_consumers_of_every_queue_leave_connections_for_the_answers(addresses):
    broker = open_broker(None, addresses.app, consumes=True)
    try:
        held = 2 * len({kind.queue for kind in KINDS.values()}) + 1
        assert broker.pool.max_size >= held + 4
    finally:
        broker.close()
