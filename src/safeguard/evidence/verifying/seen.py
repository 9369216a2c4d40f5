"""What this verifier saw before: checkpoints of each log and the keys that signed them, in a file of the user's own.

A pack is whole in itself even when the log behind it was rewound and written anew; two packs of one log are not. So the
sizes, roots and times that were seen are kept, and a later pack has to go with them. Keys are remembered too: from
then on only they count for that log, until somebody names another. Having seen a key before is not knowing whose it is.

Times stand beside the roots and not in them: a file from before times were kept is read as it was, and an older
verifier reads a newer file.
"""

import json
import os
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

MOST: Final = 50
"""Checkpoints kept of one log, the newest sizes."""
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,15}")
_ROOT: Final = re.compile(r"[0-9a-f]{64}")
_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


@dataclass(frozen=True, slots=True)
class Seen:
    """What is remembered of one log: roots in hexadecimal and times of last entries, by size, and keys in base64."""

    roots: Mapping[int, str] = field(default_factory=dict[int, str])
    keys: frozenset[str] = frozenset()
    times: Mapping[int, str] = field(default_factory=dict[int, str])
    """As an entry writes them, so that they sort as text. A size that was seen before times were kept has none."""


def usual_file() -> Path:
    """Where it is kept unless told otherwise (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "safeguard" / "logs-seen.json"


def recall(file: Path, origin: str) -> Seen:
    """What is remembered of this log; what cannot be read, or has another form, counts for nothing."""
    whole = _load(file)
    roots, times = _sizes(whole, "roots", origin, _ROOT), _sizes(whole, "times", origin, _TIME)
    return Seen(roots, _keys(whole, origin), {size: time for size, time in times.items() if size in roots})


def remember(file: Path, origin: str, size: int, root: str, time: str, publics: Iterable[bytes]) -> bool:
    """Keep what was just seen, whole or not at all; whether that could be done."""
    whole, seen = _load(file), recall(file, origin)
    kept = sorted({*seen.roots, size})[-MOST:]
    roots, times = {**seen.roots, size: root}, {**seen.times, size: time}
    _part(whole, "roots")[origin] = {str(each): roots[each] for each in kept}
    _part(whole, "times")[origin] = {str(each): times[each] for each in kept if each in times}
    _part(whole, "keys")[_log_of(origin)] = sorted(seen.keys | {b64encode(each).decode() for each in publics})
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
    except (OSError, ValueError, RecursionError):
        return {}
    return whole if isinstance(whole, dict) else {}


def _part(whole: dict[str, Any], name: str) -> dict[str, Any]:
    """The part of that name, put there or in the place of what cannot be one."""
    found = whole.get(name)
    if not isinstance(found, dict):
        found = whole[name] = {}
    return found


def _sizes(whole: dict[str, Any], name: str, origin: str, form: re.Pattern[str]) -> dict[int, str]:
    by_size = _part(_part(whole, name), origin)
    return {
        int(size): value
        for size, value in by_size.items()
        if _SIZE.fullmatch(size) and isinstance(value, str) and form.fullmatch(value)
    }


def _keys(whole: dict[str, Any], origin: str) -> frozenset[str]:
    found = _part(whole, "keys").get(_log_of(origin))
    return frozenset(each for each in found if isinstance(each, str)) if isinstance(found, list) else frozenset()


def _log_of(origin: str) -> str:
    """The log without its epoch: its keys go on."""
    return origin.rpartition("/")[0]
