"""The limit: pgbench sends the same statements, as the same role, through the same row security, and nothing around it.

pgbench comes with the embedded PostgreSQL. Statements are prepared once (`-M prepared`), as ours are.
"""

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from safeguard.database.embedded.binaries import packaged


@dataclass(frozen=True, slots=True)
class Rate:
    """Transactions a second, and the median time of one in milliseconds."""

    per_second: float
    p50: float


def run(url: str, script: str, *, clients: int, seconds: int) -> Rate:
    """Run `script` with so many clients for so long; raises `RuntimeError` with what pgbench said."""
    with tempfile.TemporaryDirectory(prefix="safeguard-bench-") as folder:
        file = Path(folder, "script.sql")
        file.write_text(script)
        command = [
            str(packaged().program("pgbench")), "-n", "-M", "prepared", "-c", str(clients), "-j", "1",
            "-T", str(seconds), "-f", str(file), "-l", "--log-prefix", str(Path(folder, "log")), url,
        ]  # fmt: skip
        ended = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PGOPTIONS": ""})
        found = re.search(r"tps = ([\d.]+)", ended.stdout)
        if ended.returncode or not found or "failed transactions: 0" not in ended.stdout:
            raise RuntimeError(f"pgbench failed: {ended.stdout[-500:]}{ended.stderr[-1500:]}")
        return Rate(float(found[1]), _median_of(Path(folder)))


def _median_of(folder: Path) -> float:
    """The third column of pgbench's log is the transaction's time in microseconds."""
    lines = (line for log in folder.glob("log.*") for line in log.read_text().splitlines())
    return median(float(line.split()[2]) for line in lines) / 1000
