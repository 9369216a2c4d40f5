"""One ringer per process: a thread that tells the broker of committed jobs, a handful at a time.

Ringing inside the transaction would make commits wait for one another (NOTIFY takes a lock that all share), and
ringing in the request would make a page wait for the broker. A ring that fails is dropped: the reconciler rings again.
"""

import queue
import threading
from uuid import UUID

import structlog
from dramatiq.broker import Broker

from safeguard import bell
from safeguard.jobs.brokers import message_for

CAPACITY = 10_000
"""Rings that may wait; what does not fit is left to the reconciler."""


class Ringer:
    """Answers the process's bell until it is closed."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._waiting: queue.Queue[tuple[UUID, str] | None] = queue.Queue(CAPACITY)
        self._thread = threading.Thread(target=self._run, name="ringer", daemon=True)

    def open(self) -> None:
        """Begin to answer the bell."""
        self._thread.start()
        bell.answer_with(self.ring)

    def close(self) -> None:
        """Ring what waits, then stop."""
        bell.answer_with(None)
        self._waiting.put(None)
        self._thread.join(timeout=5)
        self._broker.close()

    def ring(self, job_id: UUID, kind: str) -> None:
        """Take a ring; returns at once."""
        try:
            self._waiting.put_nowait((job_id, kind))
        except queue.Full:
            structlog.get_logger().warning("bell.full", job=str(job_id))

    def _run(self) -> None:
        while (waiting := self._waiting.get()) is not None:
            job_id, kind = waiting
            try:
                self._broker.enqueue(message_for(str(job_id), kind))
            except Exception as fault:  # noqa: BLE001  the broker may be down in any way; the job row is safe
                structlog.get_logger().warning("bell.unheard", job=str(job_id), fault=type(fault).__name__)
