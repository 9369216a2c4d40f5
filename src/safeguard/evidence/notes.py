"""Signed notes and checkpoints as this service writes them (C2SP signed-note and tlog-checkpoint)."""

from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ED25519 = b"\x01"
"""The signature type of an Ed25519 note signature."""


class NoteSigner(Protocol):
    """Whatever signs notes in the name of a log: a key in a file now, a process or a device later."""

    @property
    def vkey(self) -> str:
        """The verifier key of what signs."""
        ...

    @property
    def vkeys(self) -> tuple[str, ...]:
        """Of every key that signs: two, while one takes over from another."""
        ...

    def sign(self, text: str) -> str:
        """A note with this text and one signature; the same text gives the same note."""
        ...


def key_identifier(name: str, public: bytes) -> bytes:
    """First four bytes of H(name LF 0x01 public key)."""
    return sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A private key under the name that it signs as: the origin of a log."""

    name: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return self.private.public_key().public_bytes_raw()

    @property
    def identifier(self) -> bytes:
        """First four bytes of H(name LF 0x01 public key)."""
        return key_identifier(self.name, self.public)

    @property
    def vkey(self) -> str:
        """The verifier key: `name+identifier+base64(0x01 || public key)`."""
        return f"{self.name}+{self.identifier.hex()}+{b64encode(ED25519 + self.public).decode()}"

    @property
    def vkeys(self) -> tuple[str, ...]:
        """The one."""
        return (self.vkey,)

    def sign(self, text: str) -> str:
        """A note with this text, which ends with LF, and one signature. The same text always gives the same note."""
        if not text.endswith("\n"):
            raise ValueError("a note's text ends with a line feed")
        signature = b64encode(self.identifier + self.private.sign(text.encode())).decode()
        return f"{text}\n— {self.name} {signature}\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The size and root of a log at a moment. It carries no time: the signature says what, never when."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed; no extension lines."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def parse_checkpoint(note: str) -> Checkpoint:
    """The checkpoint in a note of our own; signatures are not looked at."""
    origin, size, root, *_ = note.split("\n")
    return Checkpoint(origin, int(size), b64decode(root, validate=True))


def origin_of(host: str, log_id: str, epoch: int = 1) -> str:
    """`host/t/<random log id>/<epoch>`: the epoch grows when a log is restored from a backup and continued."""
    return f"{host}/t/{log_id}/{epoch}"
