"""The manifest: what is in the pack and what each file proves; and the notes that are signed over it."""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256

import rfc8785

from safeguard.evidence.notes import NoteSigner
from safeguard.evidence.packs.contents import PackFacts
from safeguard.evidence.packs.zipping import Written

PROVES = {
    "README.txt": "Nothing. It says what the files are and how to check them.",
    "report.pdf": "What the organisation wrote for people to read. Signed as a whole; the records below are the proof.",
    "audit/entries": "Which acts the log holds, in order: together they give the root in the checkpoint.",
    "checkpoint.note": "The size and root of the log when this pack was made, signed by the log's key.",
    "verify.html": "Nothing. It checks a pack in a browser, offline; use one that you fetched from elsewhere.",
    "tsa/checkpoint.tsr": "By when checkpoint.note existed, as a timestamp authority states it (RFC 3161).",
    "keys.note": "Which keys signed. Not whose keys they are.",
}
FILE_PROVES = "What was attached: its digest is the one that the log got when it was attached."
RECORD_PROVES = "What was written in each version: it matches the commitment that the log got at the time."


def _proves(path: str) -> str:
    if path.startswith("data/"):
        return RECORD_PROVES
    if path.startswith("files/"):
        return PROVES["README.txt"] if path.endswith("README.txt") else FILE_PROVES
    return PROVES.get(path, PROVES["report.pdf"])


def manifest_json(facts: PackFacts, written: Sequence[Written]) -> bytes:
    """The manifest in canonical JSON (RFC 8785)."""
    files = [
        {"path": each.path, "size": each.size, "sha256": each.sha256, "proves": _proves(each.path)} for each in written
    ]
    return rfc8785.dumps(
        {
            "format": "safeguard-pack/1",
            "pack": str(facts.pack),
            "kind": facts.kind,
            "title": facts.title,
            "organisation": facts.organisation,
            "disclosure": facts.disclosure.value,
            "log": facts.log,
            "size": facts.size,
            "as_of": facts.as_of.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "release": facts.release,
            "files": files,
        }
    )


def manifest_note(facts: PackFacts, manifest: bytes, key: NoteSigner) -> str:
    """Pack id and hash of the manifest, signed. Its first line is no origin, so it can never pass for a checkpoint."""
    return key.sign(f"safeguard-manifest/1\n{facts.pack}\n{b64encode(sha256(manifest).digest()).decode()}\n")


def keys_note(key: NoteSigner) -> str:
    """The verifier keys of the log, signed by themselves: they tell what to ask for, never whom to trust."""
    listed = "".join(f"{vkey}\n" for vkey in key.vkeys)
    return key.sign(f"safeguard-keys/1\n{listed}")
