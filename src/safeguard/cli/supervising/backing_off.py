"""How long to wait before a part is started again: doubling, and forgiven once it has run for a while."""

import time
from dataclasses import dataclass, field

FIRST = 0.5
LONGEST = 30.0
STEADY = 10.0
"""Seconds of running after which earlier failures no longer count."""


@dataclass
class BackOff:
    """The waits of one part."""

    failures: int = 0
    started: float = field(default_factory=time.monotonic)

    def start(self) -> None:
        """The part was started now."""
        self.started = time.monotonic()

    def fail(self) -> float:
        """The part has ended; seconds to wait before the next start."""
        if time.monotonic() - self.started >= STEADY:
            self.failures = 0
        self.failures += 1
        return min(FIRST * 2.0 ** (self.failures - 1), LONGEST)
