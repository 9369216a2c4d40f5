"""`safeguard keys rotate`: keys replaced while the service runs."""

import asyncio
from pathlib import Path

import asyncpg
import click

from safeguard import clock, settings
from safeguard.access.actors import system
from safeguard.channel.keys import rotate as rotate_channel
from safeguard.cli import opening, options
from safeguard.cli.token import find_organisation
from safeguard.console import resealing
from safeguard.database import passwords, replacing
from safeguard.database.bootstrap import database_for
from safeguard.errors import Conflict
from safeguard.keys import rings
from safeguard.keys.files import SIZE
from safeguard.keys.sources import is_given, source_of
from safeguard.settings import Settings
from safeguard.strongbox import masters, rotating
from safeguard.strongbox.rotating import Rotated
from safeguard.web import keys as server_keys
from safeguard.work import begin


@click.group()
def keys() -> None:
    """Replace the service's keys. `safeguard signer rotate` replaces the one that signs the log."""


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
    if done.former:
        click.echo(f"The former one lies in {done.former}: it opens backups made until now. Keep it with them.")
    else:
        click.echo("It comes from SAFEGUARD_KEY_MASTER. Keep the former one with the backups made until now.")


@rotate.command()
@click.option(
    "--at-once", is_flag=True, help="It leaked: the former one ends in five seconds, and running jobs begin anew."
)
@options.data
def context(data: Path | None, *, at_once: bool) -> None:
    """Make a new key for the contexts that row-level security asks for; processes notice within a second.

    The former one opens what it signed for another hour, as long as a job may run, and then ends by itself. Where it
    comes from SAFEGUARD_KEY_CONTEXT: set the new one for this command, then restart the parts with it, one by one.
    """

    async def work(place: Settings) -> str:
        owner = await asyncpg.connect(place.address_for("owner"))
        try:
            overlap = replacing.AT_ONCE if at_once else replacing.OVERLAP
            return (await replacing.replace_context_key(owner, place.keys, overlap)).id
        finally:
            await owner.close()

    fresh = opening.run(data, "safeguard keys rotate context", work)
    click.echo(
        f"Contexts are signed with {fresh} now; the former key ends {'in five seconds' if at_once else 'in an hour'}."
    )


@rotate.command()
@options.data
def cookie(data: Path | None) -> None:
    """Make a new key for forms, cursors and kept texts; what the former one made is known until the next rotation.

    Counters of wrong passwords begin anew, and references that a page had promised before it was sent.
    """
    _replace(data, "cookie", keep=1)


@rotate.command()
@options.data
def factors(data: Path | None) -> None:
    """Make a new key for the secrets of authenticator apps; each moves to it when its owner next signs in."""
    _replace(data, "factors", keep=None)


@rotate.command("console")
@options.data
def console_key(data: Path | None) -> None:
    """Make a new key for the operators' console, and seal the secrets of their apps with it."""
    if not is_given("console"):  # else it was replaced in the environment, and the apps are sealed with it now
        _replace(data, "console", keep=None)  # the former one seals the secrets until they are sealed anew

    async def work(place: Settings) -> int:
        owner = await asyncpg.connect(place.address_for("owner"))
        try:
            await asyncio.sleep(2 * rings.EVERY)  # by then the console knows the new key
            return await resealing.reseal(owner, server_keys.load(place.keys / "console").current)
        finally:
            await owner.close()

    click.echo(f"The secrets of {opening.run(data, 'safeguard keys rotate console', work)} apps were sealed with it.")


def _replace(data: Path | None, name: str, *, keep: int | None) -> None:
    folder = settings.load(data=data).keys
    if not folder.is_dir():
        raise click.ClickException(f"There are no keys in {folder}.")
    try:
        source_of(folder, name).replace(name, clock.System().random_bytes(SIZE), keep=keep)
    except Conflict as refusal:
        raise click.ClickException(refusal.detail) from refusal
    click.echo(f"The key {name} was replaced. Every process notices within a second; nothing has to be restarted.")


@rotate.command("database")
@options.data
def database_passwords(data: Path | None) -> None:
    """Give each of the database's roles a new password; connections that are open stay, the next one uses it.

    For a database whose passwords lie in the data folder. Restart the parts where a password leaked: what is connected
    by it is not cut off.
    """
    place = settings.load(data=data)
    with database_for(place, "safeguard keys rotate database"):
        for role in settings.DATABASE_ROLES:
            try:
                passwords.replace(place.keys, role)
            except Conflict as refusal:
                raise click.ClickException(refusal.detail) from refusal
    click.echo(f"The roles {', '.join(settings.DATABASE_ROLES)} have new passwords; nothing has to be restarted.")


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
