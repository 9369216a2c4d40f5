"""`safeguard migrate`: the database brought to this version."""

from pathlib import Path

import click

from safeguard import settings
from safeguard.cli import options
from safeguard.database import migrating, revisions
from safeguard.database.bootstrap import database_for, is_configured
from safeguard.database.context import load_key


@click.command()
@options.data
def migrate(data: Path | None) -> None:
    """Bring the database to this version; safe to run again, and beside a running service.

    With SAFEGUARD_DATABASE_URL (an administrator's address) it makes the roles and the database too.
    With SAFEGUARD_OWNER_DATABASE_URL and its sisters it uses those that docker/roles.sql made.
    With neither it uses the database in the data folder, as `up` does.
    """
    place = settings.load(data=data)
    with database_for(place, "safeguard migrate") as found:
        if is_configured(found):
            migrating.migrate(found.owner_url, load_key(found.keys / "context"))
    click.echo(f"The database is at {revisions.head()}.")
