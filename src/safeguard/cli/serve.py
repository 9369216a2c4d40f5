"""`safeguard serve`: pages and the JSON API, in one process."""

import gc
import os
from pathlib import Path

import click
import uvicorn

from safeguard import settings
from safeguard.cli import options
from safeguard.cli.supervising.listening import inherited, open_sockets
from safeguard.settings import Settings
from safeguard.web.connections import Patient

ENDING = 10
"""Seconds for requests in hand when the process is told to end."""


@click.command()
@options.data
@click.option("--host", metavar="ADDRESS", help="Where to listen.  [default: SAFEGUARD_HOST, else 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), metavar="N", help="[default: SAFEGUARD_PORT, else 8000]")
def serve(data: Path | None, host: str | None, port: int | None) -> None:
    """Serve pages and the JSON API until SIGTERM or Ctrl-C.

    Needs SAFEGUARD_APP_DATABASE_URL, or the data folder of a deployment that runs.
    """
    chosen = {"SAFEGUARD_HOST": host, "SAFEGUARD_PORT": str(port) if port else None}
    os.environ.update({name: value for name, value in chosen.items() if value})  # the application reads it there
    place = settings.load(data=data)
    place.address_for("app")
    os.environ["SAFEGUARD_DATA"] = str(place.data)
    gc.disable()  # until everything is imported: nothing made while starting is garbage (a fifth of the start)
    sockets = inherited() or open_sockets(place.host, place.port)
    uvicorn.Server(configuration(place)).run(sockets=sockets)


def configuration(place: Settings) -> uvicorn.Config:
    """How uvicorn runs: no access log (addresses name records), and a client's address only from our own proxy."""
    return uvicorn.Config(
        "safeguard.app:create_app",
        factory=True,
        loop="uvloop",
        http=Patient,
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=place.trusted_proxy is not None,
        forwarded_allow_ips=place.trusted_proxy,
        timeout_graceful_shutdown=ENDING,
    )
