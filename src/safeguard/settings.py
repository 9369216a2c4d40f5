"""What differs between two deployments of the same code, read from the environment once.

Everything has a value that works on one machine: `safeguard up` needs no setting at all.
Several machines are configured by `SAFEGUARD_*` variables, which docs/settings.md lists.

A plain dataclass and a dozen lines of reading instead of a settings library: there is no file format to learn,
nothing is read at import time, and a test hands in a dictionary.
"""

import json
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from safeguard import clock
from safeguard.residency import outside

DATABASE_ROLES = ("owner", "app", "relay", "signer", "operator")
"""The roles that connect to PostgreSQL, each with its own address."""

ADDRESS = "address"
"""The file in the data folder that says where a running `up` serves it."""
CONSOLE_ADDRESS = "console-address"
"""The same of a running console."""


class SettingsError(ValueError):
    """A setting that cannot be used, said so that whoever set it can mend it."""


@dataclass(frozen=True)
class Settings:
    """One deployment. Addresses hold passwords, so they stay out of `repr`, and so out of logs."""

    data: Path
    host: str
    port: int
    public_url: str
    origin: str
    """The host that names this deployment in checkpoints, for as long as its logs exist (the origin line)."""

    admin_url: str | None = field(repr=False)
    """A PostgreSQL that somebody else runs, from which the four addresses are made; None for the embedded one."""
    owner_url: str = field(repr=False)
    app_url: str = field(repr=False)
    relay_url: str = field(repr=False)
    signer_url: str = field(repr=False)
    broker_url: str | None = field(repr=False)
    """RabbitMQ or Redis; None rings through PostgreSQL."""
    objects_url: str = field(repr=False)
    operator_url: str = field(default="", repr=False)

    smtp_url: str | None = field(default=None, repr=False)
    """The mail server, `smtp://user:password@host:587`; None sends no mail, and notices stay in the app."""
    mail_from: str = ""
    """The address that mail comes from; empty makes one of the public address."""
    mail_in_url: str | None = None
    """Where the helpline's mail is received, `smtp://127.0.0.1:2525` or `lmtp://…`; None receives none."""
    mail_in_domain: str = ""
    """What stands behind the `@` of the helpline's address."""
    mail_in_authserv: str = ""
    """The name under which one's own mail server says whether a sender is who they say; empty believes nobody."""
    secure_cookies: bool = True
    """Always, also on http://localhost: browsers count it as a secure context."""
    metrics_port: int | None = None
    """Where Prometheus asks for `/metrics`; None answers nowhere."""
    scanner_url: str | None = None
    """A clamd that checks files for viruses (`tcp://host:3310`, `unix:///run/clamav/clamd.ctl`); None has none."""
    reaches_loopback: bool = False
    """Whether an organisation's provider may be on this very machine, without TLS: for a trial on one's own."""
    trusted_proxy: str | None = None
    """The address whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed."""
    console_port: int | None = None
    """Where the operator's console is served, on this machine alone; None serves none."""
    console_public_url: str = ""
    """What operators type; empty is the port on localhost."""
    request_limits: bool = True
    """Whether requests are counted and refused beyond the limits; a benchmark counts none."""
    security_contact: str | None = None
    """Where somebody who found a hole writes, `mailto:` or `https:`; None names nobody."""
    own_signer_home: Path | None = None
    """A folder for the signer alone: its key and its memory. None keeps both in the data folder."""
    own_signer_socket: Path | None = None
    """Where the signer is asked; None is in the data folder."""
    tsa_url: str = ""
    """A timestamp authority (RFC 3161) that is asked for the time of each pack's log; empty asks none."""
    tsa_roots: Path = Path()
    """The certificates under which its answers count (PEM)."""

    @property
    def console_url(self) -> str:
        """Where operators find their console."""
        return self.console_public_url or f"http://localhost:{self.console_port}"

    @property
    def keys(self) -> Path:
        """The folder of keys and passwords, mode 0700."""
        return self.data / "keys"

    @property
    def certificates(self) -> Path:
        """The folder of the certificates with which organisations sign their reports."""
        return self.keys / "certificates"

    @property
    def mail_in_host(self) -> str:
        """The domain of the helpline's mail: the one that is set, or the public host."""
        return self.mail_in_domain or urlsplit(self.public_url).hostname or "localhost"

    @property
    def objects(self) -> Path:
        """The folder that `objects_url` names when nothing else is configured."""
        return self.data / "objects"

    @property
    def signer_home(self) -> Path:
        """What the signer remembers lies here: never in the database, and never restored with it."""
        return self.own_signer_home or self.data / "signer"

    @property
    def signer_key(self) -> Path:
        """The log's key."""
        return self.own_signer_home / "log" if self.own_signer_home else self.keys / "log"

    @property
    def signer_socket(self) -> Path:
        """Where whoever needs a signature asks for it."""
        return self.own_signer_socket or self.data / "signer" / "socket"

    def address_for(self, role: str) -> str:
        """Where a part that connects as `role` finds the database; raises `SettingsError` when nobody has said."""
        url: str = getattr(self, f"{role}_url")
        if not url:
            raise SettingsError(
                f"No database is set. Set SAFEGUARD_{role.upper()}_DATABASE_URL, or name with --data the folder of a "
                f"deployment that `safeguard up` has started."
            )
        return url


