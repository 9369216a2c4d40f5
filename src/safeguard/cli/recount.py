"""`safeguard recount`: the figures of every dashboard anew, from what is recorded."""

from pathlib import Path
from typing import Final

import asyncpg
import click

from safeguard.cli import opening, options
from safeguard.insights.recounting import Recounted, rebuild
from safeguard.settings import Settings

MOST_SAID: Final = 20
"""Of the figures that were wrong, as many are said one by one."""


@click.command()
@options.data
def recount(data: Path | None) -> None:
    """Count every incident again for the dashboards, and say which figures were wrong.

    The figures follow every change by themselves; this is for whoever doubts them, or changed records past the service.
    Whoever records something meanwhile waits until it is done: a minute or two for a hundred thousand incidents.
    """

    async def work(place: Settings) -> Recounted:
        owner = await asyncpg.connect(place.address_for("owner"))
        try:
            return await rebuild(owner)
        finally:
            await owner.close()

    found = opening.run(data, "safeguard recount", work)
    click.echo(f"{found.incidents:,} incidents were counted anew. Restricted ones count nowhere.")
    if not found.mended:
        click.echo("Every figure was right.")
        return
    click.echo(f"Figures that were wrong, and are mended: {len(found.mended):,}.")
    for one in found.mended[:MOST_SAID]:
        click.echo(f"  {one.slug}, {one.figure}: {one.was:,}, now {one.now:,}")
    if len(found.mended) > MOST_SAID:
        click.echo(f"  and {len(found.mended) - MOST_SAID:,} more")
