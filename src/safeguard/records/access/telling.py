"""What a row says, in words: each column under its name, lists and structures as lines."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

NUMBERS: Final = {"own": "Our own number", "upn": "UPN", "uln": "ULN", "nhs": "NHS number"}
"""What the kinds of number are called that somebody is known by."""
PARTS: Final = {"responsibility": "parental responsibility", "kind": "what it is"}
"""What the parts of a structure are called where their own name does not say it; what is true is only named."""


def passages_of(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Every column that says something, under its name in words."""
    said = ((name, "\n".join(lines_of(value))) for name, value in row.items())
    return tuple((name.replace("_", " ").capitalize(), words) for name, words in said if words)


def lines_of(value: Any) -> Iterator[str]:
    """A value as lines of words; JSON is read, whoever kept it as text."""
    match value:
        case None:
            return
        case {"kind": str(kind), "value": str(number), **rest} if not rest:
            yield f"{NUMBERS.get(kind, kind.replace('_', ' ').capitalize())}: {number}"
        case dict():
            yield "; ".join(_named(name, each) for name, each in value.items() if each)
        case list():
            for each in value:
                yield from lines_of(each)
        case str() if value.startswith(("[", "{")):
            yield from _parsed(value)
        case _:
            if text := str(value):
                yield text


def _named(name: str, value: Any) -> str:
    called = PARTS.get(name, name.replace("_", " "))
    return called if value is True else f"{called}: {', '.join(lines_of(value))}"


def _parsed(text: str) -> Iterator[str]:
    try:
        parsed = json.loads(text)
    except ValueError:
        yield text
        return
    yield from lines_of(parsed)
