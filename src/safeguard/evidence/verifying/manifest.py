"""The list of what is in a pack: every member, its size and its hash, and nothing besides."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from safeguard.evidence.verifying.archive import Archive
from safeguard.evidence.verifying.notes import Key, parse_note
from safeguard.evidence.verifying.text import decode64, read_json, take
from safeguard.evidence.verifying.verdicts import NotCheckable, Refused

FILE = "manifest.json"
NOTE = "manifest.note"
FORMAT = "safeguard-pack/1"
LARGEST = 32 * 1024 * 1024
_WORDS = ("pack", "title", "organisation", "disclosure", "log")
REQUIRED = ("README.txt", "audit/entries", "checkpoint.note", "keys.note", "report.pdf")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the pack says that it is."""

    pack: str
    title: str
    organisation: str
    disclosure: str
    log: str
    size: int
    as_of: str
    paths: tuple[str, ...]

    @property
    def data(self) -> list[str]:
        """The members that hold records."""
        return [path for path in self.paths if path.startswith("data/")]

    @property
    def files(self) -> list[str]:
        """The members that were attached to records."""
        return [path for path in self.paths if path.startswith("files/")]


def read_manifest(archive: Archive) -> tuple[Manifest, bytes]:
    """The manifest, once every member is known to be what it lists."""
    if FILE not in archive.names:
        raise NotCheckable("This zip is not a pack: it has no manifest.json.")
    raw = archive.read(FILE, LARGEST)
    record = read_json(raw, FILE)
    if record.get("format") != FORMAT:
        raise NotCheckable("This pack is of a format that this verifier does not know. Fetch a newer one.")
    files = take(record, "files", list, FILE)
    paths = tuple(_check_member(archive, each) for each in files)
    _check_complete(archive, paths)
    pack, title, organisation, disclosure, log = (take(record, name, str, FILE) for name in _WORDS)
    size = take(record, "size", int, FILE)
    return Manifest(pack, title, organisation, disclosure, log, size, take(record, "as_of", str, FILE), paths), raw


def _check_member(archive: Archive, record: Any) -> str:
    if not isinstance(record, dict):
        raise Refused("The manifest lists something that is no file.", file=FILE)
    path, size = take(record, "path", str, FILE), take(record, "size", int, FILE)
    if path not in archive.names:
        raise Refused(f"{path} is in the manifest and not in the pack.", file=path)
    digest = sha256()
    for chunk in archive.chunks(path):
        digest.update(chunk)
    if archive.size(path) != size or digest.hexdigest() != record.get("sha256"):
        raise Refused(f"{path} was altered: it is not the file that the manifest lists.", file=path)
    return path


def _check_complete(archive: Archive, paths: tuple[str, ...]) -> None:
    """The zip's order is the manifest's, with the manifest and its note at the end."""
    expected = [*paths, FILE, NOTE]
    for name in archive.names:
        if name not in expected:
            raise Refused(f"{name} is in the pack and not in its manifest.", file=name)
    if archive.names != expected:
        raise Refused("The members of the pack are not those of its manifest, in its order.", file=FILE)
    for name in REQUIRED:
        if name not in paths:
            raise Refused(f"{name} is missing.", file=name)


def check_note(archive: Archive, manifest: Manifest, raw: bytes, keys: tuple[Key, ...]) -> tuple[Key, ...]:
    """The keys that signed the manifest; none is a refusal."""
    note = parse_note(archive.read(NOTE, 64 * 1024), NOTE)
    lines = note.text.split("\n")
    if len(lines) != 4 or lines[0] != "safeguard-manifest/1" or lines[1] != manifest.pack or lines[3]:
        raise Refused("manifest.note is not the note of this pack's manifest.", file=NOTE)
    try:
        stated = decode64(lines[2], 32)
    except ValueError as error:
        raise Refused("manifest.note is malformed.", file=NOTE) from error
    if stated != sha256(raw).digest():
        raise Refused("manifest.json was altered after it was signed.", file=FILE)
    signers = note.signers(keys, NOTE)
    if not signers:
        raise Refused("The manifest is not signed by a key that counts here.", file=NOTE)
    return signers
