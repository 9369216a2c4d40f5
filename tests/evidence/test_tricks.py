"""Packs that were tampered with: every trick of the zip, of Ed25519 and of canonical text, and bytes at random."""

import io
import struct
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.verifying import curve
from safeguard.evidence.verifying.checking import verify
from safeguard.evidence.verifying.notes import Key, parse_key
from safeguard.evidence.verifying.text import canonical, decode64
from safeguard.evidence.verifying.verdicts import Refused, Report, Verdict
from tests.evidence.conftest import PackMaker
from tests.evidence.rezipping import members, zipped
from tests.evidence.synthetic import OTHER, salt_from, worked_log

NOT_VALID = {Verdict.INVALID, Verdict.CANNOT_CHECK}


@pytest.fixture(scope="session")
def pack(make_pack: PackMaker) -> Path:
    """A minimal pack: it has entries shown and hidden."""
    log = worked_log()
    log.append("incident.recorded", "incident", OTHER, salt_from(0xA0), summary="Somebody else's.", risk="low")
    return make_pack(log, Disclosure.MINIMAL, "tricks")


@pytest.fixture(scope="session")
def check(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], Report]:
    """The verdict on bytes."""
    file = tmp_path_factory.mktemp("tricks") / "pack.zip"

    def verdict(content: bytes) -> Report:
        file.write_bytes(content)
        return verify(file)

    return verdict


Check = Callable[[bytes], Report]


def test_the_untouched_pack_is_valid_and_so_is_its_plain_rewriting(pack: Path, check: Check) -> None:
    assert check(pack.read_bytes()).verdict is Verdict.KEY_NOT_KNOWN
    assert check(zipped(members(pack))).verdict is Verdict.KEY_NOT_KNOWN


