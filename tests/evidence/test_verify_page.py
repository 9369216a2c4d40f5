"""verify.html, opened from a disk in Chromium, against the command: the same verdict on every pack, good or mutated.

The two share no code. What one takes for valid and the other does not is a fault of one of them.
"""

import base64
import json
import random
import struct
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import rfc8785
from anyio import to_thread
from asn1crypto import tsp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.async_api import Browser, Page

from safeguard import paths
from safeguard.evidence import verifier
from safeguard.evidence.notes import NoteKey
from safeguard.evidence.packs.contents import Disclosure, FieldValue, RecordContent, VersionContent
from safeguard.evidence.verifying.checking import verify
from safeguard.evidence.verifying.notes import parse_key
from safeguard.evidence.verifying.verdicts import Verdict
from tests.evidence.authorities import Clockwork, Issuer
from tests.evidence.conftest import PackMaker
from tests.evidence.synthetic import FIRST, OTHER, SyntheticLog, salt_from, worked_log
from tests.evidence.test_tricks import members, zipped
from tests.journeys.browser import DESK, PHONE, TOO_WIDE, chromium

pytestmark = pytest.mark.anyio

PAGE = paths.ASSETS / "verify.html"
NOT_VALID = {Verdict.INVALID, Verdict.CANNOT_CHECK}
VKEY = worked_log().key.vkey
SEED = 20261122
CHECK = """async ([packs, key]) => {
  const found = []
  for (const pack of packs) {
    const bytes = Uint8Array.from(atob(pack), each => each.charCodeAt(0))
    found.push(await safeguardVerify(bytes, key))
  }
  return found
}"""


@dataclass(frozen=True)
class Answer:
    """What a verifier says of a pack, as far as both have to agree."""

    verdict: str
    headline: str
    file: str | None
    entry: int | None


@pytest.fixture(scope="module")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    async with chromium() as found:
        yield found


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """The page, from the disk and without a network."""
    context = await browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, offline=True)
    page = await context.new_page()
    await page.goto(PAGE.as_uri())
    yield page
    await context.close()


def by_command(file: Path, content: bytes, key: str | None) -> Answer:
    file.write_bytes(content)
    report = verify(file, [parse_key(key)] if key else [])
    return Answer(str(report.verdict), report.headline, report.file, report.entry)


async def by_page(page: Page, contents: list[bytes], key: str | None) -> list[Answer]:
    packs = [base64.b64encode(each).decode() for each in contents]
    found: list[dict[str, Any]] = await page.evaluate(CHECK, [packs, key])
    return [Answer(**each) for each in found]


async def agree(page: Page, tmp_path: Path, contents: list[bytes], key: str | None = None) -> list[Answer]:
    """Both verifiers' common answers."""
    told = [by_command(tmp_path / "pack.zip", each, key) for each in contents]
    assert await by_page(page, contents, key) == told
    return told


def redacted(log: SyntheticLog) -> RecordContent:
    """The first incident, without its summary."""
    record = log.record("incident", FIRST)
    version = record.versions[0]
    value = version.fields["summary"]
    assert value.value is not None
    assert value.salt is not None
    head = b"safeguard-field/1\n" + value.salt + struct.pack(">H", 7) + b"summary"
    digest = sha256(head + value.value.encode()).digest()
    fields = {**version.fields, "summary": FieldValue(None, None, digest)}
    return RecordContent(record.kind, record.id, record.salt, (VersionContent(1, version.salt, fields),))


def continued() -> SyntheticLog:
    """A log that goes on after a restore."""
    log = worked_log()
    log.append("log.continued", "log", UUID("6f0c1c1e-0000-4000-8000-00000000000a"), salt_from(0x60), role="system")
    return log


def longer() -> SyntheticLog:
    """A log with others' entries, versions, and letters that are not ours."""
    log = worked_log()
    for number in range(40):
        other = UUID(int=OTHER.int + number)
        log.append(
            "incident.recorded", "incident", other, salt_from(0xA0), summary=f"Nobody’s {number} é 🙂", risk="low"
        )
    log.append("incident.corrected", "incident", FIRST, salt_from(0x80), summary='Said "no"\n\tü ￿ 𝄞', risk="high")
    return log


def timestamp_over(content: bytes) -> bytes:
    """What an authority answers (RFC 3161)."""
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": sha256(content).digest()}
    asked = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": 7, "cert_req": True})
    return Clockwork(Issuer("Root for Tests")).answer(asked.dump())


