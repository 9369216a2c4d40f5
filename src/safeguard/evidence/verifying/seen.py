"""What this verifier saw before: checkpoints of each log and the keys that signed them, in a file of the user's own.

A pack is whole in itself even when the log behind it was rewound and written anew; two packs of one log are not. So the
sizes and roots that were seen are kept, and a later pack has to have the same beginnings. Keys are remembered too: from
then on only they count for that log, until somebody names another. Having seen a key before is not knowing whose it is.
"""

import json
import os
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MOST = 50
"""Checkpoints kept of one log, the newest sizes."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is remembered of one log: roots in hexadecimal by size, and keys in base64."""

    roots: Mapping[int, str] = field(default_factory=dict[int, str])
    keys: frozenset[str] = frozenset()


def usual_file() -> Path:
    """Where it is kept unless told otherwise (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "safeguard" / "logs-seen.json"


def recall(file: Path, origin: str) -> Seen:
    """What is remembered of this log; of a file that cannot be read, nothing."""
    whole = _load(file)
    roots = {int(size): str(root) for size, root in whole.get("roots", {}).get(origin, {}).items()}
    return Seen(roots, frozenset(map(str, whole.get("keys", {}).get(_log_of(origin), ()))))


def remember(file: Path, origin: str, size: int, root: str, publics: Iterable[bytes]) -> bool:
    """Keep what was just seen, whole or not at all; whether that could be done."""
    whole = _load(file)
    roots = whole.setdefault("roots", {}).setdefault(origin, {})
    roots[str(size)] = root
    for old in sorted(roots, key=int)[:-MOST]:
        del roots[old]
    keys = whole.setdefault("keys", {})
    keys[_log_of(origin)] = sorted({*keys.get(_log_of(origin), ()), *(b64encode(each).decode() for each in publics)})
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        draft.write_text(json.dumps(whole, indent=1, sort_keys=True), "utf-8")
        draft.replace(file)
    except (OSError, ValueError):
        return False
    return True


def _load(file: Path) -> dict[str, Any]:
    try:
        whole = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return whole if isinstance(whole, dict) else {}


def _log_of(origin: str) -> str:
    """The log without its epoch: its keys go on."""
    return origin.rpartition("/")[0]
