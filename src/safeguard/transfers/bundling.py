"""The bundle: a zip of stored members, sealed with a passphrase. Made here, and read here as if an enemy had made it.

    manifest.json   what is in it: each member with its size and SHA-256
    file.json       the person's file (file.py)
    file.pdf        the same to read (PDF/A-3b, PDF/UA-1)
    attachments/    the files, by their ids

Reading accepts one spelling of a zip and no other (`evidence.verifying.archive`): nothing is compressed, so nothing can
swell; no name leaves its folder; what the manifest lists is there, and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from safeguard.errors import FieldError, Invalid
from safeguard.evidence.packs.zipping import PackZip
from safeguard.evidence.verifying.archive import Archive
from safeguard.evidence.verifying.verdicts import NotCheckable, Refused
from safeguard.transfers import age
from safeguard.transfers.file import FORMAT, Format, PersonFile, decode, encode

MOST_BYTES: Final = 100_000_000
"""Of a whole bundle: it is held in memory while it is sealed and opened."""
MOST_MEMBERS: Final = 2_000
MANIFEST, DATA, PAPER = "manifest.json", "file.json", "file.pdf"

NOT_ONE: Final = "This is not a file that was sealed for a transfer. Choose the one that ends in .age."
WRONG: Final = "This passphrase does not open the file. Look at each letter, or ask the sender to read it to you again."
ALTERED: Final = "The file was altered or cut short on its way, so nothing of it was taken. Ask for it to be sent anew."
NOT_OURS: Final = "The passphrase is right, but what is inside is not a person's file in the open format: {}"
TOO_LARGE: Final = "All files together would be larger than 100 MB. Leave out the largest, and send them another way."


class Member(msgspec.Struct, frozen=True):
    """One file in the bundle."""

    path: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What is in it."""

    format: Format
    members: Annotated[tuple[Member, ...], Meta(max_length=MOST_MEMBERS)]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was read: everything in it agrees with its manifest."""

    file: PersonFile
    members: Mapping[str, bytes]


def digest_of(data: bytes) -> str:
    """SHA-256, as people compare it."""
    return sha256(data).hexdigest()


def make(file: PersonFile, pdf: bytes, attachments: Mapping[str, bytes], at: datetime, passphrase: str) -> bytes:
    """The sealed bundle; raises `Invalid` when it is larger than it may be."""
    members = {DATA: encode(file), PAPER: pdf, **attachments}
    if sum(map(len, members.values())) > MOST_BYTES - 1_000_000:
        raise Invalid(FieldError("files", TOO_LARGE))
    listed = tuple(Member(path, len(content), digest_of(content)) for path, content in members.items())
    whole = {MANIFEST: msgspec.json.encode(Manifest(FORMAT, listed)), **members}
    with TemporaryDirectory() as folder:
        zipped = Path(folder) / "bundle"
        with PackZip(zipped, at) as archive:
            for path, content in whole.items():
                archive.add(path, [content])
        plain = zipped.read_bytes()
    return age.seal(plain, passphrase)


def opened(sealed: bytes, passphrase: str) -> bytes:
    """The zip within; raises `Invalid` with the field that is wrong, in plain words."""
    try:
        return age.unseal(sealed, passphrase)
    except age.NotSealed:
        raise Invalid(FieldError("file", NOT_ONE)) from None
    except age.WrongPassphrase:
        raise Invalid(FieldError("passphrase", WRONG)) from None
    except age.Altered:
        raise Invalid(FieldError("file", ALTERED)) from None


def read(sealed: bytes, passphrase: str) -> Bundle:
    """The file and its attachments, once all of it holds together; raises `Invalid`."""
    try:
        return _checked(Archive(BytesIO(opened(sealed, passphrase))))
    except (Refused, NotCheckable) as refusal:
        raise Invalid(FieldError("file", NOT_OURS.format(refusal))) from None


def _checked(archive: Archive) -> Bundle:
    if len(archive.names) > MOST_MEMBERS or sum(map(archive.size, archive.names)) > MOST_BYTES:
        raise _bad("it holds more than a bundle may.")
    try:
        manifest = msgspec.json.decode(archive.read(MANIFEST, 1_000_000), type=Manifest)
    except ValueError:
        raise _bad("its list of contents cannot be read.") from None
    if [MANIFEST, *(member.path for member in manifest.members)] != archive.names:
        raise _bad("it does not hold exactly what it lists.")
    members = {member.path: archive.read(member.path, MOST_BYTES) for member in manifest.members}
    for member in manifest.members:
        if digest_of(members[member.path]) != member.sha256:
            raise _bad(f"{member.path} is not what it lists.")
    return Bundle(_file(members), members)


def _file(members: Mapping[str, bytes]) -> PersonFile:
    try:
        file = decode(members[DATA])
    except (KeyError, ValueError, UnicodeDecodeError):
        raise _bad("file.json is missing, or not as the format says.") from None
    if PAPER not in members:
        raise _bad("file.pdf is missing.")
    attached = {one.path: one.sha256 for one in file.attachments}
    found = {path: digest_of(content) for path, content in members.items() if path not in (DATA, PAPER)}
    if attached != found or len(attached) != len(file.attachments):
        raise _bad("its attachments are not those that the file names.")
    return file


def _bad(why: str) -> Invalid:
    return Invalid(FieldError("file", NOT_OURS.format(why)))