def load(environ: Mapping[str, str] = os.environ, data: Path | None = None) -> Settings:
    """Read the settings; `data` (the `--data` option) wins over `SAFEGUARD_DATA`.

    Database addresses come from the environment, else from `keys/database.json`, which the first start writes,
    else they are empty. Raises `SettingsError` for what cannot be used, and for a place where data may not be kept.
    """
    folder = folder_of(environ, data)
    port = _port(environ.get("SAFEGUARD_PORT") or "8000")
    public_url = environ.get("SAFEGUARD_PUBLIC_URL") or _public_url(folder, port, chosen="SAFEGUARD_PORT" in environ)
    stored = _stored_urls(folder)
    settings = Settings(
        data=folder,
        host=environ.get("SAFEGUARD_HOST") or "127.0.0.1",
        port=port,
        public_url=public_url.rstrip("/"),
        origin=environ.get("SAFEGUARD_ORIGIN") or _stored_origin(folder, public_url),
        admin_url=environ.get("SAFEGUARD_DATABASE_URL") or None,
        owner_url=environ.get("SAFEGUARD_OWNER_DATABASE_URL") or stored["owner"],
        app_url=environ.get("SAFEGUARD_APP_DATABASE_URL") or stored["app"],
        relay_url=environ.get("SAFEGUARD_RELAY_DATABASE_URL") or stored["relay"],
        signer_url=environ.get("SAFEGUARD_SIGNER_DATABASE_URL") or stored["signer"],
        operator_url=environ.get("SAFEGUARD_OPERATOR_DATABASE_URL") or stored["operator"],
        broker_url=environ.get("SAFEGUARD_BROKER_URL") or None,
        objects_url=environ.get("SAFEGUARD_OBJECTS_URL") or (folder / "objects").as_uri(),
        smtp_url=environ.get("SAFEGUARD_SMTP_URL") or None,
        mail_from=environ.get("SAFEGUARD_MAIL_FROM") or "",
        mail_in_url=environ.get("SAFEGUARD_MAIL_IN") or None,
        mail_in_domain=environ.get("SAFEGUARD_MAIL_IN_DOMAIN") or "",
        mail_in_authserv=environ.get("SAFEGUARD_MAIL_IN_AUTHSERV") or "",
        metrics_port=_port(environ["SAFEGUARD_METRICS_PORT"]) if environ.get("SAFEGUARD_METRICS_PORT") else None,
        scanner_url=environ.get("SAFEGUARD_SCANNER_URL") or None,
        reaches_loopback=environ.get("SAFEGUARD_REACHES_LOOPBACK") == "yes",
        trusted_proxy=environ.get("SAFEGUARD_TRUSTED_PROXY") or None,
        console_port=_port(environ["SAFEGUARD_CONSOLE_PORT"]) if environ.get("SAFEGUARD_CONSOLE_PORT") else None,
        console_public_url=_console_url(environ, folder),
        request_limits=environ.get("SAFEGUARD_REQUEST_LIMITS") != "no",
        security_contact=_contact(environ.get("SAFEGUARD_SECURITY_CONTACT")),
        own_signer_home=_folder(environ.get("SAFEGUARD_SIGNER_HOME")),
        own_signer_socket=_folder(environ.get("SAFEGUARD_SIGNER_SOCKET")),
        tsa_url=_authority(environ),
        tsa_roots=_folder(environ.get("SAFEGUARD_TSA_ROOTS")) or Path(),
    )
    if problem := outside(environ.get("SAFEGUARD_RESIDENCY") or "", _kept_at(settings), environ):
        raise SettingsError(problem)
    return settings


