"""Reading of texts that admit exactly one spelling: base64, JSON, lines."""

import base64
import binascii
import json
from typing import Any, Final, cast

from safeguard.evidence.verifying.verdicts import Refused

DEEPEST: Final = 100
LARGEST_NUMBER: Final = 2**53 - 1
"""Beyond it a reader with floating numbers alone reads another one (RFC 8785 §3.2.2.3, RFC 7493 §2.2)."""


def decode64(text: str, length: int | None = None) -> bytes:
    """The bytes of canonical, padded base64 (RFC 4648 §4); any other spelling of the same bytes is an error."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError) as error:
        raise ValueError("not base64") from error
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not the canonical base64 of anything")
    if length is not None and len(raw) != length:
        raise ValueError(f"{len(raw)} bytes where {length} belong")
    return raw


def canonical(data: bytes) -> Any:
    """The value of a JSON text in canonical form (RFC 8785); the same value spelt otherwise is an error.

    This also refuses duplicate keys, of which two readers could take different ones, and numbers with a fraction.
    """
    try:
        value = json.loads(data.decode("utf-8"), parse_float=_no_fractions, parse_constant=_no_fractions)
        _refuse_deep(value)
        same = _spelt(value).encode() == data
    except (ValueError, RecursionError) as error:
        raise ValueError("not JSON that can be read") from error
    if not same:
        raise ValueError("not in canonical form")
    return value


def _spelt(value: Any) -> str:
    """The one spelling of a value (RFC 8785 §3.2): keys in the order of their UTF-16, no blanks, no escape that is not
    needed. Strings as `json` writes them are those of the standard: \\b \\t \\n \\f \\r, else small digits.
    """
    if isinstance(value, dict):
        held = cast("dict[str, Any]", value)
        names = sorted(held, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{_spelt(name)}:{_spelt(held[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_spelt, cast("list[Any]", value))) + "]"
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        raise ValueError("a number that not every reader can hold")
    return json.dumps(value, ensure_ascii=False)


def _refuse_deep(value: Any, depth: int = 0) -> None:
    """A depth at which readers give up is a number of each reader's own: this one is the format's."""
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        _refuse_deep(each, depth + 1)


def _no_fractions(spelling: str) -> Any:
    raise ValueError(f"{spelling} is not a whole number")


def read_json(data: bytes, file: str) -> dict[str, Any]:
    """The object in a JSON member, or a refusal that names the member."""
    try:
        value = canonical(data)
    except ValueError as error:
        raise Refused(f"{file} is {error}.", file=file) from error
    if not isinstance(value, dict):
        raise Refused(f"{file} does not hold what it should.", file=file)
    return value


def take(record: dict[str, Any], name: str, kind: type, file: str) -> Any:
    """`record[name]`, which must be of `kind` (and `True` is no number)."""
    value = record.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise Refused(f"{file} has no usable “{name}”.", file=file)
    return value
