"""Being told to end: Ctrl-C, SIGTERM, or the terminal that goes away."""

import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop(BaseException):
    """Raised in the main thread, wherever it waits, by the first signal. Not an Exception: nobody handles it by chance.

    What it interrupts cleans up as after any failure; a child that nobody had noted yet ends with us (`launching`).
    """


@contextmanager
def stoppable() -> Generator[None]:
    """Raise `Stop` in the block on the first signal; further ones are ignored, since the end is under way."""

    def stop(number: int, frame: FrameType | None) -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise Stop

    before = {number: signal.signal(number, stop) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
