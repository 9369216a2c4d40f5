"""A record as a pack carries it: its versions with the values that were committed, and those that were left out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a record: what stood in each field, and the names of those whose values were left out."""

    number: int
    values: Mapping[str, Any] = field(repr=False)
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Record:
    """A record as the pack carries it."""

    kind: str
    id: str
    versions: tuple[Version, ...] = field(repr=False)

    @property
    def values(self) -> dict[str, Any]:
        """Of each field the last that was said."""
        whole: dict[str, Any] = {}
        for version in self.versions:
            whole |= version.values
        return whole

    def texts(self) -> str:
        """Everything that stands in any version, for a search."""
        return "\n".join(_flat(value) for version in self.versions for value in version.values.values())


def parse(raw: bytes) -> Record:
    """The record in one `data/*.json`, which the verifier has judged before."""
    whole: dict[str, Any] = json.loads(raw)
    return Record(whole["kind"], whole["id"], tuple(_version(each) for each in whole["versions"]))


def _version(each: Mapping[str, Any]) -> Version:
    fields: Mapping[str, Mapping[str, str]] = each["fields"]
    values = {name: json.loads(held["value"]) for name, held in fields.items() if "value" in held}
    return Version(each["version"], values, frozenset(fields.keys() - values.keys()))


def _flat(value: Any) -> str:
    match value:
        case dict():
            return "\n".join(_flat(inner) for inner in value.values())
        case list():
            return "\n".join(_flat(inner) for inner in value)
        case _:
            return str(value)
