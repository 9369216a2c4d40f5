"""Packs that were tampered with, by the thousand: verify.html and the command give the same verdict on each.

The two share no code. What one takes for valid and the other does not is a fault of one of them.
"""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from playwright.async_api import Page

from safeguard.evidence.notes import NoteKey
from safeguard.evidence.verifying.verdicts import Verdict
from tests.evidence.judging import (
    ATTACKER,
    NOT_VALID,
    SEED,
    VKEY,
    agree,
    flips,
    members_of,
    signed_again,
    timestamp_over,
)  # fmt: skip
from tests.evidence.rezipping import zipped

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("kind", ["complete", "minimal"])
async def test_no_byte_of_the_zip_can_be_changed(page: Page, tmp_path: Path, good: dict[str, bytes], kind: str) -> None:
    contents = list(flips(good[kind], 80, random.Random(SEED)))
    for answer in await agree(page, tmp_path, contents):
        assert answer.verdict in NOT_VALID


BYTE_CLASSES = (0x00, 0x09, 0x0A, 0x0D, 0x20, 0x22, 0x2B, 0x2F, 0x30, 0x3D, 0x41, 0x5C, 0x7B, 0x7F, 0x80, 0xC3, 0xFF)


async def test_no_byte_of_any_member_can_be_changed(page: Page, tmp_path: Path, good: dict[str, bytes]) -> None:
    """The zip is whole again after each change: what refuses is the manifest, its note, and what they name."""
    chance, contents = random.Random(SEED), list[bytes]()
    plain = members_of(good["minimal"], tmp_path)
    for name, content in plain.items():
        for value in BYTE_CLASSES:
            at = chance.randrange(len(content))
            for changed in (
                content[:at] + bytes([value]) + content[at + 1 :],
                content[:at] + bytes([value]) + content[at:],
            ):
                if changed != content:
                    contents.append(zipped({**plain, name: changed}))
    for answer in await agree(page, tmp_path, contents):
        assert answer.verdict in NOT_VALID


def manglings(record: bytes, chance: random.Random) -> Iterator[bytes]:
    """A record in JSON with one thing in it replaced by another kind of thing."""
    strange: list[Any] = [None, True, 0, -1, 2**53 - 1, "", "x", "é", [], {}, [[]], "AAAA", "\u0085", "\ufeff"]
    for value in strange:
        whole = json.loads(record)
        place: Any = whole
        while True:
            key = chance.choice(list(place) if isinstance(place, dict) else range(len(place)))
            inner = place[key]
            if not isinstance(inner, dict | list) or not inner or chance.random() < 0.3:
                break
            place = inner
        place[key] = value
        yield rfc8785.dumps(whole)


LIES: list[tuple[str, Any]] = [
    ("size", 2), ("log", "x"), ("disclosure", "none"), ("disclosure", "complete"), ("as_of", ""), ("title", 1),
    ("format", "safeguard-pack/2"), ("files", {}), ("files", [1]), ("pack", None),
]  # fmt: skip


async def test_what_an_attacker_signs_anew_is_judged_alike(page: Page, tmp_path: Path, good: dict[str, bytes]) -> None:
    """Without a key such a pack may be whole; with the key that is known, none is valid."""
    chance, plain = random.Random(SEED), members_of(good["minimal"], tmp_path)
    (data,) = [name for name in plain if name.startswith("data/")]
    contents = [signed_again(plain)]
    for _ in range(4):
        contents += [signed_again({**plain, data: each}) for each in manglings(plain[data], chance)]
    for name in (data, "audit/entries", "checkpoint.note"):
        contents += [signed_again({**plain, name: each}) for each in flips(plain[name], 15, chance)]
    for name, value in LIES:
        contents.append(signed_again(plain, lambda manifest, name=name, value=value: manifest.update({name: value})))
    told = await agree(page, tmp_path, contents)
    assert told[0].verdict == Verdict.KEY_NOT_KNOWN
    assert len({(each.verdict, each.file) for each in told}) >= 5
    for answer in await agree(page, tmp_path, contents, VKEY):
        assert answer.verdict in NOT_VALID


TIMES = [
    "Z", "9999", "2026-11-22", "2026-11-22T10:00:59Z", "2026-11-22T10:00:59.000000", "2026-11-22T10:00:59.000000Z\n",
    "2026-13-22T10:00:59.000000Z", "2026-11-22T24:00:00.000000Z", "\u0662026-11-22T10:00:59.000000Z", "~",
]  # fmt: skip


