"""`safeguard worker`: hands over to the `workers` package, which this package does not import."""

import os
import sys
from pathlib import Path

import click

from safeguard import settings
from safeguard.cli import options


@click.command()
@options.data
def worker(data: Path | None) -> None:
    """Do the jobs until SIGTERM or Ctrl-C, then finish what is in hand.

    Needs SAFEGUARD_APP_DATABASE_URL, or the data folder of a deployment that runs.
    """
    place = settings.load(data=data)
    place.address_for("app")
    environment = {**os.environ, "SAFEGUARD_DATA": str(place.data)}
    os.execve(sys.executable, [sys.executable, "-P", "-m", "workers"], environment)
