"""The records in a pack: their handles in the log, and the commitments that bind what was written to it."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from safeguard.evidence.verifying.text import canonical, decode64, read_json, take
from safeguard.evidence.verifying.verdicts import Refused

FORMAT = "safeguard-object/1"
_KIND = re.compile(r"[a-z][a-z0-9_]{0,60}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_FIELD = re.compile(r"[a-z][a-z0-9_.]{0,100}")


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a record: its number, its commitment, the fields whose values are left out, and the others."""

    number: int
    commitment: str
    redacted: tuple[str, ...]
    shown: Mapping[str, str]
    """Field -> its value, in canonical JSON."""


@dataclass(frozen=True, slots=True)
class Object:
    """A record, the handle that stands for it in the log, and its versions."""

    name: str
    file: str
    handle: str
    versions: tuple[Version, ...]


def read_object(data: bytes, file: str) -> Object:
    """The record in one `data/*.json`, every digest recomputed from the values and salts that it carries."""
    record = read_json(data, file)
    if set(record) != {"format", "id", "kind", "salt", "versions"} or record["format"] != FORMAT:
        raise Refused(f"{file} is not a record as this verifier knows it.", file=file)
    kind, identifier = take(record, "kind", str, file), take(record, "id", str, file)
    if not _KIND.fullmatch(kind) or not _UUID.fullmatch(identifier):
        raise Refused(f"{file} does not say which record it is.", file=file)
    named = f"{kind}:{identifier}"
    salt = _salt(record.get("salt"), file)
    handle = sha256(b"safeguard-object/1\n" + salt + named.encode()).digest()
    versions = tuple(_version(each, file) for each in take(record, "versions", list, file))
    numbers = [version.number for version in versions]
    if numbers != sorted(set(numbers)):
        raise Refused(f"The versions in {file} are out of order.", file=file)
    return Object(named, file, b64encode(handle).decode(), versions)


def _version(record: Any, file: str) -> Version:
    if not isinstance(record, dict) or set(record) != {"fields", "salt", "version"}:
        raise Refused(f"A version in {file} is malformed.", file=file)
    number, fields = take(record, "version", int, file), take(record, "fields", dict, file)
    digest = sha256(b"safeguard-commit/1\n" + _salt(record["salt"], file))
    redacted: list[str] = []
    shown: dict[str, str] = {}
    for name in sorted(fields, key=lambda name: name.encode()):
        if not _FIELD.fullmatch(name):
            raise Refused(f"A field in {file} has no proper name.", file=file)
        digest.update(name.encode() + b"\n" + b64encode(_field(name, fields[name], file)) + b"\n")
        if "digest" in fields[name]:
            redacted.append(name)
        else:
            shown[name] = fields[name]["value"]
    return Version(number, b64encode(digest.digest()).decode(), tuple(redacted), shown)


def _field(name: str, field: Any, file: str) -> bytes:
    """d_f: recomputed where value and salt are there, taken as given where they are left out."""
    if not isinstance(field, dict) or set(field) not in ({"salt", "value"}, {"digest"}):
        raise Refused(f"The field {name} in {file} is malformed.", file=file)
    if "digest" in field:
        return _salt(field["digest"], file)
    value = take(field, "value", str, file)
    try:
        carried = value.encode("utf-8")
        canonical(carried)
    except ValueError as error:
        raise Refused(f"The field {name} in {file} is {error}.", file=file) from error
    encoded = name.encode()
    head = b"safeguard-field/1\n" + _salt(field["salt"], file) + len(encoded).to_bytes(2, "big") + encoded
    return sha256(head + carried).digest()


def _salt(value: Any, file: str) -> bytes:
    try:
        return decode64(value if isinstance(value, str) else "-", 32)
    except ValueError as error:
        raise Refused(f"A salt or digest in {file} is malformed.", file=file) from error