def _kept_at(settings: Settings) -> dict[str, str | None]:
    """Every setting whose address holds or reads records -> that address. Mail and timestamps carry none."""
    databases = {f"SAFEGUARD_{role.upper()}_DATABASE_URL": getattr(settings, f"{role}_url") for role in DATABASE_ROLES}
    return databases | {
        "SAFEGUARD_DATABASE_URL": settings.admin_url, "SAFEGUARD_BROKER_URL": settings.broker_url,
        "SAFEGUARD_OBJECTS_URL": settings.objects_url, "SAFEGUARD_SCANNER_URL": settings.scanner_url,
    }  # fmt: skip


def folder_of(environ: Mapping[str, str] = os.environ, data: Path | None = None) -> Path:
    """The data folder that `load` would use; nothing is made there by asking."""
    return (data or Path(environ.get("SAFEGUARD_DATA") or ".data")).expanduser().resolve()


@contextmanager
def announced(settings: Settings) -> Generator[None]:
    """For the length of the block, commands on this data folder make links to where it is served."""
    with _written(settings.data / ADDRESS, settings.public_url):
        yield


@contextmanager
def console_announced(settings: Settings) -> Generator[None]:
    """The same for links to the operator's console."""
    with _written(settings.data / CONSOLE_ADDRESS, settings.console_url):
        yield


@contextmanager
def _written(file: Path, url: str) -> Generator[None]:
    file.write_text(url + "\n")
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def _public_url(data: Path, port: int, *, chosen: bool) -> str:
    """Where a running `up` serves this data folder, unless a port was chosen here."""
    here = f"http://localhost:{port}"
    try:
        return here if chosen else (data / ADDRESS).read_text().strip() or here
    except FileNotFoundError:
        return here


def _console_url(environ: Mapping[str, str], data: Path) -> str:
    """What is set, else where a running console announced itself, unless a port was chosen here."""
    chosen = (environ.get("SAFEGUARD_CONSOLE_URL") or "").rstrip("/")
    if chosen or environ.get("SAFEGUARD_CONSOLE_PORT"):
        return chosen
    try:
        return (data / CONSOLE_ADDRESS).read_text().strip()
    except FileNotFoundError:
        return ""


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise SettingsError(f"SAFEGUARD_PORT is a number from 1 to 65535, not {text!r}.")
    return int(text)


def _contact(text: str | None) -> str | None:
    if text and (not text.startswith(("mailto:", "https://")) or not text.isascii() or not text.isprintable()):
        raise SettingsError("SAFEGUARD_SECURITY_CONTACT is an address that begins with mailto: or https://.")
    return text or None


def _authority(environ: Mapping[str, str]) -> str:
    """An authority is believed only under certificates of its own, so that there is none without them."""
    url = environ.get("SAFEGUARD_TSA_URL") or ""
    if url and not url.startswith(("https://", "http://")):
        raise SettingsError("SAFEGUARD_TSA_URL is an address that begins with https:// or http://.")
    if url and not environ.get("SAFEGUARD_TSA_ROOTS"):
        raise SettingsError("SAFEGUARD_TSA_URL needs SAFEGUARD_TSA_ROOTS: a PEM file of the authority's certificates.")
    return url


def _folder(text: str | None) -> Path | None:
    return Path(text).expanduser().resolve() if text else None


def _stored_urls(data: Path) -> dict[str, str]:
    """The addresses of the last start, one per role: {"owner": "postgresql://...", ...}."""
    try:
        found = cast("dict[str, str]", json.loads((data / "keys" / "database.json").read_text()))
    except FileNotFoundError:
        found = {}
    return {role: found.get(role, "") for role in DATABASE_ROLES}


def _stored_origin(data: Path, public_url: str) -> str:
    """The name settled at first start. It is never computed anew: old checkpoints carry it."""
    file = data / "keys" / "origin"
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        return _settle_origin(file, _proposed_origin(public_url))


def _proposed_origin(public_url: str) -> str:
    """The public host name when there is one; otherwise a random name, so that two laptops differ."""
    host = urlsplit(public_url).hostname or "localhost"
    if host == "localhost" or host.replace(".", "").isdigit() or ":" in host:
        return f"safeguard-{clock.random_bytes(6).hex()}.local"
    return host


def _settle_origin(file: Path, proposed: str) -> str:
    """Write the name unless another process was first; whole or not at all."""
    for folder in (file.parent.parent, file.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f"origin.{os.getpid()}")
    draft.write_text(proposed + "\n")
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return file.read_text().strip()
