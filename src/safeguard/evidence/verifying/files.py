"""The attached files in a pack: each is one whose digest and size the log was told when it was attached."""

import re
from hashlib import sha256

from safeguard.evidence.verifying.archive import Archive
from safeguard.evidence.verifying.manifest import Manifest
from safeguard.evidence.verifying.objects import Object
from safeguard.evidence.verifying.verdicts import Refused

LISTED = "files/README.txt"
KINDS = ("attachment", "proof")
"""Of records that may vouch for a file: one of an incident, one of an item of evidence."""
_FILE = re.compile(r"files/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.[a-z0-9]{2,5}")


def check_files(archive: Archive, manifest: Manifest, objects: list[Object]) -> int:
    """How many there are; raises `Refused` for one that no record of the pack vouches for."""
    vouched = {each.name: each for each in objects}
    paths = [path for path in manifest.files if path != LISTED]
    identifiers = [_identifier(path) for path in paths]
    for path, identifier in zip(paths, identifiers, strict=True):
        if identifiers.count(identifier) > 1:
            raise Refused(f"{path} is in the pack twice.", file=path)
        _check(archive, path, next((found for kind in KINDS if (found := vouched.get(f"{kind}:{identifier}"))), None))
    return len(paths)


def _identifier(path: str) -> str:
    found = _FILE.fullmatch(path)
    if found is None:
        raise Refused(f"{path} is not named as an attached file is.", file=path)
    return found[1]


def _check(archive: Archive, path: str, record: Object | None) -> None:
    """The first version is the one that was written when it was attached: it alone names the content."""
    if record is None or not record.versions:
        raise Refused(f"{path} belongs to no record in this pack.", file=path)
    shown = record.versions[0].shown
    digest = sha256()
    for chunk in archive.chunks(path):
        digest.update(chunk)
    if shown.get("sha256") != f'"{digest.hexdigest()}"' or shown.get("size") != str(archive.size(path)):
        raise Refused(f"{path} is not the file that was attached: its record names another content.", file=path)
