"""`safeguard account`: a way back in for somebody who lost their password or their second step; shutting an account.

Whoever runs the service gives a link to a new password alone. A second step they only ask for: in an organisation of
one person the outside second person agrees, and everywhere else a colleague can instead.
"""

from pathlib import Path
from uuid import UUID

import click

from safeguard.access.actors import system
from safeguard.cli import opening, options
from safeguard.cli.token import find_organisation
from safeguard.errors import Conflict, NotFound
from safeguard.identity import approving, resetting, shutting
from safeguard.identity.factors import losing
from safeguard.settings import Settings
from safeguard.work import begin

MEMBER = "select user_id from memberships where email = lower($1) and state = 'active' and kind = 'person'"
WAITS = "It is asked for, and waits under Approvals; there is no link. {why}"
LINK = "Hand this link to {outside}, once you know that {email} asked; it works once, for three days:\n\n{link}"
REASON = "Asked for on the command line, by whoever runs the service."


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


@account.command()
@click.option("--email", required=True, help="Whose account somebody else has.")
@click.option("--open", "again_open", is_flag=True, help="Open it again.")
@options.data
def shut(data: Path | None, email: str, again_open: bool) -> None:
    """Shut an account in every organisation, from the next request on: sessions, tokens and links of its holder too.

    Nothing that they recorded moves, and they stay members. Every log of theirs says so.
    """

    async def work(_place: Settings) -> int:
        return await shutting.shut(email, again_open=again_open)

    number = opening.run(data, "safeguard account shut", work)
    done = "Opened again" if again_open else "Shut"
    click.echo(f"{done}, in {number} organisation{'' if number == 1 else 's'}.")


@account.command("second-step-lost")
@click.option("--organisation", "slug", required=True, metavar="SLUG", help="Where they belong.")
@click.option("--email", required=True, help="Who lost their second step.")
@options.data
def second_step_lost(data: Path | None, slug: str, email: str) -> None:
    """Ask that somebody may begin their second step anew. Colleagues who may agree find it under Approvals.

    Where there is none, the link for the outside second person is printed. Nothing happens until somebody agrees.
    """

    async def work(place: Settings) -> str:
        async with begin(system(await find_organisation(slug)), purpose="provision") as unit:
            person: UUID | None = await unit.driver.fetchval(MEMBER, email)
            if person is None:
                raise NotFound(f"Nobody with the address “{email}” belongs to “{slug}”.")
            proposal = await approving.propose(
                unit, losing.RESET, person, REASON, told=f"Let {email} set up their second step anew"
            )
            try:
                link = await approving.make_link(unit, proposal.id)
            except Conflict as refusal:
                return WAITS.format(why=refusal.detail)
            return LINK.format(outside=link.email, email=email, link=place.public_url + link.path)

    click.echo(opening.run(data, "safeguard account second-step-lost", work))
