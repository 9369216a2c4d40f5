"""`safeguard recount`: the figures of every dashboard anew, from what is recorded."""

from pathlib import Path

import asyncpg
import click

from safeguard.cli import opening, options
from safeguard.insights.recounting import rebuild
from safeguard.settings import Settings


@click.command()
@options.data
def recount(data: Path | None) -> None:
    """Count every incident again for the dashboards.

    The figures follow every change by themselves; this is for whoever doubts them, or changed records past the service.
    Whoever records something meanwhile waits until it is done: about a minute for a hundred thousand incidents.
    """

    async def work(place: Settings) -> int:
        owner = await asyncpg.connect(place.address_for("owner"))
        try:
            return await rebuild(owner)
        finally:
            await owner.close()

    counted = opening.run(data, "safeguard recount", work)
    click.echo(f"{counted:,} incidents were counted anew. Restricted ones count nowhere.")
