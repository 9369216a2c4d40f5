"""A real mail server, and a worker's hand: run what waits, as a worker would."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from safeguard import clock
from safeguard.web import keys


@dataclass
class Mailbox:
    """What a mail server took, and how it answers the next mails."""

    taken: list[bytes] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    url: str = ""

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802  its name
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer.startswith("250"):
            self.taken.append(envelope.original_content or b"")
        return answer

    @property
    def mails(self) -> list[EmailMessage]:
        return [BytesParser(policy=default).parsebytes(raw) for raw in self.taken]


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]  # the controller insists on knowing it before it listens
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    box.url = f"smtp://127.0.0.1:{port}?tls=none"
    yield box
    controller.stop()


@pytest.fixture(autouse=True)
def server_key() -> Iterator[None]:
    keys.use(keys.ServerKey(clock.random_bytes(32)))
    yield
    keys.use(None)
