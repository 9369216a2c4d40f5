"""From the tables of a file to typed, frozen values, collecting every mistake with the path to it.

The dataclasses of `profile` are the schema: a field without a default is required, a key without a field is unknown.
A library would stop at the first mistake and could not say which key of which file; somebody who writes a profile
wants them all at once.
"""

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from safeguard.tenancy.positions import Path

T = TypeVar("T")


class Problems:
    """What is wrong, and where: the path to the key, and a sentence that says what to write."""

    def __init__(self) -> None:
        self.found: list[tuple[Path, str]] = []

    def add(self, path: Path, sentence: str) -> None:
        """Note one mistake."""
        self.found.append((path, sentence))


def read(wanted: type[T], value: object, path: Path, problems: Problems) -> T | None:
    """`value` as a `wanted`, or None with the reasons in `problems`."""
    return cast("T | None", _read(wanted, value, path, problems))


def _read(wanted: Any, value: object, path: Path, problems: Problems) -> object:
    if wanted in _PLAIN:
        return _plain(wanted, value, path, problems)
    if is_dataclass(wanted):
        return _table(cast("type", wanted), value, path, problems)
    origin = get_origin(wanted)
    if origin is tuple:
        return _array(get_args(wanted)[0], value, path, problems)
    if origin is Mapping:
        return _tables(get_args(wanted)[1], value, path, problems)
    return _one_of(wanted, value, path, problems)


_PLAIN: Mapping[Any, str] = {str: "text in quotes", int: "a whole number", bool: "true or false"}


def _plain(wanted: type, value: object, path: Path, problems: Problems) -> object:
    if type(value) is wanted and value != "":
        return value
    problems.add(path, f"write {_PLAIN[wanted]} for `{path[-1]}`, not {_shown(value)}.")
    return None


def _shown(value: object) -> str:
    match value:
        case "":
            return "an empty text"
        case str():
            return f'"{value}"'
        case bool():
            return str(value).lower()
        case dict():
            return "a table"
        case list():
            return "a list"
        case _:
            return str(value)


def _one_of(wanted: type[StrEnum], value: object, path: Path, problems: Problems) -> object:
    allowed = [member.value for member in wanted]
    if value in allowed:
        return wanted(cast("str", value))
    problems.add(path, f"{_shown(value)} is not {_noun(wanted)}: write {one_of(allowed)}.")
    return None


def _noun(wanted: type) -> str:
    noun = "".join(f" {c.lower()}" if c.isupper() else c for c in wanted.__name__).strip()
    return f"an {noun}" if noun[0] in "aeio" else f"a {noun}"


def one_of(allowed: list[str]) -> str:
    """The choices as a person would list them."""
    *most, last = [f'"{item}"' for item in allowed] or ["nothing"]
    return f"{', '.join(most)} or {last}" if most else last


def _array(item: Any, value: object, path: Path, problems: Problems) -> object:
    if not isinstance(value, list):
        problems.add(path, f'write a list for `{path[-1]}`, such as ["…"], not {_shown(value)}.')
        return None
    items = cast("list[object]", value)
    return tuple(_read(item, each, (*path, number), problems) for number, each in enumerate(items))


def _tables(item: Any, value: object, path: Path, problems: Problems) -> object:
    if not isinstance(value, dict):
        problems.add(path, f"write a table for `{path[-1]}`, not {_shown(value)}.")
        return None
    entries = cast("dict[str, object]", value)
    return types.MappingProxyType({key: _read(item, each, (*path, key), problems) for key, each in entries.items()})


def _table(wanted: type[T], value: object, path: Path, problems: Problems) -> T | None:
    if not isinstance(value, dict):
        problems.add(path, f"write a table for `{path[-1]}`, not {_shown(value)}.")
        return None
    entries, before = cast("dict[str, object]", value), len(problems.found)
    known, values = _known(wanted), {}
    for name, (hint, each) in known.items():
        if name == "code" and not _numbered(path):
            values[name] = _read(hint, path[-1], path, problems)
        elif name in entries:
            values[name] = _read(hint, entries[name], (*path, name), problems)
        elif each.default is MISSING and each.default_factory is MISSING:
            problems.add(path, f"`{name}` is missing{_of(path)}: write `{name} = …`.")
    for key in entries.keys() - (known.keys() - (set() if _numbered(path) else {"code"})):
        problems.add((*path, key), f"`{key}` is not known here{_perhaps(key, list(known))}.")
    return wanted(**values) if len(problems.found) == before else None


def _numbered(path: Path) -> bool:
    """Whether a table is one of a list (`[[controls]]`): it names its own code; another is named by its key."""
    return not path or isinstance(path[-1], int)


def _of(path: Path) -> str:
    return f" in [{'.'.join(str(part) for part in path)}]" if path else ""


def _perhaps(key: str, known: list[str]) -> str:
    close = get_close_matches(key, [name for name in known if name != "code"], n=1)
    return f": did you mean `{close[0]}`?" if close else ""


def schema(wanted: type) -> Mapping[str, Any]:
    """The keys that a table of this kind may have, and what each must be."""
    return {name: hint for name, (hint, _) in _known(wanted).items()}


@cache
def _known(wanted: type) -> Mapping[str, tuple[Any, Field[Any]]]:
    """The keys that a table may have. A field that does not show in a `repr` is not read from a file."""
    hints = get_type_hints(wanted)
    return {each.name: (hints[each.name], each) for each in fields(cast("Any", wanted)) if each.repr}
