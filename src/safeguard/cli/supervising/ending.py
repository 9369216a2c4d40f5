"""Noticing that a process has ended, and ending one together with everything that it started."""

import contextlib
import os
import signal
import subprocess
import time

import psutil

GRACE = 15.0
"""Seconds that a part has to finish what is in hand."""

KILLING = 5.0


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it has, without taking note of it: until then its number, and its group's, belong to nobody else."""
    if process.returncode is not None:
        return True
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def end_group(process: subprocess.Popen[bytes], grace: float = GRACE) -> None:
    """Ask the process to end, make it if it will not, and leave nobody of its group."""
    if process.returncode is not None:
        return
    if not has_ended(process):
        process.terminate()
        _wait(process, grace)
    _kill_group(process.pid)
    process.wait()


def describe_end(process: subprocess.Popen[bytes]) -> str:
    """How it went, in a few words."""
    code = process.wait()
    if code < 0:
        return f"was killed (signal {-code}, {signal.Signals(-code).name})"
    return "ended" if code == 0 else f"failed (exit code {code})"


def _wait(process: subprocess.Popen[bytes], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not has_ended(process) and time.monotonic() < deadline:
        time.sleep(0.02)


def _kill_group(group: int) -> None:
    """Kill whoever is left in the group, and return when nobody is: a kill is done a little after it was asked for."""
    deadline = time.monotonic() + KILLING
    while (left := _members(group)) and time.monotonic() < deadline:
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        time.sleep(0.01)


def _members(group: int) -> list[psutil.Process]:
    return [process for process in psutil.process_iter(["status"]) if _runs_in(process, group)]


def _runs_in(process: psutil.Process, group: int) -> bool:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        return os.getpgid(process.pid) == group and process.info["status"] != psutil.STATUS_ZOMBIE
    return False
