"""`safeguard check`: do checkpoints that were kept outside still fit the logs as they stand?"""

import asyncio
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import asyncpg
import click

from safeguard import settings
from safeguard.cli import options
from safeguard.evidence.comparing import LONGEST, Compared, compare_any

SAID = {
    "fits": "fits: its first {size} entries are what they were.",
    "contradicts": "CONTRADICTS the log: an entry below {size} was altered, or the checkpoint was.",
    "ahead": "is AHEAD of the log, which has fewer than {size} entries: some are missing, or a backup was restored.",
    "another": "is of a log that is not in this database: {origin}",
    "unreadable": "is no checkpoint, and no pack that holds one.",
}
BAD = 1
UNKNOWN = 2


@click.command()
@click.argument("kept", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@options.data
def check(kept: tuple[Path, ...], data: Path | None) -> None:
    """Compare checkpoints that were KEPT outside - saved files, or whole evidence packs - with the logs as they stand.

    The root is computed again from every entry. Exits with 1 when one contradicts a log, with 2 when one cannot be
    compared. Needs SAFEGUARD_SIGNER_DATABASE_URL, or the data folder of a deployment that runs.
    """
    found = asyncio.run(_compare(settings.load(data=data).address_for("signer"), [_note(file) for file in kept]))
    for file, compared in zip(kept, found, strict=True):
        click.echo(f"{file.name} {SAID[compared.outcome].format(size=f'{compared.size:,}', origin=compared.origin)}")
    outcomes = {compared.outcome for compared in found}
    raise SystemExit(BAD if outcomes & {"contradicts", "ahead"} else UNKNOWN if outcomes - {"fits"} else 0)


def _note(file: Path) -> str:
    """The checkpoint in a file: a note, or the one of a pack."""
    try:
        with ZipFile(file) as pack, pack.open("checkpoint.note") as note:
            return note.read(LONGEST).decode("utf-8", "replace")
    except (BadZipFile, KeyError):
        with file.open("rb") as plain:
            return plain.read(LONGEST).decode("utf-8", "replace")


async def _compare(url: str, notes: list[str]) -> list[Compared]:
    connection = await asyncpg.connect(url, server_settings={"application_name": "safeguard-check"})
    try:
        return [await compare_any(connection.fetch, note) for note in notes]
    finally:
        await connection.close()
