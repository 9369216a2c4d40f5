"""`safeguard verify PACK`: the verdict in words, and 0, 1 or 2 as exit status."""

from pathlib import Path

import click

from safeguard.evidence.verifying.checking import verify as check
from safeguard.evidence.verifying.notes import Key, parse_key
from safeguard.evidence.verifying.seen import Seen, recall, remember, usual_file
from safeguard.evidence.verifying.telling import tell
from safeguard.evidence.verifying.verdicts import Findings, Report, Verdict


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
    file = None if no_memory else seen or usual_file()
    report = _report(pack, keys, file)
    click.echo(tell(report, str(pack)))
    context.exit(report.exit_status)


def _report(pack: Path, vkeys: tuple[str, ...], file: Path | None) -> Report:
    try:
        report = check(pack, _keys(vkeys), lambda origin: recall(file, origin) if file else Seen())
        _keep(report, file)
        return report
    except ValueError as error:
        return Report(Verdict.CANNOT_CHECK, f"The key that you gave cannot be used: {error}.", Findings())
    except Exception as error:  # noqa: BLE001  whatever happens in here, an inspector gets a verdict and not a traceback
        sentence = f"The verifier itself failed ({type(error).__name__}). This says nothing about the pack."
        return Report(Verdict.CANNOT_CHECK, sentence, Findings())


def _keep(report: Report, file: Path | None) -> None:
    """Remember a pack that holds together. A file that cannot be written changes no verdict."""
    found = report.findings
    if file is None or found.log is None or report.verdict in {Verdict.INVALID, Verdict.CANNOT_CHECK}:
        return
    log = found.log
    found.kept = remember(file, log.origin, log.size, log.root, log.last_time, found.publics)


def _keys(vkeys: tuple[str, ...]) -> tuple[Key, ...]:
    """A key copied out of a document may have been broken over lines: no key holds a blank."""
    return tuple(parse_key("".join(vkey.replace("\u200b", "").split())) for vkey in vkeys)
