"""`safeguard rewrite`: after disposals, the database's files without a byte of what was disposed of."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.engine import make_url

from safeguard import settings
from safeguard.cli import options
from safeguard.database.bootstrap import DATABASE
from safeguard.database.embedded import server_for
from safeguard.records import rewriting
from safeguard.settings import Settings


@click.command()
@options.data
def rewrite(data: Path | None) -> None:
    """Rewrite the database's files after disposals, so that nothing of them is left in any.

    Each table is shut while it is rewritten, and needs its size again on the disk: do it when nobody works. Needs
    SAFEGUARD_DATABASE_URL (an administrator's address), or the data folder. Backups hold what was disposed of until
    they expire.
    """
    with _administrator(settings.load(data=data)) as url:
        try:
            done = rewriting.rewrite(url, click.echo)
        except rewriting.NotAdministrator:
            raise click.ClickException(
                "This needs the administrator of the database: set SAFEGUARD_DATABASE_URL to their address."
            ) from None
    click.echo(f"{done.tables} tables were rewritten, the statistics taken anew and the log turned over.")
    if done.old_files:
        click.echo(f"{done.old_files} older files of the log are still kept, for a copy or an archive that is behind.")
    for slot in done.slots:
        click.echo(f"{slot} streams the log to a copy: what that keeps of it is beyond this command.")


@contextmanager
def _administrator(place: Settings) -> Generator[str]:
    if place.admin_url:
        yield make_url(place.admin_url).set(database=DATABASE).render_as_string(hide_password=False)
        return
    with server_for(place.data, "safeguard rewrite") as server:
        yield server.url(database=DATABASE)
