"""Counts and times per route, for Prometheus, on a port of their own that faces no public network.

Labels are the route's template, the method and the status: never a path, an organisation or a person.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

REGISTRY = CollectorRegistry()

REQUESTS = Counter("safeguard_requests", "Requests answered.", ("method", "route", "status"), registry=REGISTRY)
SECONDS = Histogram(
    "safeguard_request_seconds",
    "Time until the answer was sent.",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30),
    registry=REGISTRY,
)
IN_FLIGHT = Gauge("safeguard_requests_in_flight", "Requests being answered.", registry=REGISTRY)


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """A request was answered."""
    REQUESTS.labels(method, route or "(none)", status).inc()
    SECONDS.labels(method, route or "(none)").observe(seconds)


@contextmanager
def serving_on(port: int | None, host: str = "127.0.0.1") -> Iterator[int | None]:
    """Answer `/metrics` on `port` (0: any that is free) inside the block; nothing without a port."""
    if port is None:
        yield None
        return
    server, thread = start_http_server(port, addr=host, registry=REGISTRY)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()
