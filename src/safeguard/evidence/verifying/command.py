"""`safeguard verify PACK`: the verdict in words, and 0, 1 or 2 as exit status."""

from pathlib import Path

import click

from safeguard.evidence.verifying.checking import verify as check
from safeguard.evidence.verifying.notes import Key, parse_key
from safeguard.evidence.verifying.telling import tell
from safeguard.evidence.verifying.verdicts import Findings, Report, Verdict


@click.command("verify")
@click.argument("pack", type=click.Path(path_type=Path))
@click.option(
    "--key", "keys", multiple=True, metavar="VKEY", help="Only signatures by this key count. May be repeated."
)
@click.pass_context
def verify(context: click.Context, pack: Path, keys: tuple[str, ...]) -> None:
    """Check a pack alone: no account, no network, no database.

    Exit status: 0 valid, 1 invalid (or with a discontinuity), 2 cannot check.
    """
    report = _report(pack, keys)
    click.echo(tell(report, str(pack)))
    context.exit(report.exit_status)


def _report(pack: Path, vkeys: tuple[str, ...]) -> Report:
    try:
        return check(pack, _keys(vkeys))
    except ValueError as error:
        return Report(Verdict.CANNOT_CHECK, f"The key that you gave cannot be used: {error}.", Findings())
    except Exception as error:  # noqa: BLE001  whatever happens in here, an inspector gets a verdict and not a traceback
        sentence = f"The verifier itself failed ({type(error).__name__}). This says nothing about the pack."
        return Report(Verdict.CANNOT_CHECK, sentence, Findings())


def _keys(vkeys: tuple[str, ...]) -> tuple[Key, ...]:
    """A key copied out of a document may have been broken over lines: no key holds a blank."""
    return tuple(parse_key("".join(vkey.replace("\u200b", "").split())) for vkey in vkeys)
