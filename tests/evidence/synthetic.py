"""A small synthetic log in memory, the same each time."""

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from safeguard.audit import documents
from safeguard.evidence import merkle
from safeguard.evidence.notes import Checkpoint, NoteKey
from safeguard.evidence.packs.contents import FieldValue, Leaf, RecordContent, VersionContent
from safeguard.evidence.packs.disclosing import handle_of

SEED = bytes(range(32))
ORIGIN = "safeguard.example/t/0123abcd/1"
ACTOR = b64encode(b"\x01" * 16).decode()
START = datetime(2026, 11, 22, 10, tzinfo=UTC)
LOG = UUID("6f0c1c1e-0000-4000-8000-00000000000a")
FIRST = UUID("6f0c1c1e-0000-4000-8000-000000000001")
OTHER = UUID("6f0c1c1e-0000-4000-8000-000000000002")


def salt_from(first: int) -> bytes:
    """32 consecutive bytes."""
    return bytes(range(first, first + 32))


@dataclass
class SyntheticLog:
    """Entries appended in memory, with the documents that they commit to."""

    origin: str = ORIGIN
    leaves: list[Leaf] = field(default_factory=list)
    salts: dict[tuple[str, UUID], bytes] = field(default_factory=dict)
    versions: dict[tuple[str, UUID], list[VersionContent]] = field(default_factory=dict)
    delay: timedelta = timedelta()
    """How much later than a second after the one before the next entries are."""
    key: NoteKey = field(default_factory=lambda: NoteKey(ORIGIN, Ed25519PrivateKey.from_private_bytes(SEED)))

    def append(
        self, event: str, kind: str, identifier: UUID, salt: bytes, role: str = "lead", **fields: object
    ) -> Leaf:
        """Add an entry; with fields, the next committed version of the object."""
        self.salts[kind, identifier] = salt
        versions = self.versions.setdefault((kind, identifier), [])
        commitment = "-"
        if fields:
            commitment = self._commit(versions, fields)
        index = len(self.leaves)
        handle = handle_of(kind, identifier, salt)
        at = START + timedelta(seconds=index) + self.delay
        lines = [
            "safeguard-audit/1", at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), event, ACTOR, role,
            b64encode(handle).decode(), str(max(1, len(versions))), commitment,
            f"6f0c1c1e-0000-4000-8000-000000000{100 + index}",
        ]  # fmt: skip
        entry = "".join(f"{line}\n" for line in lines).encode()
        self.leaves.append(Leaf(index, entry, merkle.leaf_hash(entry), handle))
        return self.leaves[-1]

    def _commit(self, versions: list[VersionContent], fields: dict[str, object]) -> str:
        """Salts as in the worked vector: 00.., 20.., then 40.. for the commitment."""
        number = len(versions)
        values = {name: rfc8785.dumps(value) for name, value in fields.items()}
        salts = {name: bytes((32 * at + step + number) % 256 for step in range(32)) for at, name in enumerate(fields)}
        salt = bytes((0x40 + step + number) % 256 for step in range(32))
        digests = [(name, documents.field_digest(name, values[name], salts[name])) for name in sorted(fields)]
        kept = {name: FieldValue(values[name].decode(), salts[name]) for name in fields}
        versions.append(VersionContent(number + 1, salt, kept))
        return b64encode(documents.commitment(digests, salt)).decode()

    @property
    def last_at(self) -> datetime:
        """The time of the last entry."""
        return datetime.fromisoformat(self.leaves[-1].entry.split(b"\n")[1].decode())

    @property
    def root(self) -> bytes:
        """The root of the tree of all entries."""
        return merkle.tree_head([leaf.hash for leaf in self.leaves])

    def record(self, kind: str, identifier: UUID) -> RecordContent:
        """The record as a pack carries it."""
        return RecordContent(kind, identifier, self.salts[kind, identifier], tuple(self.versions[kind, identifier]))

    def checkpoint(self) -> str:
        """The signed note over size and root."""
        return self.key.sign(Checkpoint(self.origin, len(self.leaves), self.root).text)


def worked_log() -> SyntheticLog:
    """The log of the format's worked vector: three entries."""
    log = SyntheticLog()
    log.append("log.created", "log", LOG, salt_from(0x60), role="system")
    log.append(
        "incident.recorded", "incident", FIRST, salt_from(0x80),
        summary="A pupil was sent abusive messages.", risk="medium",
    )  # fmt: skip
    log.append("incident.viewed", "incident", FIRST, salt_from(0x80))
    return log
