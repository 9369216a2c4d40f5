"""`safeguard token create`: a token for the JSON API, made by whoever runs the service."""

from pathlib import Path
from uuid import UUID

import click

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.cli import opening, options
from safeguard.database.migrating import PLATFORM
from safeguard.errors import NotFound
from safeguard.identity import issuing
from safeguard.settings import Settings
from safeguard.work import begin

FIND = "select id from public.find_organisation($1)"
ROLES = [str(role) for role in Role if role is not Role.OPERATOR]


@click.group()
def token() -> None:
    """Make tokens for the JSON API."""


@token.command()
@click.option("--organisation", "slug", required=True, metavar="SLUG", help="The organisation that it acts in.")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What it may do.")
@click.option("--name", default="Command line", show_default=True, help="What the audit log calls it.")
@click.option("--days", type=int, default=issuing.DAYS, show_default=True, help="How long it works.")
@options.data
def create(data: Path | None, slug: str, role: str, name: str, days: int) -> None:
    """Make a token and print it once, as the last word."""

    async def work(_place: Settings) -> str:
        async with begin(system(await _find(slug)), purpose="provision") as unit:
            return await issuing.issue(unit, name, Role(role), days=days)

    made = opening.run(data, "safeguard token create", work)
    click.echo(f"A token that may do what the role “{role}” may in {slug}, for {days} days, shown this once: {made}")


async def _find(slug: str) -> UUID:
    async with begin(system(UUID(PLATFORM)), purpose="provision") as unit:
        found: UUID | None = await unit.driver.fetchval(FIND, slug)
    if found is None:
        raise NotFound(f"There is no organisation “{slug}”.")
    return found
