"""The key that this server's own tokens, cursors and kept forms are made with.

One key of 32 bytes (`cookie`), shared by every process that serves pages; HKDF (RFC 5869) derives a key for each
purpose, so that what was made for one can never be used for another. It is replaced while everything runs: what the key
before it made is still known until it is replaced once more.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from hmac import compare_digest, digest
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from safeguard import clock
from safeguard.keys.rings import Ring

NONCE = 12


class Tampered(ValueError):
    """What came back is not what this server made, or was made for something else."""


@dataclass(frozen=True, slots=True)
class ServerKey:
    """The secret of one deployment's web servers."""

    secret: bytes = field(repr=False)
    former: tuple["ServerKey", ...] = ()
    """Those before it: they open what they sealed, and know what they tagged."""
    _derived: dict[str, bytes] = field(default_factory=dict[str, bytes], repr=False, compare=False)

    def tag(self, purpose: str, data: bytes) -> bytes:
        """32 bytes that show that we saw `data`, for `purpose` (HMAC-SHA-256)."""
        return digest(self._for(purpose), data, "sha256")

    def is_tag(self, purpose: str, data: bytes, tag: bytes, size: int = 32) -> bool:
        """Whether the first `size` bytes of a tag of ours, or of a key before this one, stand here."""
        return any(compare_digest(key.tag(purpose, data)[:size], tag) for key in (self, *self.former))

    def seal(self, purpose: str, plain: bytes, bound_to: bytes = b"") -> str:
        """`plain`, unreadable and unchangeable (AES-256-GCM), as URL-safe text."""
        nonce = clock.random_bytes(NONCE)
        return encode(nonce + AESGCM(self._for(purpose)).encrypt(nonce, plain, bound_to))

    def open(self, purpose: str, sealed: str, bound_to: bytes = b"") -> bytes:
        """What was sealed for `purpose` and bound to the same; raises `Tampered`."""
        raw = decode(sealed)
        for key in (self, *self.former):
            with suppress(InvalidTag, ValueError):
                return AESGCM(key._for(purpose)).decrypt(raw[:NONCE], raw[NONCE:], bound_to)
        raise Tampered(purpose)

    def _for(self, purpose: str) -> bytes:
        if (found := self._derived.get(purpose)) is None:
            info = b"safeguard web " + purpose.encode()
            found = self._derived[purpose] = HKDF(SHA256(), 32, salt=None, info=info).derive(self.secret)
        return found


def same(one: bytes, other: bytes) -> bool:
    """Whether both are equal, compared in constant time."""
    return compare_digest(one, other)


def encode(raw: bytes) -> str:
    """URL-safe base64 without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes of `encode`; raises `Tampered`."""
    try:
        return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError as fault:
        raise Tampered("not base64") from fault


class Watched:
    """The key as it is at this moment, for a process that goes on running while it is replaced."""

    def __init__(self, ring: Ring) -> None:
        self._ring = ring
        self._seen = ring.secrets()
        self._key = _of(self._seen)

    @property
    def current(self) -> ServerKey:
        """The key, with those before it."""
        if (held := self._ring.secrets()) is not self._seen:
            self._seen, self._key = held, _of(held)
        return self._key


def load(path: Path) -> Watched:
    """The key of that name; made there, readable by its owner alone, when there is none."""
    return Watched(Ring(path.parent, path.name))


def _of(secrets: tuple[bytes, ...]) -> ServerKey:
    first, *others = secrets
    return ServerKey(first, tuple(ServerKey(other) for other in others))


_current: ServerKey | Watched | None = None


def use(key: ServerKey | Watched | None) -> None:
    """Make `key` the one that this process works with."""
    global _current  # noqa: PLW0603  one key per process is the point
    _current = key


def current() -> ServerKey:
    """The key of this process; raises `RuntimeError` before `use`."""
    if _current is None:
        raise RuntimeError("no server key is loaded in this process")
    return _current.current if isinstance(_current, Watched) else _current
