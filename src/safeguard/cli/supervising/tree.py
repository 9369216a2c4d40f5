"""The tree: parts started in order, watched, started again when they die, and ended in the reverse order."""

import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from safeguard.cli.supervising.backing_off import BackOff
from safeguard.cli.supervising.ending import describe_end, end_group, has_ended
from safeguard.cli.supervising.logs import Reader, Watch, last_line, warnings
from safeguard.errors import DomainError, Unavailable

TICK = 0.05
PATIENCE = 90.0
"""Seconds in which a part must get ready."""

Process = subprocess.Popen[bytes]


class PartFailed(Unavailable):
    """A part of the tree cannot start."""


@dataclass(frozen=True)
class Part:
    """One child: how it is started and ended, and when it counts as ready."""

    name: str
    log: Path
    start: Callable[[], Process]
    end: Callable[[Process], None] = end_group
    ready: Callable[[], bool] = lambda: True
    reader: Reader = warnings


@dataclass
class Running:
    """A part with its process, or with the time at which it gets a new one."""

    part: Part
    watch: Watch
    back_off: BackOff = field(default_factory=BackOff)
    process: Process | None = None
    due: float = 0.0
    batch: int = 0
    """Which call of `start` it belongs to: what was started together is ended together."""


class Tree:
    """All parts; `say` puts a line on the terminal. Use it from the main thread (see `embedded.launching`)."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.running: list[Running] = []

    @contextmanager
    def alive(self) -> Generator[None]:
        """Ends whatever was started in the block, last part first, however the block is left."""
        try:
            yield
        finally:
            self.end()

    def start(self, *parts: Part) -> None:
        """Start these at once and return when all are ready; `PartFailed` says which one did not get there, and why."""
        batch = len(self.running)
        for part in parts:
            running = Running(part, Watch(part.log, part.reader), batch=batch)
            self.running.append(running)
            _start(running)
        starting = self.running[-len(parts) :]
        deadline = time.monotonic() + PATIENCE
        # All are asked each time: one that ends while others get ready has not started either.
        while late := [each for each in starting if not _is_ready(each)]:
            if time.monotonic() > deadline:
                part = late[0].part
                raise PartFailed(f"{part.name} did not get ready in {PATIENCE:.0f} seconds. Its log is {part.log}.")
            self.look_after()
            time.sleep(TICK)

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Look after the parts until the condition holds (or a signal raises)."""
        while not until():
            self.look_after()
            time.sleep(TICK)

    def look_after(self) -> None:
        """Notice the dead, start again those whose wait is over, and pass on what they warn of."""
        for running in self.running:
            for line in running.watch.look():
                self.say(f"{running.part.name}: {line}")
            if running.process is not None and has_ended(running.process):
                self._mourn(running, running.process)
            elif running.process is None and time.monotonic() >= running.due:
                self._start_again(running)

    def end(self) -> None:
        """End everything, what was started last first; nothing of the tree is left when this returns."""
        for _, batch in groupby(reversed(self.running), key=lambda running: running.batch):
            _end_together([(each.part, each.process) for each in batch if each.process is not None])
        self.running.clear()

    def _mourn(self, running: Running, process: Process) -> None:
        running.part.end(process)  # whoever it started goes with it
        running.process = None
        self._postpone(running, describe_end(process))

    def _postpone(self, running: Running, what: str) -> None:
        wait = running.back_off.fail()
        running.due = time.monotonic() + wait
        self.say(f"{running.part.name} {what}. Starting it again in {wait:.3g} s. Its log is {running.part.log}.")

    def _start_again(self, running: Running) -> None:
        try:
            _start(running)
        except (DomainError, OSError) as error:
            self._postpone(running, f"could not start: {error}")
        else:
            self.say(f"{running.part.name} was started again.")


def _end_together(batch: list[tuple[Part, Process]]) -> None:
    for _, process in batch:
        if not has_ended(process):
            process.terminate()  # so that nobody waits for the others' last work before beginning their own
    for part, process in batch:
        part.end(process)


def _start(running: Running) -> None:
    running.back_off.start()
    running.process = running.part.start()


def _is_ready(running: Running) -> bool:
    part, process = running.part, running.process
    if process is None or has_ended(process):
        raise PartFailed(f"{part.name} could not start: {last_line(part.log)} (from {part.log})")
    return part.ready()
