"""A helpline with a receiver that listens, and a hand that sends by SMTP."""

import smtplib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import anyio.to_thread
import pytest

from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.helpline.case import Case
from safeguard.helpline.mail.receiver import Handler, listen
from safeguard.helpline.queries import get_case
from safeguard.web import keys
from safeguard.web.keys import ServerKey
from safeguard.work import begin
from tests.helpline.mail.writing import CALLER, raw
from tests.post.conftest import mailbox

__all__ = ["mailbox"]
CAME = "select became, case_id, entry_id, proof, sender, subject, files from helpline_mail_in order by received_at, id"
CASES = "select id from helpline_cases order by received_at, id"


@dataclass
class MailDesk:
    """A helpline, its practitioner, and the port that its mail comes to."""

    practitioner: Actor
    port: int
    scheme: str = "smtp"

    @property
    def slug(self) -> str:
        return f"sample-{self.practitioner.organisation_id.hex[-12:]}"

    def address(self, token: str = "") -> str:
        return f"{self.slug}{f'+{token}' if token else ''}@help.example"

    async def send(self, message: EmailMessage | bytes, to: str | None = None, return_path: str = CALLER) -> None:
        """Hand a mail over; raises what `smtplib` raises when it is not taken."""
        content = message if isinstance(message, bytes) else raw(message)
        await anyio.to_thread.run_sync(self._send, content, to or self.address(), return_path)

    def _send(self, content: bytes, to: str, return_path: str) -> None:
        spoken: Any = smtplib.LMTP if self.scheme == "lmtp" else smtplib.SMTP
        with spoken("127.0.0.1", self.port) as server:
            server.sendmail(return_path, [to], content)

    async def cases(self) -> list[Case]:
        async with begin(system(self.practitioner.organisation_id)) as work:
            return [await get_case(work, row["id"]) for row in await work.driver.fetch(CASES)]

    async def came(self) -> list[Any]:
        async with begin(system(self.practitioner.organisation_id)) as work:
            return await work.driver.fetch(CAME)

    async def token(self, case_id: UUID) -> str:
        async with begin(system(self.practitioner.organisation_id)) as work:
            statement = "select token from helpline_threads where case_id = $1"
            return str(await work.driver.fetchval(statement, case_id))


@pytest.fixture(params=["smtp"])
async def mail_desk(request: pytest.FixtureRequest, someone: Any) -> AsyncIterator[MailDesk]:
    keys.use(ServerKey(b"t" * 32))
    server = await listen(f"{request.param}://127.0.0.1:0", Handler("help.example", "mx.help.example"))
    practitioner = await someone(Role.PRACTITIONER, kind="helpline")
    yield MailDesk(practitioner, server.sockets[0].getsockname()[1], request.param)
    server.close()
    await server.wait_closed()
    keys.use(None)
