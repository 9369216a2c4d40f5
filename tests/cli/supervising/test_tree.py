"""The tree of processes, tried with small real programs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import psutil
import pytest

from safeguard.cli.supervising.backing_off import LONGEST, BackOff
from safeguard.cli.supervising.ending import end_group
from safeguard.cli.supervising.logs import open_log
from safeguard.cli.supervising.tree import Part, PartFailed, Process, Tree
from safeguard.database.embedded.launching import launched

SRC = Path(__file__).parents[3] / "src"

LASTING = "import time; print('here'); time.sleep(60)"
WITH_CHILD = (
    "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); p.wait()"
)
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); time.sleep(60)"
)

SUPERVISOR = """
import sys
from pathlib import Path
from safeguard.cli.supervising.tree import Tree
from tests.cli.supervising.test_tree import LASTING, WITH_CHILD, part
tree = Tree(print)
with tree.alive():
    tree.start(part("one", LASTING, Path(sys.argv[1])), part("two", LASTING, Path(sys.argv[1])))
    print(*(each.process.pid for each in tree.running), flush=True)
    tree.watch()
"""


def part(name: str, text: str, logs: Path, end: Callable[[Process], None] = end_group) -> Part:
    """A part that runs Python text."""
    log = logs / f"{name}.log"

    def start() -> Process:
        with open_log(log) as file:
            return subprocess.Popen(launched([sys.executable, "-c", text]), stdout=file, stderr=file, process_group=0)

    return Part(name, log, start, end)


def number(tree: Tree) -> int:
    """The process number of the first part."""
    process = tree.running[0].process
    return process.pid if process else 0


def said(log: Path, word: str) -> bool:
    """Whether the log has the word."""
    return word in log.read_text()


def test_a_part_that_is_killed_is_started_again_and_both_are_said(tmp_path: Path) -> None:
    lines: list[str] = []
    tree = Tree(lines.append)
    with tree.alive():
        tree.start(part("web", LASTING, tmp_path))
        first = number(tree)
        os.kill(first, signal.SIGKILL)
        tree.watch(until=lambda: number(tree) not in (0, first))
    assert lines[0].startswith("web was killed (signal 9, SIGKILL). Starting it again in 0.5 s.")
    assert lines[1] == "web was started again."


def test_each_wait_is_twice_the_one_before_up_to_half_a_minute() -> None:
    back_off = BackOff()
    assert [back_off.fail() for _ in range(3)] == [0.5, 1.0, 2.0]
    assert [back_off.fail() for _ in range(10)][-1] == LONGEST


def test_a_part_that_ran_for_long_is_forgiven() -> None:
    back_off = BackOff()
    back_off.fail()
    back_off.fail()
    back_off.started = time.monotonic() - 3600
    assert back_off.fail() == 0.5


def test_a_part_that_cannot_start_says_why_and_the_others_end(tmp_path: Path) -> None:
    tree = Tree(print)
    with pytest.raises(PartFailed, match=r"worker could not start: no such broker \(from .*worker.log\)"), tree.alive():
        slow = replace(part("web", LASTING, tmp_path), ready=lambda: False)
        tree.start(slow, part("worker", "raise SystemExit('no such broker')", tmp_path))
    assert tree.running == []


def test_ending_leaves_nobody_not_even_grandchildren(tmp_path: Path) -> None:
    tree = Tree(print)
    with tree.alive():
        tree.start(part("web", WITH_CHILD, tmp_path))
        leader = psutil.Process(number(tree))
        tree.watch(until=lambda: bool(leader.children()))
        family = [leader, *leader.children()]
    assert [each for each in family if each.is_running() and each.status() != psutil.STATUS_ZOMBIE] == []


def test_grandchildren_of_a_killed_part_go_with_it(tmp_path: Path) -> None:
    tree = Tree(lambda line: None)
    with tree.alive():
        tree.start(part("web", WITH_CHILD, tmp_path))
        leader = psutil.Process(number(tree))
        tree.watch(until=lambda: bool(leader.children()))
        (child,) = leader.children()
        leader.kill()
        tree.watch(until=lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_a_part_that_will_not_end_is_made_to(tmp_path: Path) -> None:
    tree = Tree(print)
    with tree.alive():
        tree.start(part("web", STUBBORN, tmp_path, end=partial(end_group, grace=0.1)))
        process = psutil.Process(number(tree))
        tree.watch(until=lambda: said(tmp_path / "web.log", "here"))
    assert not process.is_running()


def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    words = [sys.executable, "-c", SUPERVISOR, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": f"{SRC}{os.pathsep}{SRC.parent}"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as supervisor:
        assert supervisor.stdout is not None
        children = [psutil.Process(int(each)) for each in supervisor.stdout.readline().split()]
        supervisor.kill()
    gone, alive = psutil.wait_procs(children, timeout=60)
    assert (len(gone), alive) == (2, [])


def test_what_a_part_warns_of_reaches_the_terminal(tmp_path: Path) -> None:
    lines: list[str] = []
    tree = Tree(lines.append)
    text = "print('INFO all is well'); print('WARNING: disk nearly full', flush=True); import time; time.sleep(60)"
    with tree.alive():
        tree.start(part("web", text, tmp_path))
        tree.watch(until=lambda: bool(lines))
    assert lines == ["web: WARNING: disk nearly full"]
