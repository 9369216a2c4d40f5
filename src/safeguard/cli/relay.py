"""`safeguard relay`: the part that notices jobs left lying, and what the calendar says is due."""

from pathlib import Path

import click

from safeguard import settings
from safeguard.cli import options
from safeguard.jobs import relaying


@click.command()
@options.data
def relay(data: Path | None) -> None:
    """Ring again for jobs that nobody took, and start what is due by the calendar, until SIGTERM or Ctrl-C.

    Needs SAFEGUARD_RELAY_DATABASE_URL, or the data folder of a deployment that runs. Several at once do no harm.
    """
    place = settings.load(data=data)
    place.address_for("relay")
    relaying.run(place)


@click.command()
@options.data
def schedule(data: Path | None) -> None:
    """The same as `relay`: one process does both, and this is its name for those who look for the calendar."""
    place = settings.load(data=data)
    place.address_for("relay")
    relaying.run(place)
