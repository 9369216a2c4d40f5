"""Signed notes (C2SP signed-note) and verifier keys, as a reader needs them."""

import re
from dataclasses import dataclass
from hashlib import sha256

from safeguard.evidence.verifying.curve import is_acceptable_point, is_signed
from safeguard.evidence.verifying.text import decode64
from safeguard.evidence.verifying.verdicts import Refused

LARGEST = 64 * 1024
MOST_SIGNATURES = 100
ED25519 = 1
_KEY_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,256}")


@dataclass(frozen=True, slots=True)
class Key:
    """A verifier key: whose it is said to be, and the Ed25519 public key itself."""

    name: str
    public: bytes

    @property
    def identifier(self) -> bytes:
        """The first four bytes of H(name LF 0x01 public key)."""
        return sha256(self.name.encode() + b"\n" + bytes([ED25519]) + self.public).digest()[:4]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key in groups of four, short enough to read out over a telephone."""
        digits = sha256(self.public).hexdigest()[:32]
        return " ".join(digits[at : at + 4] for at in range(0, 32, 4))


def parse_key(vkey: str) -> Key:
    """A key from `name+hash+base64`; ValueError says what is wrong with it."""
    parts = vkey.split("+", 2)
    if len(parts) != 3 or not _KEY_NAME.fullmatch(parts[0]):
        raise ValueError("a key looks like name+8 hexadecimal digits+base64")
    name, digits, encoded = parts
    material = decode64(encoded)
    if len(material) != 33 or material[0] != ED25519:
        raise ValueError("this is not an Ed25519 key")
    key = Key(name, material[1:])
    if key.identifier.hex() != digits:
        raise ValueError("the key does not match its own identifier: it was mistyped or cut off")
    if not is_acceptable_point(key.public):
        raise ValueError("this key is one under which anybody can sign")
    return key


@dataclass(frozen=True, slots=True)
class Signature:
    """A line under a note: who says that they signed, with which key, and the bytes."""

    name: str
    identifier: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text with signatures under it. Nothing is verified yet."""

    text: str
    signatures: tuple[Signature, ...]

    def signers(self, keys: tuple[Key, ...], file: str) -> tuple[Key, ...]:
        """The keys, of those given, that signed. Signatures of other keys are ignored, a false one is refused."""
        found: list[Key] = []
        for signature in self.signatures:
            for key in keys:
                if (key.name, key.identifier) != (signature.name, signature.identifier) or key in found:
                    continue
                if not is_signed(key.public, signature.value, self.text.encode()):
                    raise Refused(f"The signature on {file} is false.", file=file)
                found.append(key)
        return tuple(found)


def parse_note(data: bytes, file: str) -> Note:
    """The note in `data`, or a refusal."""
    try:
        return _parse(data)
    except ValueError as error:
        raise Refused(f"{file} is not a signed note: {error}.", file=file) from error


def _parse(data: bytes) -> Note:
    if len(data) > LARGEST:
        raise ValueError("it is too large")
    content = data.decode("utf-8")
    if any(ord(character) < 32 and character != "\n" for character in content):
        raise ValueError("it holds control characters")
    text, separator, below = content.rpartition("\n\n")
    if not separator or not below.endswith("\n"):
        raise ValueError("text and signatures are not told apart")
    lines = below[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise ValueError("it has too many signatures")
    return Note(text + "\n", tuple(_signature(line) for line in lines))


def _signature(line: str) -> Signature:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != "—" or not _KEY_NAME.fullmatch(name):
        raise ValueError("a signature line is malformed")
    raw = decode64(encoded)
    if len(raw) < 5:
        raise ValueError("a signature is too short")
    return Signature(name, raw[:4], raw[4:])
