"""`safeguard verify PACK`: the verdict in words, and 0, 1 or 2 as exit status."""

from pathlib import Path

import click

from safeguard.evidence.verifying.judging import judge
from safeguard.evidence.verifying.seen import usual_file
from safeguard.evidence.verifying.telling import tell


@click.command("verify")
@click.argument("pack", type=click.Path(path_type=Path))
@click.option(
    "--key", "keys", multiple=True, metavar="VKEY", help="Only signatures by this key count. May be repeated."
)
@click.option(
    "--seen", type=click.Path(path_type=Path), metavar="FILE",
    help="Where earlier packs are remembered.  [default: safeguard/logs-seen.json in the user's state folder]",
)  # fmt: skip
@click.option("--no-memory", is_flag=True, help="Neither use nor keep what earlier packs showed.")
@click.pass_context
def verify(context: click.Context, pack: Path, keys: tuple[str, ...], seen: Path | None, no_memory: bool) -> None:
    """Check a pack alone: no account, no network, no database.

    The size, root and time of each log and the keys that signed it are remembered, so that a later pack which
    contradicts an earlier one is INVALID.

    Exit status: 0 valid, 1 invalid (or with a discontinuity), 2 cannot check.
    """
    report = judge(pack, keys, None if no_memory else seen or usual_file())
    click.echo(tell(report, str(pack)))
    context.exit(report.exit_status)
