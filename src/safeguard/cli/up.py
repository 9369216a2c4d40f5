"""`safeguard up`: the whole service on one machine, in one process tree."""

import os
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from safeguard import __version__, settings
from safeguard.cli import options
from safeguard.cli.beginning import beginning, is_empty
from safeguard.cli.supervising.listening import close, open_sockets
from safeguard.cli.supervising.parts import database_part, program_parts
from safeguard.cli.supervising.stopping import Stop, stoppable
from safeguard.cli.supervising.tree import Tree
from safeguard.database import migrating
from safeguard.database.bootstrap import is_configured, prepare
from safeguard.database.context import load_key
from safeguard.database.embedded import EmbeddedPostgres
from safeguard.settings import Settings


@click.command()
@options.data
@click.option("--port", type=click.IntRange(1, 65535), metavar="N", help="Where to listen.  [default: 8000]")
@click.option("--demo", is_flag=True, help="Fill in invented organisations first, and say how to sign in as each role.")
def up(data: Path | None, port: int | None, demo: bool) -> None:
    """Run everything on this machine, until Ctrl-C: database, signer, web, worker, scheduler.

    The data stay in the data folder. With SAFEGUARD_DATABASE_URL (an administrator's address) another PostgreSQL is
    used instead of the embedded one; with SAFEGUARD_OWNER_DATABASE_URL and its sisters, its roles are used as they are.
    """
    environment = {**os.environ, **({"SAFEGUARD_PORT": str(port)} if port else {})}
    place = settings.load(environment, data)
    tree = Tree(say)
    try:
        with stoppable(), _claimed(place) as server, settings.announced(place), tree.alive():
            _run(tree, place, server, demo=demo)
    except Stop:
        say("Safeguard has ended. Nothing is left running.")


def say(line: str) -> None:
    """One line on the terminal, at once."""
    click.echo(line)
    sys.stdout.flush()


@contextmanager
def _claimed(place: Settings) -> Generator[EmbeddedPostgres]:
    """The data directory, ours alone, with the embedded database that may be started in it."""
    server = EmbeddedPostgres(place.data, purpose=f"safeguard up at {place.public_url}")
    server.own()
    try:
        yield server
    finally:
        server.stop()


def _run(tree: Tree, place: Settings, server: EmbeddedPostgres, *, demo: bool) -> None:
    with ExitStack() as stack:
        sockets = open_sockets(place.host, place.port)
        stack.callback(close, sockets)
        say(f"Safeguard {__version__}, data in {place.data}")
        ready = _database(tree, place, server)
        parts = program_parts(ready, sockets)
        names = [part.name for part in parts]
        with _timed(", ".join(names)):
            tree.start(*parts)
        if demo:
            _fill(tree, ready)
        say(f"\nSafeguard is ready: {ready.public_url}\nCtrl-C ends it.\n")
        if is_empty(ready.owner_url):
            say(beginning(ready))
        tree.watch()


def _database(tree: Tree, place: Settings, server: EmbeddedPostgres) -> Settings:
    """A database that answers and has this version's tables; the settings with its addresses."""
    if place.admin_url is None and is_configured(place):
        with _timed("tables"):
            migrating.migrate(place.owner_url, load_key(place.keys / "context"))
        return place
    if place.admin_url is None:
        with _timed("database"):
            tree.start(database_part(server))
    with _timed("tables"):
        return prepare(place, place.admin_url or server.url())


def _fill(tree: Tree, place: Settings) -> None:
    """Run `safeguard demo` on the terminal, while the parts are looked after."""
    words = [sys.executable, "-P", "-m", "safeguard.cli", "demo", "--data", str(place.data)]
    filler = subprocess.Popen(words, env={**os.environ, "SAFEGUARD_PUBLIC_URL": place.public_url})
    try:
        tree.watch(until=lambda: filler.poll() is not None)
    finally:
        filler.terminate()
        filler.wait()
    if filler.returncode:
        raise click.ClickException("The invented organisations could not be filled in. Why stands above.")


@contextmanager
def _timed(what: str) -> Generator[None]:
    started = time.monotonic()
    yield
    say(f"  {what}: ready in {time.monotonic() - started:.1f} s")
