"""Asking the signer: a line of JSON over a Unix socket, a line back.

A socket and not a table of requests: whoever commands the database can then still not have anything signed, because
that takes the right to open a file on the signer's machine. Only its own notes are signed over it - manifests and
lists of keys -, and never a text that could pass for a checkpoint.
"""

import asyncio
import base64
import socket
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec

from safeguard.evidence.notes import ED25519, key_identifier
from safeguard.evidence.sealing import Sealed, SealRefused
from safeguard.evidence.signing.reaching import short

LONGEST: Final = 1 << 20
PATIENCE: Final = 300.0
"""Seconds; a log that was never signed may have to be read from its first entry."""


class SignerAway(RuntimeError):
    """Nobody answers where the signer should be. Whoever asked tries again later."""


@dataclass(frozen=True, slots=True)
class AskedKey:
    """Signs in the name of a log by asking; the public halves are fetched once."""

    name: str
    publics: tuple[bytes, ...]
    asked: "AskingSigner" = field(repr=False)

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public key that signs now."""
        return self.publics[0]

    @property
    def vkey(self) -> str:
        """The verifier key that signs now."""
        return self.vkeys[0]

    @property
    def vkeys(self) -> tuple[str, ...]:
        """Of every key that signs."""
        return tuple(_vkey(self.name, public) for public in self.publics)

    def sign(self, text: str) -> str:
        """The note, signed by the signer; blocks while it is asked."""
        return str(self.asked.ask({"do": "sign", "origin": self.name, "text": text})["note"])


@dataclass(frozen=True, slots=True)
class AskingSigner:
    """The signer, as every other process sees it."""

    socket: Path

    async def seal(self, organisation_id: UUID, log: str = "general") -> Sealed:
        """Have the log signed as it stands; raises `SealRefused`, `SignerAway`."""
        asked = {"do": "seal", "organisation": str(organisation_id), "log": log}
        found = await asyncio.to_thread(self.ask, asked)
        root, last_at = base64.b64decode(found["root"]), datetime.fromisoformat(found["last_at"])
        return Sealed(found["origin"], found["size"], root, found["note"], last_at)

    async def seal_grown(self) -> int:
        """Have every log signed that has grown; how many had."""
        return int((await asyncio.to_thread(self.ask, {"do": "grown"}))["signed"])

    def signer_of(self, origin: str) -> AskedKey:
        """The signer's keys under the name of that log; blocks for a moment."""
        publics = self.ask({"do": "keys"})["publics"]
        return AskedKey(origin, tuple(base64.b64decode(public) for public in publics), self)

    def ask(self, question: dict[str, str]) -> dict[str, Any]:
        """One question, one answer; raises `SealRefused`, `SignerAway`."""
        try:
            answer = msgspec.json.decode(self._exchange(msgspec.json.encode(question) + b"\n"), type=dict[str, Any])
        except (OSError, msgspec.DecodeError) as fault:
            raise SignerAway(
                f"The signer does not answer ({type(fault).__name__}). Is `safeguard signer` running?"
            ) from fault
        if "refused" in answer:
            raise SealRefused(str(answer["refused"]))
        return answer

    def _exchange(self, line: bytes) -> bytes:
        with _connected(self.socket) as connection:
            connection.sendall(line)
            answer = b""
            while not answer.endswith(b"\n") and len(answer) <= LONGEST:
                piece = connection.recv(65536)
                if not piece:
                    break
                answer += piece
        return answer


@contextmanager
def _connected(file: Path) -> Generator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection, short(file) as path:
        connection.settimeout(PATIENCE)
        connection.connect(path)
        yield connection


def _vkey(name: str, public: bytes) -> str:
    return f"{name}+{key_identifier(name, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"