async def test_a_pack_of_no_time_is_none_to_both(page: Page, tmp_path: Path, good: dict[str, bytes]) -> None:
    """A minimal pack does not show its last entry: what it says of its time has at least to be one."""
    plain = members_of(good["minimal"], tmp_path)
    contents = [signed_again(plain, lambda manifest, at=at: manifest.update(as_of=at)) for at in TIMES]
    assert {each.verdict for each in await agree(page, tmp_path, contents)} == {"INVALID"}


async def test_a_timestamp_of_anything_else_is_none_to_both(page: Page, tmp_path: Path, good: dict[str, bytes]) -> None:
    """An attacker signs the whole anew, so that only the timestamp itself can tell; most of its bytes are not read."""
    chance, plain = random.Random(SEED), members_of(good["stamped"], tmp_path)
    name = "tsa/checkpoint.tsr"
    rest = {member: content for member, content in plain.items() if member != name}
    other = timestamp_over(b"another checkpoint")
    contents = [signed_again(plain | {name: other}), signed_again(plain | {name: b""})]
    contents += [signed_again({**rest, "tsa/other.tsr": plain[name]}), signed_again({**plain, "tsa/other.tsr": other})]
    head = plain[name][:180]  # where the structure and what it is over stand
    contents += [signed_again({**plain, name: each + plain[name][180:]}) for each in flips(head, 25, chance)]
    told = await agree(page, tmp_path, contents)
    assert [each.file for each in told[:4]] == [name, name, "tsa/other.tsr", "tsa/other.tsr"]
    assert {each.verdict for each in told[:4]} == {"INVALID"}
    assert sum(each.verdict == "INVALID" for each in told) > 0.8 * len(told)


SPELLINGS = [
    b'{"a":1.0}', b'{"a":1e3}', b'{"a":-0}', b'{"a":9007199254740993}', b'{"a":9007199254740992}', b'{"a":1}',
    b'{"a":01}', b'{"b":1,"a":1}', b'{"a":1,"a":2}', b'{"a": 1}', b'{"a":"\\u00e9"}', b'{"a":"\\ud800"}',
    b'{"a":"\\/"}', b'{"a":NaN}', b'{"__proto__":1}', b'\xef\xbb\xbf{"a":1}', b'{"a":"\x7f"}', b'{"a":"\\u007f"}',
    b'{"a":"\\u001f"}', b'{"a":"\x1f"}', b'{"a":"\xff"}', b'{"a":' + b"[" * 100 + b"]" * 100 + b"}",
    b'{"a":' + b"[" * 99 + b"]" * 99 + b"}", b"[" * 5000 + b"]" * 5000, b"", b"null", b'"x"',
    b'{"\xf0\x9d\x84\x9e":1,"\xef\xbf\xbf":2}', b'{"\xef\xbf\xbf":2,"\xf0\x9d\x84\x9e":1}', b'{"a":1}\n',
    b'{"a":true,"b":false,"c":null}',
]  # fmt: skip


async def test_json_has_one_spelling_in_both(page: Page, tmp_path: Path, good: dict[str, bytes]) -> None:
    """As the value of a field, which may be any JSON: what is not canonical is refused, whatever it would mean."""
    plain = members_of(good["complete"], tmp_path)
    (data,) = [name for name in plain if name.startswith("data/")]
    contents: list[bytes] = []
    for spelling in SPELLINGS:
        contents.append(signed_again({**plain, data: spelling}))
        record = json.loads(plain[data])
        record["versions"][0]["fields"]["risk"]["value"] = spelling.decode("utf-8", "replace")
        contents.append(signed_again({**plain, data: rfc8785.dumps(record)}))
    assert {each.verdict for each in await agree(page, tmp_path, contents)} == {"INVALID"}


@pytest.mark.parametrize("blank", ["\u0085", "\u00a0", "\ufeff", "\u2028", "\u180e", "\u200b", "\U0001d11e"])
async def test_a_blank_in_a_keys_name_is_one_to_both(
    page: Page, tmp_path: Path, good: dict[str, bytes], blank: str
) -> None:
    plain = members_of(good["complete"], tmp_path)
    key = NoteKey(f"saf{blank}eguard.example/t/0123abcd/1", ATTACKER.private)
    listed = ATTACKER.sign(f"safeguard-keys/1\n{ATTACKER.vkey}\n{key.vkey}\n").encode()
    content = {**plain, "keys.note": listed}
    await agree(page, tmp_path, [zipped(content), signed_again(content)])
