"""Options that several commands share."""

from pathlib import Path

import click

data = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where this deployment keeps its data and keys.  [default: SAFEGUARD_DATA, else .data]",
)
"""`--data DIR`: None leaves the choice to the settings."""
