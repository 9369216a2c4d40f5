"""`safeguard account reset`: a way back in for somebody who lost their password, by whoever runs the service."""

from pathlib import Path

import click

from safeguard.cli import opening, options
from safeguard.identity import resetting
from safeguard.settings import Settings


@click.group()
def account() -> None:
    """Look after people's accounts."""


@account.command()
@click.option("--email", required=True, help="Whose password is lost.")
@options.data
def reset(data: Path | None, email: str) -> None:
    """Print the link by which somebody chooses a new password: once, within an hour. Every log of theirs says so."""

    async def work(place: Settings) -> str:
        return place.public_url + await resetting.make_link_as_operator(email)

    link = opening.run(data, "safeguard account reset", work)
    click.echo(f"Hand this link to {email}; it works once, for an hour:\n\n{link}")
