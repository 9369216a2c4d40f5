"""A small bundle, and the same with a trick in it."""

import warnings
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from uuid import UUID

import msgspec

from safeguard.transfers import age, bundling
from safeguard.transfers.bundling import DATA, MANIFEST, PAPER, Manifest, Member, digest_of
from safeguard.transfers.file import FORMAT, Attached, Incident, PersonFile, Sender, Subject, encode

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
NUMBER = UUID("6f0c1c1e-0000-4000-8000-000000000101")
LETTER = b"Dear Morgan, thank you."
PATH = f"attachments/{NUMBER}.txt"
FILE = PersonFile(
    format=FORMAT, bundle=NUMBER, made_at=AT, sender=Sender(organisation=NUMBER, name="Alder School"),
    person=Subject(id=NUMBER, given_name="Ana", family_name="Brook"),
    incidents=(
        Incident(
            id=NUMBER, reference="K7Q-3MX", recorded_at=AT, narrative="Somebody wrote to Ana at night.",
            attachments=(
                Attached(
                    id=NUMBER, path=PATH, name="letter.txt", media_type="text/plain", size=len(LETTER),
                    sha256=digest_of(LETTER),
                ),
            ),
        ),
    ),
)  # fmt: skip


def bundle(passphrase: str, work: int) -> bytes:
    """The whole of it, sealed with few rounds."""
    before, age.WORK = age.WORK, work
    try:
        return bundling.make(FILE, b"%PDF-", {PATH: LETTER}, AT, passphrase)
    finally:
        age.WORK = before


MADE = bundle("K7Q3", 4)


CHANGED = {
    "other_format": (FORMAT.encode(), b"safeguard-transfer/9"),
    "nul": (b"Somebody wrote", b"Somebody\\u0000wrote"),
    "attachment": (digest_of(LETTER).encode(), b"0" * 64),
    "not_json": (b"{", b"<"),
}
"""Tricks within the data."""


def zipped(trick: str) -> bytes:
    """The zip within, with that trick."""
    members = {DATA: encode(FILE).replace(*CHANGED.get(trick, (b"", b""))), PAPER: b"%PDF-", PATH: LETTER}
    members |= {"../../etc/passwd": b"x"} if trick == "outside" else {}
    if trick == "paperless":
        del members[PAPER]
    listed = [Member(path, len(content), digest_of(content)) for path, content in members.items()]
    if trick == "digest":
        listed[1] = msgspec.structs.replace(listed[1], sha256="0" * 64)
    kept = [(path, content) for path, content in members.items() if trick != "missing" or path != PATH]
    listed = listed[:-1] if trick == "unlisted" else listed
    whole = [(MANIFEST, msgspec.json.encode(Manifest(FORMAT, tuple(listed)))), *kept]
    return _written([*whole, (DATA, b"{}")] if trick == "twice" else whole, trick)


def _written(members: list[tuple[str, bytes]], trick: str) -> bytes:
    whole = BytesIO()
    method = zipfile.ZIP_DEFLATED if trick == "compressed" else zipfile.ZIP_STORED
    with zipfile.ZipFile(whole, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a name that is there twice: that is the trick
        for path, content in members:
            archive.writestr(_info(path, method), content)
    return whole.getvalue()


def _info(path: str, method: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, (2026, 11, 22, 10, 0, 0))
    info.create_system, info.external_attr, info.compress_type = 3, 0o100644 << 16, method
    return info
