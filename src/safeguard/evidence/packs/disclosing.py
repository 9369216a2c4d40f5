"""The log's entries as a pack shows them, and the records beside them."""

from base64 import b64encode
from hashlib import sha256
from typing import Any
from uuid import UUID

import rfc8785

from safeguard.evidence.packs.contents import Disclosure, FieldValue, Leaf, RecordContent, VersionContent

HIDDEN = b"safeguard-hidden/1 "


def handle_of(kind: str, identifier: UUID, salt: bytes) -> bytes:
    """H("safeguard-object/1\\n" || salt || kind ":" uuid): what stands for an object in the log."""
    return sha256(b"safeguard-object/1\n" + salt + f"{kind}:{identifier}".encode()).digest()


def disclose(leaf: Leaf, disclosure: Disclosure, own: frozenset[bytes]) -> bytes:
    """A leaf as `audit/entries` carries it: whole, or a line with its hash."""
    if disclosure is Disclosure.COMPLETE or leaf.handle in own:
        return leaf.entry
    return HIDDEN + b64encode(leaf.hash) + b"\n"


def record_json(record: RecordContent) -> bytes:
    """A record as JCS: handle salt, and each version's values and salts as they were committed."""
    return rfc8785.dumps(
        {
            "format": "safeguard-object/1",
            "kind": record.kind,
            "id": str(record.id),
            "salt": _text(record.salt),
            "versions": [_version(version) for version in record.versions],
        }
    )


def _version(version: VersionContent) -> dict[str, Any]:
    fields = {name: _field(value) for name, value in version.fields.items()}
    return {"version": version.number, "salt": _text(version.salt), "fields": fields}


def _field(field: FieldValue) -> dict[str, str]:
    if field.value is None or field.salt is None:
        return {"digest": _text(field.digest or b"")}
    return {"value": field.value, "salt": _text(field.salt)}


def _text(data: bytes) -> str:
    return b64encode(data).decode()