@pytest.fixture(scope="module")
def good(make_pack: PackMaker) -> dict[str, bytes]:
    """A pack of every kind that is not a false one. The verifier in each is a short one: it proves nothing anyhow."""
    log, long = worked_log(), longer()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verifier, "page", lambda: b"<!doctype html>")
        return packs_of(make_pack, log, long)


def packs_of(make_pack: PackMaker, log: SyntheticLog, long: SyntheticLog) -> dict[str, bytes]:
    return {
        "complete": make_pack(log).read_bytes(),
        "minimal": make_pack(long, Disclosure.MINIMAL).read_bytes(),
        "long": make_pack(long).read_bytes(),
        "redacted": make_pack(log, records=(redacted(log),)).read_bytes(),
        "stamped": make_pack(log, timestamp=timestamp_over(log.checkpoint().encode())).read_bytes(),
        "continued": make_pack(continued()).read_bytes(),
        "two records": make_pack(
            long, records=(long.record("incident", FIRST), long.record("incident", OTHER))
        ).read_bytes(),
    }


async def test_good_packs_have_the_same_verdicts(page: Page, tmp_path: Path, good: dict[str, bytes]) -> None:
    unknown = await agree(page, tmp_path, list(good.values()))
    known = await agree(page, tmp_path, list(good.values()), VKEY)
    assert dict(zip(good, (each.headline for each in unknown), strict=True)) == {
        "complete": "VALID but KEY NOT KNOWN", "minimal": "VALID but KEY NOT KNOWN", "long": "VALID but KEY NOT KNOWN",
        "redacted": "VALID but KEY NOT KNOWN and REDACTED", "stamped": "VALID but KEY NOT KNOWN",
        "continued": "DISCONTINUITY", "two records": "VALID but KEY NOT KNOWN",
    }  # fmt: skip
    assert [each.verdict for each in known] == [
        "VALID", "VALID", "VALID", "VALID but REDACTED", "VALID", "DISCONTINUITY", "VALID",
    ]  # fmt: skip


def flips(content: bytes, number: int, chance: random.Random) -> Iterator[bytes]:
    """One byte changed, taken out or put in, or the end cut off."""
    for _ in range(number):
        at, value = chance.randrange(len(content)), chance.randrange(1, 256)
        yield content[:at] + bytes([content[at] ^ value]) + content[at + 1 :]
        yield content[:at] + content[at + 1 :]
        yield content[:at] + bytes([value]) + content[at:]
        yield content[: chance.randrange(len(content))]


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


def members_of(content: bytes, folder: Path) -> dict[str, bytes]:
    file = folder / "members.zip"
    file.write_bytes(content)
    return members(file)


ATTACKER = NoteKey(worked_log().origin, Ed25519PrivateKey.from_private_bytes(b"\x07" * 32))


def signed_again(content: dict[str, bytes], change: Callable[[dict[str, Any]], None] = lambda _: None) -> bytes:
    """A pack whose manifest an attacker made anew and signed with their own key: the deeper checks are reached."""
    content = dict(content)
    manifest = json.loads(content.pop("manifest.json"))
    content.pop("manifest.note")
    content["keys.note"] = ATTACKER.sign(f"safeguard-keys/1\n{ATTACKER.vkey}\n").encode()
    text = content["checkpoint.note"].decode("utf-8", "replace").rpartition("\n\n")[0] + "\n"
    content["checkpoint.note"] = ATTACKER.sign(text).encode()
    known = {each["path"]: each for each in manifest["files"]}
    manifest["files"] = [
        {**known.get(path, {"proves": "x"}), "path": path, "size": len(data), "sha256": sha256(data).hexdigest()}
        for path, data in content.items()
    ]
    change(manifest)
    raw = rfc8785.dumps(manifest)
    digest = base64.b64encode(sha256(raw).digest()).decode()
    note = ATTACKER.sign(f"safeguard-manifest/1\n{manifest['pack']}\n{digest}\n")
    return zipped({**content, "manifest.json": raw, "manifest.note": note.encode()})


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


