"""The signed context that row-level security asks for: `organisation|user|purpose|expires|key id|HMAC`.

A capability rather than a name: whoever can inject SQL can call `set_config`, but cannot make this without the key.
The database verifies it with the same key (`migrations/sql/10_context.sql`). HMAC-SHA-256 as in RFC 2104, with both
pads prepared, because the database builds it from core `sha256()` alone.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from safeguard import clock
from safeguard.keys.rings import Ring
from safeguard.keys.sources import source_of

LIFETIME = 120
"""Seconds for which a context made by a process holds: longer than any request should last."""
JOB_LIFETIME = 3600
"""Seconds for a job: as long as one may run."""

PLATFORM = "00000000-0000-0000-0000-000000000000"
"""The organisation id of the platform itself: its log holds operators' acts and failed sign-ins."""


@dataclass(frozen=True, slots=True)
class ContextKey:
    """The key that makes contexts, and the id by which the database finds it."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """Sixteen hex digits of the key's hash."""
        return sha256(b"safeguard-context-key\n" + self.secret).hexdigest()[:16]

    @property
    def inner_pad(self) -> bytes:
        """The key xor 0x36, 64 bytes (RFC 2104 §2)."""
        return bytes(byte ^ 0x36 for byte in self.secret.ljust(64, b"\0"))

    @property
    def outer_pad(self) -> bytes:
        """The key xor 0x5c, 64 bytes (RFC 2104 §2)."""
        return bytes(byte ^ 0x5C for byte in self.secret.ljust(64, b"\0"))

    def sign(self, organisation_id: UUID, user_id: UUID | None, purpose: str, lifetime: int = LIFETIME) -> str:
        """A context for one organisation, that holds for `lifetime` seconds."""
        now = clock.System().now()  # the database's clock is the machine's, not a test's
        expires = int(now.timestamp()) + lifetime
        body = f"{organisation_id}|{user_id or ''}|{purpose}|{expires}|{self.id}"
        inner = sha256(self.inner_pad + body.encode()).digest()
        return f"{body}|{sha256(self.outer_pad + inner).hexdigest()}"


class ContextRing:
    """The key as it is at this moment: `safeguard keys rotate context` replaces it while processes run."""

    def __init__(self, path: Path) -> None:
        self._ring = Ring(path.parent, path.name)
        self._key = ContextKey(self._ring.secrets()[0])

    def __repr__(self) -> str:
        return f"ContextRing({self.current.id})"

    @property
    def current(self) -> ContextKey:
        """The key that makes contexts now."""
        secret = self._ring.secrets()[0]
        if secret is not self._key.secret:
            self._key = ContextKey(secret)
        return self._key

    @property
    def id(self) -> str:
        """As `ContextKey.id`."""
        return self.current.id

    def sign(self, organisation_id: UUID, user_id: UUID | None, purpose: str, lifetime: int = LIFETIME) -> str:
        """As `ContextKey.sign`."""
        return self.current.sign(organisation_id, user_id, purpose, lifetime)


def load_key(path: Path) -> ContextKey:
    """The key of that name; made there, readable by its owner alone, when there is none."""
    return ContextKey(source_of(path.parent, path.name).current(path.name))


def watch_key(path: Path) -> ContextRing:
    """The same, for a process that goes on running while the key is replaced."""
    return ContextRing(path)
