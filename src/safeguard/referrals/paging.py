"""Looking into a PDF, by a process of its own that holds this document alone and is ended when it takes too long.

A PDF is a program for drawing pages, and one can be made so that reading it takes all the time and memory there are:
whatever it does, it does to a process that has little of both and opens nothing (`page_reader`).
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

from safeguard.referrals import page_reader

PATIENCE: Final = 45.0
"""Seconds, where the processor is shared with others; of its own time it gets less (`page_reader.SECONDS`)."""
AT_ONCE: Final = 2
_desk: Final[RunVar[CapacityLimiter]] = RunVar("looking into PDFs")


async def read_pages(whole: bytes) -> dict[str, str]:
    """What was found: {"words": text}, or {"fault": code} for a document that has to stay; `late` for one given up."""
    return await to_thread.run_sync(_read, whole, limiter=_limiter())


def _read(whole: bytes) -> dict[str, str]:
    order = [sys.executable, "-P", str(Path(page_reader.__file__))]
    try:
        done = subprocess.run(order, input=whole, capture_output=True, timeout=PATIENCE, env={}, check=False)
    except subprocess.TimeoutExpired:
        return {"fault": "late"}
    found: Any = json.loads(done.stdout) if done.returncode == 0 and done.stdout else None
    return found if isinstance(found, dict) else {"fault": "damaged"}


def _limiter() -> CapacityLimiter:
    try:
        return _desk.get()
    except LookupError:
        _desk.set(CapacityLimiter(AT_ONCE))
        return _desk.get()
