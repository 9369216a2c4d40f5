"""One JSON line per request, and one per fault: enough to find a thing again, nothing that tells of a person.

Never content, query strings, names, addresses or tokens: of a fault its kind and the places in our code that it
passed, not its message, which may quote what somebody typed.
"""

import sys
import traceback
from typing import Any

import msgspec
import structlog

from safeguard.web.exchange import Exchange


def configure() -> None:
    """Write JSON lines to standard output, unless the process has its own idea already."""
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=_encoded),
        ],
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
        cache_logger_on_first_use=False,
    )


def _encoded(line: Any, **_: Any) -> bytes:
    """A line as JSON bytes; what JSON does not know is written as its text."""
    return msgspec.json.encode(line, enc_hook=str)


def request_served(served: Exchange, status: int, milliseconds: float) -> None:
    """A request was answered."""
    structlog.get_logger().info(
        "request",
        request_id=str(served.request_id),
        method=served.method,
        route=served.route or "(none)",
        status=status,
        ms=round(milliseconds, 1),
    )


def fault(served: Exchange, fault: BaseException) -> str:
    """Something that nobody meant happened; returns the reference to show."""
    structlog.get_logger().error(
        "fault",
        request_id=str(served.request_id),
        reference=served.reference,
        route=served.route or "(none)",
        kind=[type(one).__name__ for one in _chain(fault)],
        at=_places(fault),
    )
    return served.reference


def _chain(fault: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while fault is not None and len(found) < 5:
        found.append(fault)
        fault = fault.__cause__ or getattr(fault, "orig", None)
    return found


def _places(fault: BaseException) -> list[str]:
    """`file:line function`, innermost last: never the values."""
    frames: list[Any] = list(traceback.extract_tb(fault.__traceback__))[-8:]
    return [f"{frame.filename.rsplit('/site-packages/')[-1]}:{frame.lineno} {frame.name}" for frame in frames]
