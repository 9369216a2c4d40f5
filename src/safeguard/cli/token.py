"""`safeguard token create`: a token for the JSON API, made by whoever runs the service."""

from pathlib import Path
from uuid import UUID

import click

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.access.scopes import Scope
from safeguard.cli import opening, options
from safeguard.database.context import PLATFORM
from safeguard.errors import NotFound
from safeguard.identity import issuing
from safeguard.identity.issuing import Issued
from safeguard.settings import Settings
from safeguard.work import begin

FIND = "select id from public.find_organisation($1)"
REASON = "Asked for on the command line, by whoever runs the service."
WAITS = (
    "This organisation has a lead, so a token that reads records opens nothing until the lead approves it, under "
    "Approvals."
)
CHOOSE = (
    "Say what it is for with --scope, as often as needed, or --everything for whatever its role may. The scopes: "
    + ", ".join(Scope)
)
SCOPES = [str(scope) for scope in Scope]
ROLES = [str(role) for role in Role if role is not Role.OPERATOR]


@click.group()
def token() -> None:
    """Make tokens for the JSON API."""


@token.command()
@click.option("--organisation", "slug", required=True, metavar="SLUG", help="The organisation that it acts in.")
@click.option("--role", type=click.Choice(ROLES), required=True, help="Whose rights it has at most.")
@click.option(
    "--scope", "scopes", type=click.Choice(SCOPES), multiple=True, help="What it is for; again for each, least is best."
)
@click.option("--everything", is_flag=True, help="Instead of scopes: everything that its role may.")
@click.option("--name", default="Command line", show_default=True, help="What the audit log calls it.")
@click.option("--days", type=int, default=issuing.DAYS, show_default=True, help="How long it works.")
@options.data
def create(
    data: Path | None, slug: str, role: str, scopes: tuple[str, ...], everything: bool, name: str, days: int
) -> None:
    """Make a token and print it once, as the last word."""
    if everything == bool(scopes):
        raise click.UsageError(CHOOSE)
    wanted = None if everything else frozenset(map(Scope, scopes))

    async def work(_place: Settings) -> Issued:
        async with begin(system(await find_organisation(slug)), purpose="provision") as unit:
            return await issuing.issue(unit, name, Role(role), wanted, days=days, reason=REASON)

    issued = opening.run(data, "safeguard token create", work)
    if issued.waits_for:
        click.echo(WAITS)
    may = f"everything that the role “{role}” may" if everything else ", ".join(sorted(scopes))
    click.echo(f"A token for {may} in {slug}, for {days} days, shown this once: {issued.text}")


async def find_organisation(slug: str) -> UUID:
    """The id of the organisation of that slug; raises `NotFound`."""
    async with begin(system(UUID(PLATFORM)), purpose="provision") as unit:
        found: UUID | None = await unit.driver.fetchval(FIND, slug)
    if found is None:
        raise NotFound(f"There is no organisation “{slug}”.")
    return found
