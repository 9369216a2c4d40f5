"""What a row says, in words: each column under its name, lists and structures as lines."""

import json
from collections.abc import Iterator, Mapping
from typing import Any


def passages_of(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Every column that says something, under its name in words."""
    said = ((name, "\n".join(lines_of(value))) for name, value in row.items())
    return tuple((name.replace("_", " ").capitalize(), words) for name, words in said if words)


def lines_of(value: Any) -> Iterator[str]:
    """A value as lines of words; JSON is read, whoever kept it as text."""
    match value:
        case None:
            return
        case dict():
            yield "; ".join(
                f"{name.replace('_', ' ')}: {', '.join(lines_of(each))}" for name, each in value.items() if each
            )
        case list():
            for each in value:
                yield from lines_of(each)
        case str() if value.startswith(("[", "{")):
            yield from _parsed(value)
        case _:
            if text := str(value):
                yield text


def _parsed(text: str) -> Iterator[str]:
    try:
        parsed = json.loads(text)
    except ValueError:
        yield text
        return
    yield from lines_of(parsed)
