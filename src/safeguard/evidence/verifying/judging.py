"""A verdict on a pack for whoever asks on a command line: with what earlier packs showed, and never a traceback."""

from collections.abc import Sequence
from pathlib import Path

from safeguard.evidence.verifying.checking import verify
from safeguard.evidence.verifying.notes import Key, parse_key
from safeguard.evidence.verifying.seen import Seen, recall, remember
from safeguard.evidence.verifying.verdicts import Findings, Report, Verdict


def judge(pack: Path, vkeys: Sequence[str], seen: Path | None) -> Report:
    """The report on this pack, held against the keys and what `seen` remembers; it remembers a pack that holds."""
    try:
        report = verify(pack, _keys(vkeys), lambda origin: recall(seen, origin) if seen else Seen())
        _keep(report, seen)
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


def _keys(vkeys: Sequence[str]) -> tuple[Key, ...]:
    """A key copied out of a document may have been broken over lines: no key holds a blank."""
    return tuple(parse_key("".join(vkey.replace("\u200b", "").split())) for vkey in vkeys)
