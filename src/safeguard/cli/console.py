"""`safeguard console`: the operator's console, in a process of its own; `safeguard operator`: who may use it."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Final

import asyncpg
import click
import uvicorn

from safeguard import clock, settings
from safeguard.cli import opening, options
from safeguard.cli.supervising.listening import open_sockets
from safeguard.identity import addresses
from safeguard.settings import Settings
from safeguard.web.connections import Patient
from safeguard.web.cookies import hash_of

HERE: Final = "127.0.0.1"
USUAL: Final = "http://localhost:8001"
"""Where the console is when nobody says otherwise."""
LASTS: Final = timedelta(days=3)
ADD: Final = """
insert into console.operators as o (id, email, name, created_at, link_hash, link_until) values ($1, $2, $3, $4, $5, $6)
on conflict (email) do update set name = excluded.name, link_hash = excluded.link_hash,
    link_until = excluded.link_until, disabled_at = null
"""
REMOVE: Final = "update console.operators set disabled_at = $2, link_hash = null, link_until = null where email = $1"
END: Final = "delete from console.sessions s using console.operators o where o.id = s.operator_id and o.email = $1"
LIST: Final = """
select o.email, o.name, o.disabled_at is null as open, o.password_hash is not null as enrolled
from console.operators o order by o.email
"""


@click.command()
@options.data
@click.option("--port", type=click.IntRange(1, 65535), metavar="N", help="[default: SAFEGUARD_CONSOLE_PORT, else 8001]")
def console(data: Path | None, port: int | None) -> None:
    """Serve the operator's console on this machine until SIGTERM or Ctrl-C.

    Needs SAFEGUARD_OPERATOR_DATABASE_URL, or the data folder of a deployment that runs.
    """
    chosen = str(port or os.environ.get("SAFEGUARD_CONSOLE_PORT") or 8001)
    os.environ["SAFEGUARD_CONSOLE_PORT"] = chosen
    place = settings.load(data=data)
    place.address_for("operator")
    os.environ["SAFEGUARD_DATA"] = str(place.data)
    sockets = open_sockets(HERE, int(chosen))
    click.echo(f"The console is at {place.console_url}")
    with settings.console_announced(place):
        uvicorn.Server(configuration(place)).run(sockets=sockets)


def configuration(place: Settings) -> uvicorn.Config:
    """As the service's own, on loopback: whoever wants it elsewhere puts a proxy of theirs in front."""
    return uvicorn.Config(
        "safeguard.console.serving:create_console",
        factory=True,
        http=Patient,
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=place.trusted_proxy is not None,
        forwarded_allow_ips=place.trusted_proxy,
        timeout_graceful_shutdown=5,
    )


@click.group()
def operator() -> None:
    """Say who may use the operator's console. Nobody there reads what organisations keep."""


@operator.command()
@click.option("--email", required=True, help="Their address.")
@click.option("--name", required=True, help="Their name, which stands beside what they do.")
@options.data
def add(data: Path | None, email: str, name: str) -> None:
    """Print a link by which an operator chooses a password and sets up their app: once, within three days.

    For somebody who is there already it begins anew: what they had opens until the link is used.
    """
    if "@" not in email or not name.strip():
        raise click.ClickException("Give an email address and a name.")
    token = clock.new_token()

    async def work(place: Settings) -> str:
        now = clock.now()
        values = (clock.new_id(), addresses.normal(email), name.strip()[:200], now, hash_of(token), now + LASTS)
        await _as_owner(place, ADD, *values)
        is_known = place.console_port or place.console_public_url  # the latter also while a console runs here
        return f"{place.console_url if is_known else USUAL}/enrol/{token}"

    link = opening.run(data, "safeguard operator add", work)
    click.echo(f"Hand this link to {email}; it works once, for three days, at the console's address:\n\n{link}")


@operator.command()
@click.option("--email", required=True, help="Whose access ends.")
@options.data
def remove(data: Path | None, email: str) -> None:
    """Shut somebody out at once. What they did stays on the list of acts."""

    async def work(place: Settings) -> str:
        done = await _as_owner(place, REMOVE, addresses.normal(email), clock.now())
        await _as_owner(place, END, addresses.normal(email))
        return done

    if opening.run(data, "safeguard operator remove", work) == "UPDATE 0":
        raise click.ClickException(f"There is no operator with the address {email}.")
    click.echo(f"{email} is shut out.")


@operator.command("list")
@options.data
def list_operators(data: Path | None) -> None:
    """Print who may use the console."""

    async def work(place: Settings) -> list[str]:
        owner = await asyncpg.connect(place.address_for("owner"))
        try:
            rows = await owner.fetch(LIST)
        finally:
            await owner.close()
        return [f"{row['email']}  {row['name']}  {_standing(row['open'], row['enrolled'])}" for row in rows]

    lines = opening.run(data, "safeguard operator list", work)
    click.echo("\n".join(lines) if lines else "Nobody. `safeguard operator add` makes the first.")


def _standing(is_open: bool, is_enrolled: bool) -> str:
    if not is_open:
        return "shut out"
    return "may sign in" if is_enrolled else "has not used the link yet"


async def _as_owner(place: Settings, statement: str, *values: object) -> str:
    owner = await asyncpg.connect(place.address_for("owner"))
    try:
        return await owner.execute(statement, *values)
    finally:
        await owner.close()
