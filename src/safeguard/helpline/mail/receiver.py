"""The receiver: speaks SMTP or LMTP with the mail server in front of it, and says "taken" only after the commit.

It relays nothing: whatever is not for a helpline of this service is refused at its address. It is bounded in size,
time, connections and recipients; when the database is away, the mail server is asked to come again. Mail servers of
the world are for a mail server to meet: this one stands behind it, on the same machine or the same network.
"""

import asyncio
import functools
import signal
from typing import Any, Final
from urllib.parse import urlsplit

import anyio.to_thread
import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from safeguard.access.actors import system
from safeguard.database import checking, passwords, pool
from safeguard.database.context import watch_key
from safeguard.helpline.mail.addresses import Place, read_place
from safeguard.helpline.mail.desks import find_desk
from safeguard.helpline.mail.parsing import read_mail
from safeguard.helpline.mail.taking import TooMany, take_mail
from safeguard.jobs.brokers import open_broker
from safeguard.jobs.ringing import Ringer
from safeguard.settings import Settings, SettingsError
from safeguard.work import begin

LARGEST: Final = 25 << 20
"""Bytes of one mail. Files are not kept anyway, so whoever sends larger ones is told at once."""
GIVEN_UP: Final = 4 * LARGEST
"""Bytes of one mail after which nobody waits for its end: the conversation is cut."""
LONGEST_LINE: Final = 64 << 10
"""RFC 5321 §4.5.3.1.6 says 1,000; the programs that people have do not."""
PATIENCE: Final = 60.0
"""Seconds for one command, and for the whole of one mail."""
AT_ONCE: Final = 50
"""Connections."""
COMMANDS: Final = 200
"""Of one kind in one connection."""
NO_SUCH: Final = "550 5.1.1 There is no helpline at this address"
ONE: Final = "452 4.5.3 One recipient at a time, please"
LATER: Final = "451 4.3.0 Not kept. Please try again later"
FLOOD: Final = "451 4.7.1 Too much mail from this address. Please try again later"
TOO_LARGE: Final = "552 5.3.4 The mail is too large. Leave out its files: they are not kept here"
SEND_IT: Final = "354"
NOT_TAKEN: Final = ("500", "552")
TAKEN: Final = "250 2.0.0 Kept"
BUSY: Final = b"421 4.3.2 Too many connections. Please try again later\r\n"
LISTENS: Final = {"smtp": 2525, "lmtp": 2424}


