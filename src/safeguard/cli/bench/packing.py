"""`pack`: evidence packs over ten, a thousand and a hundred thousand entries, made by the service's own worker.

Against the time to verify it, by `safeguard verify` in a process of its own; and what the worker and the verifier hold
in memory at a hundred thousand entries, against what they hold at a thousand.
"""

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from statistics import median

from safeguard import clock
from safeguard.cli.bench.filling import lengthen
from safeguard.cli.bench.measuring import Figure, Goal
from safeguard.cli.bench.scratch import Scratch
from safeguard.cli.bench.whole import PATIENCE, Whole, scratch_whole

LENGTHS = (10, 1_000, 100_000)
"""Entries of the log, about: what an organisation has anyway comes on top."""
MOST = 3
"""Packs at most."""
REPORT = {"narrative": "A group chat was shown to a member of staff after lesson five."}
VERIFY = (
    "import resource, subprocess, sys, time; began = time.perf_counter();"
    " status = subprocess.run([sys.executable, '-m', 'safeguard.cli', 'verify', '--no-memory', sys.argv[1]],"
    " stdout=subprocess.DEVNULL).returncode;"
    " print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, status)"
)
"""Of an unknown key `verify` says so: what it costs is the same."""


def pack(pairs: int) -> list[Figure]:
    """Seconds to make against seconds to verify, at each length; kilobytes of the longest against the middle one's."""
    figures: list[Figure] = []
    memories: list[tuple[float, float]] = []
    with scratch_whole() as service:
        for length in LENGTHS:
            token = _organisation(service, f"long-{length}", length)
            file = service.data / f"{length}.zip"
            rounds = [_one(service, token, file) for _ in range(min(pairs, MOST))]
            made, checked, memory = (list(each) for each in zip(*rounds, strict=True))
            memories.append((_worker_peak(service), max(memory)))
            figures.append(_speed(length, made, checked))
    return [*figures, *_memory(memories)]


def _speed(length: int, made: list[float], checked: list[float]) -> Figure:
    rate = {"verified entries per second": length / median(checked)}
    what = f"a pack of {length:,} entries, made against verified"
    return Figure(f"pack-{length}", what, "s", made, checked, Goal(10, "lower"), rate)


def _memory(memories: list[tuple[float, float]]) -> list[Figure]:
    """Both hold the same whatever the log's length is: what is read goes through them, and is not kept."""
    (worker_before, before), (worker, verifier) = memories[-2:]
    flat, what = Goal(1.5, "lower"), f"{LENGTHS[-1]:,} entries against {LENGTHS[-2]:,}"
    return [
        Figure("pack-worker", f"the worker's memory, {what}", "MB", [worker], [worker_before], flat),
        Figure("pack-verifier", f"the verifier's memory, {what}", "MB", [verifier], [before], flat),
    ]


def _organisation(service: Whole, slug: str, length: int) -> str:
    """An organisation whose log is so long, with one incident; its token."""
    scratch, token = service.organisation(slug)
    service.ask(token, "POST", "/api/v1/incidents", REPORT)
    _lengthened(scratch, length)
    return token


def _lengthened(scratch: Scratch, length: int) -> None:
    with scratch.as_owner() as owner:
        for _ in range(length // 500):
            lengthen(owner, scratch, 500)


def _one(service: Whole, token: str, file: Path) -> tuple[float, float, float]:
    """Seconds to make one, seconds to verify it, and megabytes that verifying took."""
    began = time.perf_counter()
    today = clock.now().date()
    period = {"from": str(today - timedelta(days=30)), "to": str(today)}
    asked = service.ask(token, "POST", "/api/v1/evidence-packs", period)
    address = f"/api/v1/evidence-packs/{asked['id']}"
    while (state := service.ask(token, "GET", address)["state"]) != "ready":
        if state == "stopped" or time.perf_counter() - began > 10 * PATIENCE:
            raise RuntimeError(f"the pack is {state}")
        time.sleep(0.05)
    made = time.perf_counter() - began
    file.write_bytes(service.fetch(token, "GET", f"{address}/download"))
    return made, *verified(file)


def verified(file: Path) -> tuple[float, float]:
    """Seconds that `safeguard verify` takes over a pack, and the megabytes that it holds at most."""
    told = subprocess.run([sys.executable, "-c", VERIFY, str(file)], capture_output=True, text=True, check=True)
    seconds, kilobytes, status = told.stdout.split()
    if status != "0":
        raise RuntimeError(f"`verify` ended with {status}")
    return float(seconds), float(kilobytes) / 1024


def _worker_peak(service: Whole) -> float:
    """Megabytes that the greatest worker process ever held."""
    processes = _descendants(service.pid)
    return max(_peak(pid) for pid in processes if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes())


def _peak(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def _descendants(pid: int) -> list[int]:
    children = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [grandchild for child in children for grandchild in _descendants(child)]
