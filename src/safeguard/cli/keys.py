"""`safeguard keys rotate`: keys replaced while the service runs."""

from pathlib import Path

import asyncpg
import click

from safeguard.access.actors import system
from safeguard.channel.keys import rotate as rotate_channel
from safeguard.cli import opening, options
from safeguard.cli.token import find_organisation
from safeguard.settings import Settings
from safeguard.strongbox import masters, rotating
from safeguard.strongbox.rotating import Rotated
from safeguard.work import begin


@click.group()
def keys() -> None:
    """Replace the keys that protect files, packs and drafts."""


@keys.group()
def rotate() -> None:
    """Replace a key. Nothing has to stop, and nothing that is sealed is read."""


@rotate.command()
@options.data
def master(data: Path | None) -> None:
    """Make a new master key and wrap every organisation's key under it.

    Where several machines serve, copy the new file of keys to each before the old one is taken away. Keep the former
    master as long as you keep backups that were made before.
    """

    async def work(place: Settings) -> Rotated:
        owner = await asyncpg.connect(place.address_for("owner"))
        try:
            return await rotating.rotate_master(owner, masters.current())
        finally:
            await owner.close()

    done = opening.run(data, "safeguard keys rotate master", work)
    click.echo(f"The master key was replaced; {done.wrapped} keys of organisations were wrapped again under it.")
    click.echo(f"The former one lies in {done.former}: it opens backups made until now. Keep it with them.")


@rotate.command()
@click.option("--organisation", "slug", required=True, metavar="SLUG", help="Whose key.")
@options.data
def organisation(data: Path | None, slug: str) -> None:
    """Make a new version of an organisation's key and wrap the keys of its files and packs under it."""

    async def work(_place: Settings) -> int:
        return await rotating.rotate_organisation(system(await find_organisation(slug)))

    done = opening.run(data, "safeguard keys rotate organisation", work)
    click.echo(f"{slug} has a new key; the keys of {done} files and packs were wrapped again under it.")


@rotate.command()
@click.option("--organisation", "slug", required=True, metavar="SLUG", help="Whose keys.")
@options.data
def channel(data: Path | None, slug: str) -> None:
    """Make new keys for an organisation's channel to the helpline, or the helpline's to them.

    What is on its way still opens with the keys before: nothing has to stop, and nobody is told a new one.
    """

    async def work(_place: Settings) -> int:
        async with begin(system(await find_organisation(slug))) as unit:
            return await rotate_channel(unit)

    version = opening.run(data, "safeguard keys rotate channel", work)
    click.echo(f"{slug} signs with version {version} of its keys, and what is written to it is sealed to them.")
