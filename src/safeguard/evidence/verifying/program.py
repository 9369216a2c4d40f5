"""`python safeguard-verify.pyz PACK`: the same verdict from Python alone, with nothing installed beside it."""

import argparse
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

from safeguard.evidence.verifying.judging import judge
from safeguard.evidence.verifying.seen import usual_file
from safeguard.evidence.verifying.telling import tell

ABOUT = """Check a pack alone: no account, no network, no database.

The size, root and time of each log and the keys that signed it are remembered, so that a later pack which
contradicts an earlier one is INVALID.

Exit status: 0 valid, 1 invalid (or with a discontinuity), 2 cannot check.
"""


def main(words: Sequence[str] | None = None) -> int:
    """Print the verdict; returns the exit status."""
    parser = argparse.ArgumentParser(
        "safeguard-verify", description=ABOUT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pack", type=Path, metavar="PACK")
    parser.add_argument(
        "--key", dest="keys", action="append", default=[], metavar="VKEY",
        help="Only signatures by this key count. May be repeated.",
    )  # fmt: skip
    parser.add_argument("--seen", type=Path, metavar="FILE", help="Where earlier packs are remembered.")
    parser.add_argument("--no-memory", action="store_true", help="Neither use nor keep what earlier packs showed.")
    asked = parser.parse_args(words)
    report = judge(asked.pack, asked.keys, None if asked.no_memory else asked.seen or usual_file())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that cannot show a letter still gets the rest
    print(tell(report, str(asked.pack)))  # noqa: T201  it is a command
    return report.exit_status
