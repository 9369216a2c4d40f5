"""Holding a pack against what was seen before of its log: its keys, its beginnings and its times.

What two packs of one log say against each other, neither says alone. A log only grows, and its time never goes back: so
of two of its packs the one with more entries is not the earlier one. That also finds a log that was cut and went on, of
which a smaller pack is shown: there is no root to hold it against, but it is later than the larger one.
"""

from base64 import b64encode
from collections.abc import Sequence

from safeguard.evidence.verifying.entries import FILE as ENTRIES
from safeguard.evidence.verifying.manifest import Manifest
from safeguard.evidence.verifying.merkle import Tree
from safeguard.evidence.verifying.notes import Key
from safeguard.evidence.verifying.seen import Seen
from safeguard.evidence.verifying.verdicts import Findings, Refused

CHECKPOINT = "checkpoint.note"


def check_keys(signers: Sequence[Key], seen: Seen, findings: Findings) -> None:
    """A key that signed an earlier pack of this log counts from then on, until somebody names another."""
    findings.publics = tuple(dict.fromkeys(key.public for key in signers))
    if findings.key_known or not seen.keys:
        return
    if seen.keys.isdisjoint(b64encode(public).decode() for public in findings.publics):
        sentence = "Earlier packs of this log, which you checked here, were signed by another key. Ask the organisation"
        raise Refused(f"{sentence} whether it replaced its key, and name the new one with --key.", file="manifest.note")


def check_beginning(tree: Tree, seen: Seen) -> None:
    """The log begins as earlier packs of it did."""
    root = seen.roots.get(tree.size)
    if root is not None and tree.root().hex() != root:
        time = seen.times.get(tree.size)
        when = f" as of {said(time)}," if time else ""
        sentence = f"An earlier pack of this log, checked here,{when} had others among its first {tree.size:,} entries:"
        raise Refused(f"{sentence} one of the two was altered. Keep both.", file=ENTRIES)


def check_times(manifest: Manifest, seen: Seen) -> None:
    """The log grew with time, between this pack and each one before it."""
    as_of = said(manifest.as_of)
    for size, time in sorted(seen.times.items()):
        if size > manifest.size and time < manifest.as_of:
            why = f"this one is later, as of {as_of}, and holds {manifest.size:,}. A log never gets smaller:"
            break
        if size < manifest.size and time > manifest.as_of:
            why = f"this one holds more, {manifest.size:,}, and is earlier, as of {as_of}. Time never goes back:"
            break
        if size == manifest.size and time != manifest.as_of:
            why = f"this one holds the same and says that they are as of {as_of}:"
            break
    else:
        return
    sentence = f"An earlier pack of this log, checked here, held {size:,} entries as of {said(time)};"
    raise Refused(f"{sentence} {why} the log or one of the two packs was altered. Keep both.", file=CHECKPOINT)


def said(time: str) -> str:
    """An entry's time as people read it, to the second: to whoever has several packs it says which of them is meant."""
    return f"{time[:19].replace('T', ' ')} UTC"
