"""A copy of a report that says on every page who opened it. The report itself, in its pack, is never touched.

A signature that the report has ends before the copy begins: one over something that was changed afterwards would only
frighten. Who wants the signed report takes the pack.
"""

import subprocess
import sys
from datetime import datetime
from typing import Final

from safeguard.errors import Unavailable
from safeguard.evidence.report import marker
from safeguard.evidence.report.setting import set_pages
from safeguard.evidence.report.visible import visible

PATIENCE: Final = 120.0
"""Seconds: of a long report every page is written anew."""
END: Final = b"%%EOF"


def marked(report: bytes, name: str, body: str, line: str, at: datetime) -> bytes:
    """The copy; raises `Unavailable` when it cannot be made."""
    said = {"name": visible(name), "body": visible(body), "line": visible(line)}
    mark = set_pages("mark", said, at, PATIENCE)
    given = len(mark).to_bytes(8, "big") + mark + unsigned(report)
    try:
        order = [sys.executable, "-P", str(marker.__file__)]
        return subprocess.run(order, input=given, capture_output=True, timeout=PATIENCE, check=True).stdout
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as fault:
        raise Unavailable("This copy of the report could not be made. Take the pack with you: it holds it.") from fault


def unsigned(report: bytes) -> bytes:
    """The report as it was set: a signature is an update behind its first end."""
    return report[: report.index(END) + len(END)]
