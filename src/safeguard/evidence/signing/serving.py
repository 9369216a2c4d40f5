"""The signer's process: signs what has grown, once a minute and whenever it is rung for, and answers who asks it.

Its connection to the database is of a role that reads the logs and adds checkpoints and alarms. Whoever may open its
socket may have a log signed as it stands and a pack's manifest signed, and nothing else.
"""

import asyncio
import base64
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
import structlog

from safeguard.database import passwords
from safeguard.evidence.sealing import FileKeySigner, SealRefused
from safeguard.evidence.signing.asking import LONGEST
from safeguard.evidence.signing.reaching import short

BELL: Final = "safeguard_signer"
EVERY: Final = 60.0
"""Seconds between two rounds."""
SIGNED: Final = ("safeguard-manifest/1\n", "safeguard-keys/1\n", "safeguard-removal/1\n")
"""How a text begins that is signed for others. None of these lines is a log's origin."""
_log = structlog.get_logger()


@dataclass(slots=True)
class Serving:
    """The process, with how it comes by its signer: keys may change while it runs."""

    open: Callable[[], FileKeySigner]
    url: str
    socket: Path
    every: float = EVERY
    listening: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the bell of the database is heard."""
    _rung: asyncio.Queue[UUID] = field(default_factory=asyncio.Queue[UUID])
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Sign until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stopping.set)
        await self.serve(self._stopping)

    async def serve(self, stopping: asyncio.Event) -> None:
        """Sign until the event is set."""
        server = await self._listen()
        tasks = [asyncio.create_task(each()) for each in (self._rounds, self._bell, self._hear)]
        try:
            await stopping.wait()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            server.close()
            with suppress(FileNotFoundError):
                self.socket.unlink()

    async def _listen(self) -> asyncio.Server:
        self.socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)
        before = os.umask(0o117)
        try:
            with short(self.socket) as path:
                return await asyncio.start_unix_server(self._converse, path, limit=LONGEST)
        finally:
            os.umask(before)

    async def _rounds(self) -> None:
        while True:
            await self._say("round", self._grown)
            await asyncio.sleep(self.every)

    async def _hear(self) -> None:
        """Sign the logs of each organisation that rang; one that rang twice meanwhile is signed once."""
        while True:
            rung = {await self._rung.get()}
            while not self._rung.empty():
                rung.add(self._rung.get_nowait())
            for organisation in sorted(rung):
                await self._say("bell", lambda each=organisation: self._all_of(each))

    async def _bell(self) -> None:
        """Listen for what the log rings for; a database that is away for a moment is no reason to end."""
        while True:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._listen_for_bell()
            await asyncio.sleep(1)

    async def _listen_for_bell(self) -> None:
        ended = asyncio.Event()

        def end(_connection: object) -> None:
            ended.set()

        connection = await passwords.connect(self.url, server_settings={"application_name": "safeguard-signer"})
        try:
            connection.add_termination_listener(end)
            await connection.add_listener(BELL, self._ring)
            self.listening.set()
            await ended.wait()
        finally:
            await connection.close(timeout=5)

    def _ring(self, _connection: object, _process: int, _channel: str, organisation: object) -> None:
        self._rung.put_nowait(UUID(str(organisation)))

    async def _say(self, what: str, act: Callable[[], Awaitable[Any]]) -> None:
        """Do it; what is refused is an alarm already, and the process goes on."""
        try:
            async with self._turn:
                await act()
        except SealRefused as refusal:
            _log.error("signer.refused", at=what, why=str(refusal))
        except Exception as fault:  # noqa: BLE001  the next round may find it mended
            _log.warning("signer.missed", at=what, fault=type(fault).__name__)

    async def _grown(self) -> int:
        return await self.open().seal_grown()

    async def _all_of(self, organisation_id: UUID) -> None:
        await self.open().seal_all_of(organisation_id)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answer = await self._answer(await reader.readline())
            writer.write(msgspec.json.encode(answer) + b"\n")
            await writer.drain()
        except (OSError, ValueError):
            pass  # whoever asked has gone
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            question = msgspec.json.decode(line, type=dict[str, str])
            if question.get("do") == "keys":
                return {"publics": [base64.b64encode(key).decode() for key in self._publics()]}
            if question.get("do") == "sign":
                return {"note": self._sign(question["origin"], question["text"])}
            async with self._turn:
                return await self._seal(question)
        except SealRefused as refusal:
            return {"refused": str(refusal)}
        except (KeyError, ValueError, msgspec.DecodeError):
            return {"refused": "This is no question for the signer."}
        except Exception as fault:  # noqa: BLE001  whoever asked is told, and the process goes on
            _log.warning("signer.failed", fault=type(fault).__name__)
            return {"refused": f"The signer failed: {type(fault).__name__}."}

    async def _seal(self, question: dict[str, str]) -> dict[str, Any]:
        if question.get("do") == "grown":
            return {"signed": await self._grown()}
        if question.get("do") != "seal":
            raise ValueError("unknown")
        sealed = await self.open().seal(UUID(question["organisation"]), question["log"])
        root = base64.b64encode(sealed.root).decode()
        return {
            "origin": sealed.origin, "size": sealed.size, "root": root, "note": sealed.note,
            "last_at": sealed.last_at.isoformat(),
        }  # fmt: skip

    def _publics(self) -> list[bytes]:
        return [private.public_key().public_bytes_raw() for private in self.open().signer_of("keys").privates]

    def _sign(self, origin: str, text: str) -> str:
        if not text.startswith(SIGNED):
            raise ValueError("only manifests, lists of keys and certificates of removals are signed for others")
        return self.open().signer_of(origin).sign(text)
