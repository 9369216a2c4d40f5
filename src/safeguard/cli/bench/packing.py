"""`pack`: an evidence pack over a hundred thousand entries, made by the service's own worker.

Against the time to verify it, by `safeguard verify` in a process of its own; and what the worker and the verifier hold
in memory, against a tenth of the entries.
"""

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from safeguard import clock
from safeguard.cli.bench.filling import lengthen
from safeguard.cli.bench.measuring import Figure, Goal
from safeguard.cli.bench.scratch import Scratch
from safeguard.cli.bench.whole import PATIENCE, Whole, scratch_whole

ENTRIES = 100_000
FEWER = 10_000
MOST = 3
"""Packs at most."""
REPORT = {"narrative": "A group chat was shown to a member of staff after lesson five."}
VERIFY = (
    "import resource, subprocess, sys, time; began = time.perf_counter();"
    " status = subprocess.run([sys.executable, '-m', 'safeguard.cli', 'verify', sys.argv[1]],"
    " stdout=subprocess.DEVNULL).returncode;"
    " print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, status)"
)
"""Of an unknown key `verify` says so, with a status of its own: what it costs is the same."""


def pack(pairs: int) -> list[Figure]:
    """Seconds to make against seconds to verify; kilobytes at both lengths."""
    with scratch_whole() as service:
        few, many = (_organisation(service, slug, length) for slug, length in (("few", FEWER), ("many", ENTRIES)))
        _, _, before = _one(service, few, service.data / "few.zip")
        worker_before = _worker_peak(service)
        rounds = [_one(service, many, service.data / "many.zip") for _ in range(min(pairs, MOST))]
        worker_after = _worker_peak(service)
    made, verified, memory = (list(each) for each in zip(*rounds, strict=True))
    flat, what = Goal(1.5, "lower"), f"{ENTRIES:,} entries against {FEWER:,}"
    return [
        Figure("pack", f"a pack of {ENTRIES:,} entries, made against verified", "s", made, verified, Goal(10, "lower")),
        Figure("pack-worker", f"the worker's memory, {what}", "MB", [worker_after], [worker_before], flat),
        Figure("pack-verifier", f"the verifier's memory, {what}", "MB", memory, [before] * len(memory), flat),
    ]  # fmt: skip


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
    told = subprocess.run([sys.executable, "-c", VERIFY, str(file)], capture_output=True, text=True, check=True)
    verified, kilobytes, status = told.stdout.split()
    if status not in {"0", "3"}:
        raise RuntimeError(f"`verify` ended with {status}")
    return made, float(verified), float(kilobytes) / 1024


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
