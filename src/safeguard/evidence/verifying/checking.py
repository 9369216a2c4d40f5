"""Checking a pack from its first byte to its verdict.

In this order, because each step may only believe what the one before it established: the zip has one meaning; its
members are those of the manifest; the manifest is signed; the checkpoint is signed; the entries give the checkpoint's
root; and what the pack shows of each record is what the log was told when it was written.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, TypeAlias

from safeguard.evidence.verifying.archive import Archive
from safeguard.evidence.verifying.checkpoint import Checkpoint, read_checkpoint, read_keys
from safeguard.evidence.verifying.contradicting import check_beginning, check_keys, check_times
from safeguard.evidence.verifying.entries import FILE as ENTRIES
from safeguard.evidence.verifying.entries import Entry, is_time, read_entries
from safeguard.evidence.verifying.files import check_files
from safeguard.evidence.verifying.manifest import FILE as MANIFEST
from safeguard.evidence.verifying.manifest import Manifest, check_note, read_manifest
from safeguard.evidence.verifying.merkle import Tree
from safeguard.evidence.verifying.notes import Key
from safeguard.evidence.verifying.objects import Object, read_object
from safeguard.evidence.verifying.seen import Seen
from safeguard.evidence.verifying.timestamps import check_timestamp
from safeguard.evidence.verifying.verdicts import Findings, Log, NotCheckable, Refused, Report, Verdict

LARGEST_RECORD = 64 * 1024 * 1024
COMPLETE, MINIMAL = "complete", "minimal"


Recall: TypeAlias = Callable[[str], Seen]
"""What was seen before of the log of this origin."""


def _nothing(_origin: str) -> Seen:
    return Seen()


def verify(path: Path | str, keys: Sequence[Key] = (), recall: Recall = _nothing) -> Report:
    """The verdict on the pack at `path`. With `keys`, only signatures by these count; `recall` knows earlier packs."""
    try:
        with Path(path).open("rb") as source:
            return verify_open(source, keys, recall)
    except FileNotFoundError:
        return Report(Verdict.CANNOT_CHECK, "There is no such file. Check its name and its folder.", Findings())
    except IsADirectoryError:
        return Report(Verdict.CANNOT_CHECK, "This is a folder. Name the zip itself, as it was handed over.", Findings())
    except OSError as error:
        return Report(Verdict.CANNOT_CHECK, f"The file cannot be read: {error}.", Findings())


def verify_open(source: IO[bytes], keys: Sequence[Key] = (), recall: Recall = _nothing) -> Report:
    """The verdict on a pack that is open already."""
    findings = Findings()
    try:
        _check(Archive(source), tuple(keys), findings, recall)
    except Refused as refused:
        return Report(refused.verdict, refused.sentence, findings, refused.file, refused.entry)
    except (OSError, MemoryError) as error:
        return Report(Verdict.CANNOT_CHECK, f"The file cannot be read: {error}.", findings)
    return _conclude(findings)


def _check(archive: Archive, given: tuple[Key, ...], findings: Findings, recall: Recall) -> None:
    manifest, raw = read_manifest(archive)
    findings.title, findings.organisation = manifest.title, manifest.organisation
    findings.disclosure, findings.files = manifest.disclosure, len(manifest.paths)
    keys = given or read_keys(archive)
    signers = check_note(archive, manifest, raw, keys)
    findings.key_known = bool(given)
    findings.keys = tuple(f"{key.name}+{key.identifier.hex()}" for key in signers)
    findings.fingerprints = tuple(dict.fromkeys(key.fingerprint for key in signers))
    checkpoint = read_checkpoint(archive, keys)
    _check_agreement(manifest, checkpoint)
    seen = recall(checkpoint.origin)
    findings.earlier = len(seen.roots)
    check_keys(signers, seen, findings)
    objects = [read_object(archive.read(path, LARGEST_RECORD), path) for path in manifest.data]
    own = _check_log(archive, manifest, checkpoint, objects, findings, seen)
    for each in objects:
        _check_object(each, own[each.handle], findings)
    findings.attached = check_files(archive, manifest, objects)
    findings.stamped = check_timestamp(archive, manifest)


def _check_agreement(manifest: Manifest, checkpoint: Checkpoint) -> None:
    if (manifest.log, manifest.size) != (checkpoint.origin, checkpoint.size):
        raise Refused("The manifest and the checkpoint speak of different logs or sizes.", file=MANIFEST)
    if not is_time(manifest.as_of):
        raise Refused("The manifest does not say of which time the pack is.", file=MANIFEST)
    if manifest.disclosure not in {COMPLETE, MINIMAL}:
        raise NotCheckable("The pack's kind of disclosure is one that this verifier does not know.", file=MANIFEST)


def _check_log(
    archive: Archive,
    manifest: Manifest,
    checkpoint: Checkpoint,
    objects: list[Object],
    findings: Findings,
    seen: Seen,
) -> dict[str, list[Entry]]:
    """The entries of each record, once all entries together are known to give the signed root."""
    own: dict[str, list[Entry]] = {each.handle: [] for each in objects}
    if len(own) != len(objects):
        raise Refused("Two files of the pack hold the same record.", file=MANIFEST)
    tree, last = Tree(), ""
    for entry in read_entries(archive.chunks(ENTRIES)):
        tree.add(entry.hash)
        check_beginning(tree, seen)
        if not entry.is_shown:
            findings.hidden += 1
            continue
        _check_entry(entry, last, findings)
        last = entry.time
        if entry.object in own:
            own[entry.object].append(entry)
    if manifest.disclosure == COMPLETE and findings.hidden:
        raise Refused("The pack says that it shows every entry, and does not.", file=ENTRIES)
    if tree.size != checkpoint.size or tree.root() != checkpoint.root:
        raise Refused("The log was altered: its entries do not give the root that was signed.", file=ENTRIES)
    if last > manifest.as_of or (manifest.disclosure == COMPLETE and last != manifest.as_of):
        raise Refused("The pack says that it is of another time than its last entry.", file=MANIFEST)
    check_times(manifest, seen)
    findings.continued |= checkpoint.epoch > 1
    findings.log = Log(checkpoint.origin, checkpoint.size, checkpoint.root.hex(), manifest.as_of)
    return own


def _check_entry(entry: Entry, last: str, findings: Findings) -> None:
    findings.shown += 1
    if entry.time < last:
        raise Refused("Time goes backwards in the log.", file=ENTRIES, entry=entry.index)
    if entry.event == "log.continued":
        findings.continued = True
    if entry.event == "record.disposed":
        findings.disposed += 1
    if entry.index == 0 and entry.event not in {"log.created", "log.continued"}:
        raise Refused("The log does not begin with its own creation.", file=ENTRIES, entry=0)


def _check_object(each: Object, entries: list[Entry], findings: Findings) -> None:
    """Every version that the log knows of is there, is the one it knows, and nothing else is."""
    logged = {entry.version: entry for entry in entries if entry.commitment != "-"}
    for entry in entries:
        if entry.commitment not in {"-", logged.get(entry.version, entry).commitment}:
            raise Refused(f"The log holds two contents of one version of {each.name}.", file=ENTRIES, entry=entry.index)
    for version in each.versions:
        entry = logged.pop(version.number, None)
        if entry is None:
            raise Refused(f"Version {version.number} in {each.file} is not in the log.", file=each.file)
        if entry.commitment != version.commitment:
            sentence = f"Version {version.number} in {each.file} was altered: it is not what the log was told."
            raise Refused(sentence, file=each.file, entry=entry.index)
        findings.redacted += [f"{each.name} version {version.number}: {name}" for name in version.redacted]
    for number, entry in logged.items():
        raise Refused(f"Version {number} of {each.name} is missing.", file=each.file, entry=entry.index)
    findings.objects += 1
    findings.versions += len(each.versions)


def _conclude(findings: Findings) -> Report:
    if findings.continued:
        sentence = "The log was restored from a backup and continued. What is here is unaltered since; entries that"
        return Report(Verdict.DISCONTINUITY, f"{sentence} came before the restore may be missing.", findings)
    if not findings.key_known:
        sentence = "The pack is whole and unaltered since somebody signed it with the key shown. Whether that key is"
        sentence += (
            " the organisation's, ask them or a pack that you had before: anybody can sign with a key of their own."
        )
        return Report(Verdict.KEY_NOT_KNOWN, sentence, findings)
    if findings.redacted:
        sentence = "The pack is whole and unaltered. Some values are left out; what remains is what was written."
        return Report(Verdict.REDACTED, sentence, findings)
    sentence = "The pack is whole, unaltered and signed by the key that you gave."
    return Report(Verdict.VALID, sentence, findings)
