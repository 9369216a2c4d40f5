"""Handing a mail to a mail server: the standard library's client in a thread, encrypted unless the address says not.

`smtps://host` speaks TLS from the first byte (port 465); `smtp://host` begins in the clear and insists on STARTTLS
(port 587), which only `?tls=none` switches off: for a relay on the same machine. No client library: one mail at a time
leaves nothing for it to do.
"""

import asyncio
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Final, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from safeguard.settings import SettingsError

PATIENCE: Final = 30.0
"""Seconds that the server may take for one answer."""
PORTS: Final = {"smtp": 587, "smtps": 465}
BROKEN: Final = (smtplib.SMTPException, OSError)
"""What a mail server that is away, or in a bad moment, raises. Asking again later may help."""


class Refused(Exception):
    """The server will never take this mail: there is no such mailbox, or it does not want it. Holds the code alone."""


class Mailer(Protocol):
    """Whoever takes mail."""

    async def send(self, message: EmailMessage) -> None:
        """Hand it over; raises `Refused` for good, and anything of `BROKEN` for now."""
        ...


@dataclass(frozen=True, slots=True)
class MailServer:
    """One SMTP server, as an address tells it."""

    host: str
    port: int
    encrypted: bool
    """TLS from the first byte."""
    insists: bool
    """On STARTTLS, where the connection begins in the clear."""
    user: str
    password: str = field(repr=False)

    async def send(self, message: EmailMessage) -> None:
        """Hand it over; see `Mailer.send`."""
        await asyncio.to_thread(self._send, message)

    def _send(self, message: EmailMessage) -> None:
        try:
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refusal:
            _raise_if_final([code for code, _ in refusal.recipients.values()], refusal)
        except smtplib.SMTPResponseException as refusal:
            final = not isinstance(refusal, smtplib.SMTPAuthenticationError)  # a password can be mended
            _raise_if_final([refusal.smtp_code] if final else [], refusal)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        context = ssl.create_default_context()
        server = (
            smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE, context=context)
            if self.encrypted
            else smtplib.SMTP(self.host, self.port, timeout=PATIENCE)
        )
        with server:
            if self.insists:
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
            yield server


def _raise_if_final(codes: list[int], refusal: smtplib.SMTPException) -> None:
    """RFC 5321 §4.2.1: a code of 500 or more is for good. Its text may quote the mail, so only the code is kept."""
    if codes and all(code >= 500 for code in codes):
        raise Refused(str(codes[0])) from None
    raise refusal


def open_mailer(url: str | None) -> MailServer | None:
    """The mail server of that address, or None when there is no address; raises `SettingsError`."""
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise SettingsError("SAFEGUARD_SMTP_URL is like smtp://user:password@mail.example.org:587, or smtps://…")
    insists = parts.scheme == "smtp" and parse_qs(parts.query).get("tls") != ["none"]
    return MailServer(
        parts.hostname, parts.port or PORTS[parts.scheme], parts.scheme == "smtps", insists,
        unquote(parts.username or ""), unquote(parts.password or ""),
    )  # fmt: skip