async def test_a_browser_without_ed25519_says_the_same(
    browser: Browser, tmp_path: Path, good: dict[str, bytes]
) -> None:
    context = await browser.new_context(offline=True)
    await context.add_init_script("Object.defineProperty(globalThis, 'crypto', {value: {}})")
    page = await context.new_page()
    await page.goto(PAGE.as_uri())
    plain = members_of(good["complete"], tmp_path)
    contents = [*good.values(), signed_again(plain), *flips(good["complete"], 20, random.Random(SEED))]
    note = plain["manifest.note"].decode()
    for at in (40, 60, 80):
        head, _, last = note.rpartition(" ")
        raw = bytearray(base64.b64decode(last))
        raw[at - 20] ^= 1
        contents.append(
            zipped({**plain, "manifest.note": f"{head} {base64.b64encode(bytes(raw)).decode()}\n".encode()})
        )
    await agree(page, tmp_path, contents)
    await agree(page, tmp_path, contents, VKEY)
    await context.close()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_somebody_drops_a_pack_in_and_reads_the_verdict(
    page: Page, tmp_path: Path, good: dict[str, bytes], size: tuple[int, int]
) -> None:
    await page.set_viewport_size({"width": size[0], "height": size[1]})
    file = tmp_path / "pack.zip"
    file.write_bytes(good["complete"])
    await page.set_input_files("#pack", file)
    await page.locator("#outcome[data-verdict='VALID but KEY NOT KNOWN']").wait_for()
    assert "This pack holds 3 entries. All are unaltered, and none about the records in it is missing." in (
        await page.inner_text("#outcome")
    )
    await page.fill("#key", "nonsense")
    await page.keyboard.press("Enter")
    await page.get_by_text("This key cannot be used").wait_for()
    await page.fill("#key", VKEY[:30] + " \n " + VKEY[30:])
    await page.keyboard.press("Enter")
    await page.locator("#outcome[data-verdict='VALID']").wait_for()
    file.write_bytes(good["complete"][:-1])
    await page.set_input_files("#pack", [])
    await page.set_input_files("#pack", file)
    await page.locator("#outcome[data-verdict='INVALID']").wait_for()
    assert await page.evaluate(TOO_WIDE) == []


async def shown(page: Page, file: Path, content: bytes, verdict: str) -> str:
    """Drop a pack in and wait for this verdict; what stands there."""
    await to_thread.run_sync(file.write_bytes, content)
    await page.evaluate("document.getElementById('outcome').removeAttribute('data-verdict')")
    await page.set_input_files("#pack", [])
    await page.set_input_files("#pack", file)
    await page.locator(f"#outcome[data-verdict='{verdict}']").wait_for()
    return await page.inner_text("#outcome")


def rewritten() -> SyntheticLog:
    """The same log as far as its name and key say, with another beginning."""
    log = SyntheticLog()
    log.append("log.created", "log", UUID(int=10), salt_from(0x60), role="system")
    log.append("incident.recorded", "incident", FIRST, salt_from(0x80), summary="Nothing happened.", risk="low")
    for _ in range(3):
        log.append("incident.viewed", "incident", FIRST, salt_from(0x80))
    return log


async def test_the_page_holds_a_pack_against_those_before_it(
    page: Page, tmp_path: Path, good: dict[str, bytes], make_pack: PackMaker
) -> None:
    """Each of the two is whole in itself, and both are signed by the log's own key."""
    file, unknown = tmp_path / "pack.zip", "VALID but KEY NOT KNOWN"
    assert "this is the first of this log here" in await shown(page, file, good["complete"], unknown)
    await page.reload()
    later = await shown(page, file, good["long"], unknown)
    assert "the earlier pack of this log that you checked here" in later
    other = make_pack(rewritten()).read_bytes()
    assert "An earlier pack of this log, checked here, had others among its first 3 entries" in await shown(
        page, file, other, "INVALID"
    )
    forged = signed_again(members_of(good["complete"], tmp_path))
    assert "were signed by another key" in await shown(page, file, forged, "INVALID")
    assert "Left out: 1 value" in await shown(page, file, good["redacted"], unknown)
    assert "Timestamp" in await shown(page, file, good["stamped"], unknown)
    await page.get_by_role("button", name="Forget what was checked here").click()
    await page.get_by_text("Forgotten.").wait_for()
    await shown(page, file, other, unknown)


async def test_a_browser_that_keeps_nothing_says_so(browser: Browser, tmp_path: Path, good: dict[str, bytes]) -> None:
    context = await browser.new_context(offline=True)
    await context.add_init_script("Object.defineProperty(globalThis, 'localStorage', {get() { throw new Error() }})")
    page = await context.new_page()
    await page.goto(PAGE.as_uri())
    said = await shown(page, tmp_path / "pack.zip", good["complete"], "VALID but KEY NOT KNOWN")
    assert "this browser keeps nothing for this page" in said
    await context.close()


async def test_the_page_can_load_and_send_nothing(page: Page) -> None:
    text = PAGE.read_text()
    assert "default-src 'none'; script-src 'sha256-" in text
    refused = "fetch('https://safeguard.example/').then(() => 'sent', fault => fault.name)"
    assert await page.evaluate(refused) == "TypeError"
    assert "src=" not in text.partition("<script>")[0]
