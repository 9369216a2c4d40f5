"""A form that was overtaken: shown again with what was typed, for the version that is there now, beside what that says.

Sending it once more is a decision and no accident: then it becomes the next version, as if it had been written after
reading the other.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from safeguard.web.fields import Fields
from safeguard.web.forms import Form

VERSION = "version"


def for_now(form: Form[Any], **instead: str) -> Form[Any]:
    """The same form without the version that its writer saw: its page then names the one that is there.

    `instead` are fields that name what is there now.
    """
    kept = (pair for pair in form.fields.pairs if pair[0] != VERSION and pair[0] not in instead)
    return replace(form, fields=Fields.of((*kept, *instead.items())))


def differing(mine: Form[Any], theirs: Form[Any]) -> tuple[tuple[str, str], ...]:
    """What stands there now, field by field, where it is not what was typed."""
    return tuple(_where_different(mine.fields, theirs.fields))


def _where_different(mine: Fields, theirs: Fields) -> Iterator[tuple[str, str]]:
    for name in theirs:
        now = ", ".join(value for value in theirs.all(name) if value.strip())
        if now and _tidy(theirs.all(name)) != _tidy(mine.all(name)):
            yield name, now


def _tidy(values: list[str]) -> list[str]:
    return sorted(value.replace("\r\n", "\n").strip() for value in values if value.strip())
