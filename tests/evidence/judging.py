"""Both verifiers asked about one pack: verify.html in Chromium, and the command. And packs that are worth asking."""

import base64
import json
import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import rfc8785
from asn1crypto import tsp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.async_api import Page

from safeguard import paths
from safeguard.evidence.notes import NoteKey
from safeguard.evidence.packs.contents import Disclosure, FieldValue, RecordContent, VersionContent
from safeguard.evidence.verifying.checking import verify
from safeguard.evidence.verifying.notes import parse_key
from safeguard.evidence.verifying.verdicts import Verdict
from tests.evidence.authorities import Clockwork, Issuer
from tests.evidence.rezipping import members, zipped
from tests.evidence.synthetic import FIRST, OTHER, SyntheticLog, salt_from, worked_log

PAGE = paths.ASSETS / "verify.html"
NOT_VALID = {Verdict.INVALID, Verdict.CANNOT_CHECK}
VKEY = worked_log().key.vkey
SEED = 20261122
"""Chance is the same in every run."""
CHECK = """async ([packs, key]) => {
  const found = []
  for (const pack of packs) {
    const bytes = Uint8Array.from(atob(pack), each => each.charCodeAt(0))
    found.push(await safeguardVerify(bytes, key))
  }
  return found
}"""


@dataclass(frozen=True)
class Answer:
    """What a verifier says of a pack, as far as both have to agree."""

    verdict: str
    headline: str
    file: str | None
    entry: int | None


def by_command(file: Path, content: bytes, key: str | None) -> Answer:
    file.write_bytes(content)
    report = verify(file, [parse_key(key)] if key else [])
    return Answer(str(report.verdict), report.headline, report.file, report.entry)


async def by_page(page: Page, contents: list[bytes], key: str | None) -> list[Answer]:
    packs = [base64.b64encode(each).decode() for each in contents]
    found: list[dict[str, Any]] = await page.evaluate(CHECK, [packs, key])
    return [Answer(**each) for each in found]


async def agree(page: Page, tmp_path: Path, contents: list[bytes], key: str | None = None) -> list[Answer]:
    """Both verifiers' common answers."""
    told = [by_command(tmp_path / "pack.zip", each, key) for each in contents]
    assert await by_page(page, contents, key) == told
    return told


def redacted(log: SyntheticLog) -> RecordContent:
    """The first incident, without its summary."""
    record = log.record("incident", FIRST)
    version = record.versions[0]
    value = version.fields["summary"]
    assert value.value is not None
    assert value.salt is not None
    head = b"safeguard-field/1\n" + value.salt + struct.pack(">H", 7) + b"summary"
    digest = sha256(head + value.value.encode()).digest()
    fields = {**version.fields, "summary": FieldValue(None, None, digest)}
    return RecordContent(record.kind, record.id, record.salt, (VersionContent(1, version.salt, fields),))


def continued() -> SyntheticLog:
    """A log that goes on after a restore."""
    log = worked_log()
    log.append("log.continued", "log", UUID("6f0c1c1e-0000-4000-8000-00000000000a"), salt_from(0x60), role="system")
    return log


def longer() -> SyntheticLog:
    """A log with others' entries, versions, and letters that are not ours."""
    log = worked_log()
    for number in range(40):
        other = UUID(int=OTHER.int + number)
        log.append(
            "incident.recorded", "incident", other, salt_from(0xA0), summary=f"Nobody’s {number} é 🙂", risk="low"
        )
    log.append("incident.corrected", "incident", FIRST, salt_from(0x80), summary='Said "no"\n\tü ￿ 𝄞', risk="high")
    return log


def gone_on(keep: int, more: int, hours: int) -> SyntheticLog:
    """The longer log, cut after so many entries and written on, hours later, by whoever holds the key."""
    log = longer()
    del log.leaves[keep:]
    log.versions["incident", FIRST] = log.versions["incident", FIRST][: 1 if keep < 44 else 2]
    log.delay = timedelta(hours=hours)
    for _ in range(more):
        log.append("incident.acknowledged", "incident", FIRST, salt_from(0x80))
    return log


def timestamp_over(content: bytes) -> bytes:
    """What an authority answers (RFC 3161)."""
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": sha256(content).digest()}
    asked = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": 7, "cert_req": True})
    return Clockwork(Issuer("Root for Tests")).answer(asked.dump())


def disposed() -> SyntheticLog:
    """A log by which two records were disposed of."""
    log = worked_log()
    for number in range(2):
        log.append("record.disposed", "incident", UUID(int=OTHER.int + number), salt_from(0xA0), role="system")
    return log


def packs_of(make_pack: Callable[..., Path], log: SyntheticLog, long: SyntheticLog) -> dict[str, bytes]:
    return {
        "complete": make_pack(log).read_bytes(),
        "minimal": make_pack(long, Disclosure.MINIMAL).read_bytes(),
        "long": make_pack(long).read_bytes(),
        "redacted": make_pack(log, records=(redacted(log),)).read_bytes(),
        "stamped": make_pack(log, timestamp=timestamp_over(log.checkpoint().encode())).read_bytes(),
        "continued": make_pack(continued()).read_bytes(),
        "disposed": make_pack(disposed()).read_bytes(),
        "two records": make_pack(
            long, records=(long.record("incident", FIRST), long.record("incident", OTHER))
        ).read_bytes(),
    }


def flips(content: bytes, number: int, chance: random.Random) -> Iterator[bytes]:
    """One byte changed, taken out or put in, or the end cut off."""
    for _ in range(number):
        at, value = chance.randrange(len(content)), chance.randrange(1, 256)
        yield content[:at] + bytes([content[at] ^ value]) + content[at + 1 :]
        yield content[:at] + content[at + 1 :]
        yield content[:at] + bytes([value]) + content[at:]
        yield content[: chance.randrange(len(content))]


def members_of(content: bytes, folder: Path) -> dict[str, bytes]:
    file = folder / "members.zip"
    file.write_bytes(content)
    return members(file)


ATTACKER = NoteKey(worked_log().origin, Ed25519PrivateKey.from_private_bytes(b"\x07" * 32))


def signed_again(content: dict[str, bytes], change: Callable[[dict[str, Any]], None] = lambda _: None) -> bytes:
    """A pack whose manifest an attacker made anew and signed with their own key: the deeper checks are reached."""
    content = dict(content)
    manifest = json.loads(content.pop("manifest.json"))
    content.pop("manifest.note")
    content["keys.note"] = ATTACKER.sign(f"safeguard-keys/1\n{ATTACKER.vkey}\n").encode()
    text = content["checkpoint.note"].decode("utf-8", "replace").rpartition("\n\n")[0] + "\n"
    content["checkpoint.note"] = ATTACKER.sign(text).encode()
    known = {each["path"]: each for each in manifest["files"]}
    manifest["files"] = [
        {**known.get(path, {"proves": "x"}), "path": path, "size": len(data), "sha256": sha256(data).hexdigest()}
        for path, data in content.items()
    ]
    change(manifest)
    raw = rfc8785.dumps(manifest)
    digest = base64.b64encode(sha256(raw).digest()).decode()
    note = ATTACKER.sign(f"safeguard-manifest/1\n{manifest['pack']}\n{digest}\n")
    return zipped({**content, "manifest.json": raw, "manifest.note": note.encode()})