def test_bytes_around_the_zip_are_refused(pack: Path, check: Check) -> None:
    whole = pack.read_bytes()
    for altered in (whole + b"x", b"x" + whole, whole[:-1], whole[: len(whole) // 2], whole + whole):
        assert check(altered).verdict in NOT_VALID


def test_a_comment_is_refused(pack: Path, check: Check) -> None:
    whole = pack.read_bytes()
    assert check(whole[:-2] + struct.pack("<H", 4) + b"note").verdict in NOT_VALID


def _deflate(info: zipfile.ZipInfo) -> None:
    info.compress_type = zipfile.ZIP_DEFLATED


def _link(info: zipfile.ZipInfo) -> None:
    info.external_attr = 0o120777 << 16


def _extra(info: zipfile.ZipInfo) -> None:
    info.extra = struct.pack("<2HQ", 1, 8, 5)


def _comment(info: zipfile.ZipInfo) -> None:
    info.comment = b"hidden"


def _windows(info: zipfile.ZipInfo) -> None:
    info.create_system = 0


@pytest.mark.parametrize("change", [_deflate, _link, _extra, _comment, _windows])
def test_headers_that_no_pack_has_are_refused(pack: Path, check: Check, change: Callable[..., None]) -> None:
    assert check(zipped(members(pack), change)).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    "name",
    ["../escape", "/etc/passwd", "a\\b", "data/../x", "C:x", "data//x", "data/", ".", "README.TXT", "readme.txt",
     "audit", "report.pdf/x", "d\u00e9j\u00e0", "x" * 300, "\x00x", "audit/entries "],
)  # fmt: skip
def test_names_that_lead_elsewhere_or_collide_are_refused(pack: Path, check: Check, name: str) -> None:
    assert check(zipped({**members(pack), name: b"x"})).verdict is Verdict.INVALID


def test_a_member_twice_is_refused(pack: Path, check: Check) -> None:
    content = zipped({**members(pack), "report.pdX": b"%PDF another"})
    assert check(content.replace(b"report.pdX", b"report.pdf")).verdict is Verdict.INVALID


def test_members_more_fewer_or_in_another_order_are_refused(pack: Path, check: Check) -> None:
    whole = members(pack)
    assert check(zipped({**whole, "extra.txt": b"x"})).file == "extra.txt"
    for name in whole:
        assert check(zipped({key: value for key, value in whole.items() if key != name})).verdict in NOT_VALID
    assert check(zipped(dict(reversed(whole.items())))).verdict is Verdict.INVALID


def test_every_member_altered_is_named(pack: Path, check: Check) -> None:
    whole = members(pack)
    for name, content in whole.items():
        report = check(zipped({**whole, name: content[:-1] + bytes([content[-1] ^ 1])}))
        assert report.verdict in NOT_VALID
        assert report.file == name or name.startswith("manifest"), (name, report)


def test_two_descriptions_of_one_member_are_refused(pack: Path, check: Check) -> None:
    whole = bytearray(pack.read_bytes())
    for offset in range(4, 30):
        altered = bytearray(whole)
        altered[offset] ^= 1
        assert check(bytes(altered)).verdict in NOT_VALID, offset


def test_an_encrypted_member_is_refused_by_name(pack: Path, check: Check) -> None:
    whole = pack.read_bytes()
    at = whole.index(b"PK\x01\x02")
    report = check(whole[: at + 8] + b"\x01" + whole[at + 9 :])
    assert (report.verdict, report.sentence) == (Verdict.INVALID, "README.txt is encrypted.")


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_altered_byte_passes_for_the_real_one(pack: Path, check: Check, data: st.DataObject) -> None:
    whole = pack.read_bytes()
    start = data.draw(st.integers(0, len(whole) - 1))
    length = data.draw(st.integers(0, 40))
    altered = whole[:start] + data.draw(st.binary(max_size=40)) + whole[start + length :]
    report = check(altered)
    if altered == whole:
        assert report.verdict is Verdict.KEY_NOT_KNOWN
    elif report.verdict not in NOT_VALID:
        assert _means_the_same(altered, pack)


def _means_the_same(altered: bytes, pack: Path) -> bool:
    """Only signatures of keys that nobody knows may come and go below the manifest's note."""
    ours, theirs = members(pack), {}
    with zipfile.ZipFile(io.BytesIO(altered)) as archive:
        theirs = {name: archive.read(name) for name in archive.namelist()}
    note = "manifest.note"
    same_text = ours.pop(note).partition(b"\n\n")[0] == theirs.pop(note).partition(b"\n\n")[0]
    return same_text and ours == theirs


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_altered_member_passes_in_a_zip_that_is_well_formed(pack: Path, check: Check, data: st.DataObject) -> None:
    whole = members(pack)
    name = data.draw(st.sampled_from(sorted(whole)))
    content = whole[name]
    start = data.draw(st.integers(0, len(content)))
    piece = data.draw(
        st.binary(max_size=20) | st.sampled_from([b"\n", b'"', b"[" * 5000, b"9" * 5000, b"1e9", b"\xff"])
    )
    changed = content[:start] + piece + content[start + data.draw(st.integers(0, 20)) :]
    altered = zipped({**whole, name: changed})
    report = check(altered)
    if changed != content and report.verdict not in NOT_VALID:
        assert _means_the_same(altered, pack)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
@example(b"PK\x05\x06" + bytes(18))
def test_no_bytes_crash_the_verifier(check: Check, content: bytes) -> None:
    assert check(content).verdict in NOT_VALID
    assert check(b"PK\x03\x04" + content + b"PK\x05\x06" + bytes(18)).verdict in NOT_VALID


SIGNED = b64decode(worked_log().checkpoint().split(" ")[2].strip())[4:]
TEXT = worked_log().checkpoint().partition("\n\n")[0].encode() + b"\n"
PUBLIC = worked_log().key.public


def test_signatures_that_libraries_disagree_about_are_refused() -> None:
    assert curve.is_signed(PUBLIC, SIGNED, TEXT)
    scalar = int.from_bytes(SIGNED[32:], "little")
    assert not curve.is_signed(PUBLIC, SIGNED[:32] + (scalar + curve.ORDER).to_bytes(32, "little"), TEXT)
    for length in (0, 32, 63, 65):
        assert not curve.is_signed(PUBLIC, (SIGNED + b"\0")[:length], TEXT)


@pytest.mark.parametrize("y", sorted(curve.SMALL | {y + curve.FIELD for y in curve.SMALL if y < 19}))
@pytest.mark.parametrize("sign", [0, 1 << 255])
def test_points_of_small_order_and_unreduced_ones_are_refused(y: int, sign: int) -> None:
    point = (y | sign).to_bytes(32, "little")
    assert not curve.is_acceptable_point(point)
    assert not curve.is_signed(point, SIGNED, TEXT)
    assert not curve.is_signed(PUBLIC, point + bytes(32), TEXT)
    material = b64encode(b"\x01" + point).decode()
    with pytest.raises(ValueError, match="anybody can sign"):
        parse_key(f"log+{Key('log', point).identifier.hex()}+{material}")


@pytest.mark.parametrize("text", ["QQ", "QQ=", "QR==", "Q Q==", "QQ==\n", "-_==", "QQ==="])
def test_base64_has_one_spelling(text: str) -> None:
    with pytest.raises(ValueError):
        decode64(text)


@pytest.mark.parametrize(
    "text", [b'{"a":1,"a":1}', b'{"b":1,"a":1}', b'{"a": 1}', b"1.0", b"1e3", b"NaN", b"9" * 5000, b"[" * 9000,
             b'"\xff"', b'"\\u0041"', b"9007199254740993", b"", b'"\\ud800"'],
)  # fmt: skip
def test_json_has_one_spelling(text: bytes) -> None:
    with pytest.raises(ValueError):
        canonical(text)


@pytest.mark.parametrize(
    "vkey", ["", "a+b", "a b+00000000+AQ==", "n+zz+AQ==", "n+00000000+" + b64encode(b"\x02" + PUBLIC).decode()]
)
def test_a_key_that_cannot_be_one_is_refused(vkey: str) -> None:
    with pytest.raises(ValueError):
        parse_key(vkey)


def test_a_refusal_carries_its_place() -> None:
    refused = Refused("No.", file="audit/entries", entry=7)
    assert (refused.file, refused.entry, refused.verdict) == ("audit/entries", 7, Verdict.INVALID)