class Handler:
    """What is done with each recipient and each mail."""

    def __init__(self, domain: str, vouching: str = "") -> None:
        self._domain, self._vouching = domain, vouching

    async def handle_RCPT(  # noqa: N802  its name
        self, _server: Any, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Only a helpline's address is taken, and one in a transaction: each mail is one commit and one answer."""
        if envelope.rcpt_tos:
            return ONE
        try:
            place = read_place(address, self._domain)
            if place is None or await find_desk(place.slug) is None:
                return NO_SUCH
        except Exception as fault:  # noqa: BLE001  the database is away: the mail server tries again
            return _later(fault)
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802  its name
        """Kept, or not: never "taken" for what is not committed."""
        place = read_place(envelope.rcpt_tos[0], self._domain)
        content = envelope.original_content or b""
        try:
            return await self._take(place, content, envelope.mail_from)
        except TooMany:
            return FLOOD
        except Exception as fault:  # noqa: BLE001  whatever it was, the mail is not lost: it comes again
            return _later(fault)

    async def _take(self, place: Place | None, content: bytes, return_path: str | None) -> str:
        desk = await find_desk(place.slug) if place else None
        if place is None or desk is None:
            return NO_SUCH
        reading = functools.partial(read_mail, content, return_path, self._vouching)
        mail = await anyio.to_thread.run_sync(reading)
        sender = read_place(mail.sender, self._domain)
        ours = sender is not None and sender.slug == place.slug  # with or without a token: it is our own mail
        async with begin(system(desk.organisation_id)) as work:
            await take_mail(work, desk.profile, mail, place.token, ours=ours)
        return TAKEN


def _later(fault: Exception) -> str:
    structlog.get_logger().warning("mail_in.not_kept", fault=type(fault).__name__)
    return LATER


class _Counted:
    """How many speak with us at this moment."""

    def __init__(self) -> None:
        self.number = 0


class _Bounded(SMTP):
    """A conversation that counts among those that are held at once."""

    line_length_limit = LONGEST_LINE
    _held = False
    _come = 0
    """Bytes that came so far."""
    _mail_began: int | None = None
    """How many had come when the mail began that is on its way."""

    def __init__(self, handler: Handler, counted: _Counted) -> None:
        super().__init__(
            handler, data_size_limit=LARGEST, enable_SMTPUTF8=True, hostname="helpline", ident="Safeguard",
            timeout=PATIENCE, command_call_limit=COMMANDS, loop=asyncio.get_running_loop(),
        )  # fmt: skip
        self._counted = counted

    def data_received(self, data: bytes) -> None:
        """Count, and cut off a mail that does not end: what is too large is read to its end only to be answered."""
        self._come += len(data)
        if self._length() > GIVEN_UP and self.transport is not None:
            self._writer.write(TOO_LARGE.encode() + b"\r\n")
            self.transport.close()
            return
        super().data_received(data)

    async def push(self, status: str | bytes) -> None:
        """Say of a mail that is too large that it is, also where it holds a line that is too long."""
        told = status if isinstance(status, str) else status.decode()
        if told.startswith(SEND_IT):
            self._mail_began = self._come
        elif self._mail_began is not None:
            if told.startswith(NOT_TAKEN) and self._length() > LARGEST:
                told = TOO_LARGE
            self._mail_began = None
        await super().push(told)

    def _length(self) -> int:
        """Bytes of the mail that is on its way."""
        return 0 if self._mail_began is None else self._come - self._mail_began

    def connection_made(self, transport: Any) -> None:
        """Turn away whoever is one too many."""
        if self._counted.number >= AT_ONCE:
            transport.write(BUSY)
            transport.close()
            return
        self._counted.number, self._held = self._counted.number + 1, True
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Make room for the next."""
        if self._held:
            self._counted.number, self._held = self._counted.number - 1, False
            super().connection_lost(error)


class _BoundedLocally(_Bounded, LMTP):
    """The same, as mail servers hand over to a neighbour."""


async def listen(url: str, handler: Handler) -> asyncio.Server:
    """Listen at an address such as `smtp://127.0.0.1:2525`; raises `SettingsError` for one that is none."""
    parts = urlsplit(url)
    if parts.scheme not in LISTENS or not parts.hostname:
        raise SettingsError("SAFEGUARD_MAIL_IN is like smtp://127.0.0.1:2525, or lmtp://127.0.0.1:2424")
    spoken, counted = (_BoundedLocally if parts.scheme == "lmtp" else _Bounded), _Counted()
    port = LISTENS[parts.scheme] if parts.port is None else parts.port
    return await asyncio.get_running_loop().create_server(lambda: spoken(handler, counted), parts.hostname, port)


def run(settings: Settings) -> None:
    """Receive mail until SIGTERM or SIGINT."""
    ringer = Ringer(open_broker(settings.broker_url, settings.app_url, consumes=False))
    ringer.open()
    try:
        asyncio.run(_receive(settings))
    finally:
        ringer.close()


async def _receive(settings: Settings) -> None:
    if settings.mail_in_url is None:
        raise SettingsError("Say with SAFEGUARD_MAIL_IN where mail is received, such as smtp://127.0.0.1:2525")
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    passwords.follow(settings.keys)
    database = pool.Database(settings.app_url, watch_key(settings.keys / "context"), size=4, overflow=4)
    async with database.connection() as connection:
        await checking.refuse(connection)
    pool.use(database)
    server = await listen(settings.mail_in_url, Handler(settings.mail_in_host, settings.mail_in_authserv))
    try:
        await stopping.wait()
    finally:
        server.close()
        await server.wait_closed()
        pool.use(None)
        await database.close()
