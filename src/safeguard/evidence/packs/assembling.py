"""Putting a pack together: README, report, records, entries, checkpoint, keys, then manifest and its note.

Everything that varies is given: the same facts, report, entries and checkpoint give the same bytes. The zip is
written to a file that nobody knows of yet; whoever asked for it publishes it whole or not at all.

After `keys.note` stands the page that verifies offline in a browser, for whoever has nothing else; the README says why
a verifier that came with a pack is not the one to trust.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from safeguard.evidence import verifier
from safeguard.evidence.notes import NoteSigner
from safeguard.evidence.packs.chapters import Enclosed
from safeguard.evidence.packs.contents import PackFacts
from safeguard.evidence.packs.disclosing import record_json
from safeguard.evidence.packs.manifest import keys_note, manifest_json, manifest_note
from safeguard.evidence.packs.readme import readme
from safeguard.evidence.packs.zipping import PackZip

CHUNK = 1 << 20


def assemble(
    target: Path,
    facts: PackFacts,
    reports: Sequence[Path],
    entries: Path,
    checkpoint: str,
    signer: NoteSigner,
    enclosed: Sequence[Enclosed] = (),
    timestamp: bytes | None = None,
) -> None:
    """Write the pack to `target`, which must not exist. The files that are named are ready to be copied in.

    `timestamp` is an authority's answer over the checkpoint (RFC 3161).
    """
    with PackZip(target, facts.as_of) as pack:
        written = [
            pack.add(path, chunks)
            for path, chunks in _members(facts, reports, enclosed, entries, checkpoint, signer, timestamp)
        ]
        manifest = manifest_json(facts, written)
        pack.add("manifest.json", [manifest])
        pack.add("manifest.note", [manifest_note(facts, manifest, signer).encode()])


def _members(
    facts: PackFacts,
    reports: Sequence[Path],
    enclosed: Sequence[Enclosed],
    entries: Path,
    checkpoint: str,
    signer: NoteSigner,
    timestamp: bytes | None,
) -> Iterator[tuple[str, Iterable[bytes]]]:
    yield "README.txt", [readme(facts).encode()]
    for report in reports:
        yield report.name, _chunks(report)
    for record in facts.records:
        yield f"data/{record.kind}-{record.id}.json", [record_json(record)]
    for file in enclosed:
        yield file.path, _chunks(file.source)
    yield "audit/entries", _chunks(entries)
    yield "checkpoint.note", [checkpoint.encode()]
    if timestamp:
        yield "tsa/checkpoint.tsr", [timestamp]
    yield "keys.note", [keys_note(signer).encode()]
    yield "verify.html", [verifier.page()]


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while piece := source.read(CHUNK):
            yield piece
