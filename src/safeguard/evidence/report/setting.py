"""Setting a report: the data as JSON for the template, and one process of its own that makes the PDF.

One process per document: the typesetter keeps what it has set in memory for as long as it lives, and that would be
another organisation's children. It gets no network, no packages and no fonts but ours.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from safeguard import paths
from safeguard.errors import Unavailable
from safeguard.evidence.report import typesetter
from safeguard.evidence.report.fonts import font_folder
from safeguard.evidence.report.model import Document
from safeguard.evidence.report.wording import as_data

TIME_LIMIT = 600
PER_VOLUME = 100


@dataclass(slots=True)
class Written:
    """How far a report is: counted by the thread that sets it, read by the one that tells people."""

    of: int = 0
    """How many documents it consists of; nought until that is known."""
    done: int = 0


def set_reports(document: Document, folder: Path, written: Written | None = None) -> list[Path]:
    """Write `report.pdf`, and where there are many stories, `report-01.pdf` and so on, into a folder; in order."""
    parts, told = [*volumes_of(document)], written or Written()
    told.of = len(parts)
    for name, part in parts:
        set_report(part, folder / name)
        told.done += 1
    return [folder / name for name, _ in parts]


def volumes_of(document: Document) -> Iterator[tuple[str, Document]]:
    """The documents that a report consists of: one volume for so many stories, each set by a process of its own.

    The typesetter holds a whole document in memory: a thousand stories in one took 4.3 GB.
    """
    if len(document.cases) <= PER_VOLUME:
        yield "report.pdf", document
        return
    starts = range(0, len(document.cases), PER_VOLUME)
    yield "report.pdf", replace(document, volumes=len(starts))
    for number, start in enumerate(starts, start=1):
        cases = document.cases[start : start + PER_VOLUME]
        yield (
            f"report-{number:02}.pdf",
            replace(document, kind="volume", cases=cases, volume=number, volumes=len(starts)),
        )


def set_report(document: Document, target: Path) -> None:
    """Write the PDF (PDF/A-3b, PDF/UA-1) to `target`; the same document gives the same bytes."""
    template = paths.TEMPLATES / "reports" / f"{document.kind}.typ"
    _run(template, json.dumps(as_data(document), ensure_ascii=False), document.as_of, str(target))
    if not target.exists():
        raise Unavailable("The report could not be set: the typesetter left nothing.")


def set_pages(name: str, data: Mapping[str, Any], at: datetime, patience: float = TIME_LIMIT) -> bytes:
    """A document of the template `name`, held in memory alone: nothing of it is ever in a file.

    Raises `Unavailable` when it cannot be set within `patience` seconds.
    """
    template = paths.TEMPLATES / "reports" / f"{name}.typ"
    return _run(template, json.dumps(data, ensure_ascii=False), at, typesetter.OUT, patience)


def _run(template: Path, data: str, at: datetime, target: str, patience: float = TIME_LIMIT) -> bytes:
    order = [sys.executable, "-P", str(Path(typesetter.__file__)), str(template), str(font_folder()), target]
    try:
        done = subprocess.run(
            [*order, str(int(at.timestamp()))], input=data.encode(), capture_output=True, timeout=patience
        )
    except subprocess.TimeoutExpired as late:
        raise Unavailable("The report took too long to set.") from late
    if done.returncode:
        raise Unavailable(f"The report could not be set: {done.stderr.decode('utf-8', 'replace')[-500:]}")
    return done.stdout
