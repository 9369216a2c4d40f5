"""`safeguard signer`: the process that signs the audit logs, and the few things that a person does with its key."""

import asyncio
from pathlib import Path

import asyncpg
import click

from safeguard import clock, settings
from safeguard.cli import options
from safeguard.database import pool
from safeguard.database.context import load_key
from safeguard.evidence.signing import ring
from safeguard.evidence.signing.continuing import Continued, Declaration, continue_logs, declaration
from safeguard.evidence.signing.memory import MemoryFailed, Place, alone
from safeguard.evidence.signing.opening import open_memory, opener
from safeguard.evidence.signing.serving import Serving
from safeguard.evidence.verifying.notes import Key
from safeguard.settings import Settings


@click.group(invoke_without_command=True)
@options.data
@click.pass_context
def signer(context: click.Context, data: Path | None) -> None:
    """Sign the audit logs once a minute and whenever a pack is made, until SIGTERM or Ctrl-C.

    Needs SAFEGUARD_SIGNER_DATABASE_URL, or the data folder of a deployment that runs. There is one to a deployment; it
    keeps what it signed outside the database, and that file must never be restored from a backup.
    """
    context.obj = data
    if context.invoked_subcommand is None:
        _serve(settings.load(data=data))


def _serve(place: Settings) -> None:
    url = place.address_for("signer")
    try:
        with alone(place.signer_home):
            asyncio.run(Serving(opener(place), url, place.signer_socket).run())
    except MemoryFailed as fault:
        raise click.ClickException(str(fault)) from fault


@signer.command()
@options.data
@click.pass_obj
def rotate(named_before: Path | None, data: Path | None) -> None:
    """Begin to replace the log's key: both keys sign until `retire`. The signer need not stop."""
    place = settings.load(data=data or named_before)
    public = ring.rotate(place.signer_key)
    click.echo(f"From now on both keys sign. The new one's fingerprint: {Key('log', public).fingerprint}")
    click.echo("Tell those who keep your key of the new one, then end the rotation: safeguard signer retire")


@signer.command()
@options.data
@click.pass_obj
def retire(named_before: Path | None, data: Path | None) -> None:
    """End the replacing of the log's key: the former one is destroyed, and only the new one signs."""
    place = settings.load(data=data or named_before)
    memory = open_memory(place)
    former = ring.former_of(place.signer_key)
    if former.exists():
        memory.retire(ring.read_ring([former.read_bytes()])[0].public_key().public_bytes_raw(), clock.now())
    public = ring.retire(place.signer_key)
    click.echo(f"The former key is gone ({Key('log', public).fingerprint}). What it signed stays valid.")


@signer.command("look-again")
@options.data
@click.pass_obj
def look_again(named_before: Path | None, data: Path | None) -> None:
    """After somebody looked into an alarm: try the logs once more that the signer refuses."""
    count = open_memory(settings.load(data=data or named_before)).look_again()
    click.echo(f"{count} refused {'log is' if count == 1 else 'logs are'} tried again within a minute.")


@signer.command("continue")
@click.option("--first", required=True, metavar="NAME", help="Who declares that entries may be missing.")
@click.option("--second", required=True, metavar="NAME", help="Who agrees: somebody else.")
@click.option("--reason", required=True, metavar="TEXT", help="What happened. It stands in the log for good.")
@options.data
@click.pass_obj
def continue_(named_before: Path | None, data: Path | None, first: str, second: str, reason: str) -> None:
    """After a restore: go on with every log that is behind what was signed.

    Each log gets a new epoch that says so; from then on every pack of it says DISCONTINUITY. Stop the signer or not, as
    you like; run this where its memory lies, with SAFEGUARD_OWNER_DATABASE_URL set or on the data folder.
    """
    declared = declaration(first, second, reason)
    continued, gone = asyncio.run(_continue(settings.load(data=data or named_before), declared))
    for each in continued:
        click.echo(f"{each.place[0]} {each.place[1]}: goes on from entry {each.size}; signed before: {each.signed}.")
    for organisation, log in gone:
        click.echo(f"{organisation} {log}: is not in this database. It is declared lost, in the platform's own log.")
    if not continued and not gone:
        click.echo("No log is behind what was signed. Nothing was changed.")


async def _continue(place: Settings, declared: Declaration) -> tuple[list[Continued], list[Place]]:
    url = place.address_for("owner")
    database, owner = pool.Database(url, load_key(place.keys / "context"), size=1), await asyncpg.connect(url)
    pool.use(database)
    try:
        return await continue_logs(owner, open_memory(place), place.origin, declared)
    finally:
        pool.use(None)
        await database.close()
        await owner.close()
