"""The table of programs in the tree. A new part is a line here."""

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from safeguard.cli.supervising.listening import VARIABLE
from safeguard.cli.supervising.logs import breakage, open_log
from safeguard.cli.supervising.tree import Part, Process
from safeguard.database.embedded import EmbeddedPostgres
from safeguard.database.embedded.launching import launched
from safeguard.keys.sources import is_of_a_key, settings_of
from safeguard.settings import DATABASE_ROLES, Settings


@dataclass(frozen=True)
class Program:
    """A `safeguard` command that runs as long as the tree, and the one database role that it connects as."""

    name: str
    command: str
    role: str
    listens: bool = False
    needed: Callable[[Settings], bool] = lambda _: True
    """Whether these settings ask for it at all."""
    keys: tuple[str, ...] = ()
    """The keys that it opens; of those that the environment hands over it is given no other."""


PROGRAMS = (
    Program("signer", "signer", role="signer", keys=("log",)),
    Program("web", "serve", role="app", listens=True, keys=("context", "cookie", "factors", "master")),
    Program("worker", "worker", role="app", keys=("context", "cookie", "master")),
    Program("scheduler", "schedule", role="relay", keys=("context",)),
    Program("console", "console", "operator", needed=lambda it: it.console_port is not None, keys=("console",)),
    Program("mail-in", "mail-in", "app", needed=lambda it: it.mail_in_url is not None, keys=("context",)),
)


ANY = ("0.0.0.0", "::", "localhost")  # noqa: S104  where the service may listen, not where we do


def database_part(server: EmbeddedPostgres) -> Part:
    """The embedded database. Its log goes to the terminal only when it breaks."""

    def start() -> Process:
        server.start()
        if server.process is None:
            raise RuntimeError("a server that has started has a process")
        return server.process

    return Part("database", server.log, start, lambda _: server.rest(), reader=breakage)


def program_parts(settings: Settings, sockets: list[socket.socket]) -> list[Part]:
    """The table's programs, ready to be started for these settings."""
    return [_part(program, settings, sockets) for program in PROGRAMS if program.needed(settings)]


def _part(program: Program, settings: Settings, sockets: list[socket.socket]) -> Part:
    log = settings.data / "logs" / f"{program.name}.log"
    environment = environment_for(program, settings)
    inherited = [each.fileno() for each in sockets] if program.listens else []
    environment |= {VARIABLE: ",".join(map(str, inherited))} if inherited else {}
    words = [sys.executable, "-P", "-m", "safeguard.cli", program.command]

    def start() -> Process:
        with open_log(log) as file:
            return subprocess.Popen(
                launched(words, end_by="SIGKILL"),  # a polite end would wait for a database that is gone too
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                env=environment,
                pass_fds=inherited,
                process_group=0,  # Ctrl-C at the terminal is for us, and we end them in order
            )

    return Part(program.name, log, start, ready=partial(answers, settings) if program.listens else lambda: True)


def environment_for(program: Program, settings: Settings, outer: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Our own environment with the settings made explicit; of database addresses and keys only the program's own."""
    secret = {"SAFEGUARD_DATABASE_URL", *(_variable(role) for role in DATABASE_ROLES)}
    secret |= {name for name in outer if is_of_a_key(name)} - {one for key in program.keys for one in settings_of(key)}
    return {name: value for name, value in outer.items() if name not in secret} | {
        "SAFEGUARD_DATA": str(settings.data),
        "SAFEGUARD_HOST": settings.host,
        "SAFEGUARD_PORT": str(settings.port),
        "SAFEGUARD_PUBLIC_URL": settings.public_url,
        "SAFEGUARD_ORIGIN": settings.origin,
        "PYTHONUNBUFFERED": "1",
        _variable(program.role): getattr(settings, f"{program.role}_url"),
    }


def answers(settings: Settings) -> bool:
    """Whether the web says that it is ready. A short wait: the socket is open before anybody answers on it."""
    host = "127.0.0.1" if settings.host in ANY else settings.host
    connection = http.client.HTTPConnection(host, settings.port, timeout=1)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _variable(role: str) -> str:
    return f"SAFEGUARD_{role.upper()}_DATABASE_URL"
