"""The verifier's verdicts on packs as they are made."""

import ast
import io
import subprocess
import sys
import tracemalloc
import zipfile
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import safeguard.evidence.verifying
from safeguard.audit import documents
from safeguard.evidence import merkle, verifier
from safeguard.evidence.notes import Checkpoint, NoteKey
from safeguard.evidence.packs.assembling import assemble
from safeguard.evidence.packs.contents import Disclosure, FieldValue, PackFacts, RecordContent
from safeguard.evidence.verifying.checking import verify
from safeguard.evidence.verifying.command import verify as command
from safeguard.evidence.verifying.notes import parse_key
from safeguard.evidence.verifying.verdicts import Verdict
from tests.evidence.conftest import PackMaker
from tests.evidence.synthetic import FIRST, OTHER, START, SyntheticLog, salt_from, worked_log


def test_a_pack_with_the_right_key_is_valid(worked: SyntheticLog, make_pack: PackMaker) -> None:
    report = verify(make_pack(worked), [parse_key(worked.key.vkey)])
    assert (report.verdict, report.exit_status) == (Verdict.VALID, 0), report
    assert (report.findings.objects, report.findings.versions, report.findings.shown) == (1, 1, 3)


def test_without_a_key_the_fingerprint_is_shown_and_no_more_claimed(worked: SyntheticLog, make_pack: PackMaker) -> None:
    report = verify(make_pack(worked))
    assert report.verdict is Verdict.KEY_NOT_KNOWN
    assert report.findings.fingerprints == (parse_key(worked.key.vkey).fingerprint,)


def test_a_pack_signed_anew_by_somebody_else_is_refused_once_the_key_is_given(make_pack: PackMaker) -> None:
    forged = worked_log()
    forged.key = NoteKey(forged.origin, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    pack = make_pack(forged)
    assert verify(pack).verdict is Verdict.KEY_NOT_KNOWN
    assert verify(pack, [parse_key(worked_log().key.vkey)]).verdict is Verdict.INVALID


def test_a_minimal_pack_says_what_it_does_not_show(make_pack: PackMaker) -> None:
    log = worked_log()
    log.append("incident.recorded", "incident", OTHER, salt_from(0xA0), summary="Somebody else's.", risk="low")
    pack = make_pack(log, Disclosure.MINIMAL)
    report = verify(pack, [parse_key(log.key.vkey)])
    assert report.verdict is Verdict.VALID
    assert (report.findings.shown, report.findings.hidden) == (2, 2)
    assert b"Somebody else" not in pack.read_bytes()
    assert b64encode(log.leaves[3].handle) not in pack.read_bytes()


def redact(record: RecordContent, name: str) -> RecordContent:
    """The record with one field's value and salt left out of every version."""
    versions = []
    for version in record.versions:
        field = version.fields[name]
        digest = documents.field_digest(name, (field.value or "").encode(), field.salt or b"")
        versions.append(replace(version, fields={**version.fields, name: FieldValue(None, None, digest)}))
    return replace(record, versions=tuple(versions))


def test_a_redacted_pack_still_verifies_and_says_what_is_left_out(worked: SyntheticLog, make_pack: PackMaker) -> None:
    pack = make_pack(worked, records=(redact(worked.record("incident", FIRST), "summary"),))
    report = verify(pack, [parse_key(worked.key.vkey)])
    assert report.verdict is Verdict.REDACTED
    assert report.findings.redacted == [f"incident:{FIRST} version 1: summary"]
    assert verify(pack).headline == "VALID but KEY NOT KNOWN and REDACTED"
    assert b"abusive messages" not in pack.read_bytes()


def test_an_altered_value_is_named(worked: SyntheticLog, make_pack: PackMaker) -> None:
    version = worked.versions["incident", FIRST][0]
    lie = replace(version, fields={**version.fields, "risk": FieldValue('"low"', version.fields["risk"].salt)})
    record = replace(worked.record("incident", FIRST), versions=(lie,))
    report = verify(make_pack(worked, records=(record,)))
    assert (report.verdict, report.file, report.entry) == (Verdict.INVALID, f"data/incident-{FIRST}.json", 1)


def test_a_version_held_back_is_noticed(worked: SyntheticLog, make_pack: PackMaker) -> None:
    worked.append("incident.corrected", "incident", FIRST, salt_from(0x80), summary="Corrected.", risk="high")
    whole = worked.record("incident", FIRST)
    report = verify(make_pack(worked, records=(replace(whole, versions=whole.versions[:1]),)))
    assert report.verdict is Verdict.INVALID
    assert "Version 2" in report.sentence


def test_a_version_that_the_log_never_heard_of_is_refused(worked: SyntheticLog, make_pack: PackMaker) -> None:
    whole = worked.record("incident", FIRST)
    extra = replace(whole.versions[0], number=2)
    report = verify(make_pack(worked, records=(replace(whole, versions=(*whole.versions, extra)),)))
    assert report.verdict is Verdict.INVALID


def hidden(count: int, folder: Path) -> Path:
    """A minimal pack of no record over so many entries, none of them shown."""
    log, folder = worked_log(), folder / str(count)
    folder.mkdir()
    leaves = [sha256(number.to_bytes(4, "big")).digest() for number in range(count)]
    entries, report = folder / "entries", folder / "report.pdf"
    entries.write_bytes(b"".join(b"safeguard-hidden/1 " + b64encode(leaf) + b"\n" for leaf in leaves))
    report.write_bytes(b"%PDF-1.7 not a real one\n")
    facts = PackFacts(UUID(int=1), "period", "x", "x", Disclosure.MINIMAL, log.origin, count, START, "0.1.0")
    checkpoint = log.key.sign(Checkpoint(log.origin, count, merkle.tree_head(leaves)).text)
    assemble(folder / "pack.zip", facts, [report], entries, checkpoint, log.key)
    return folder / "pack.zip"


def test_what_the_verifier_holds_does_not_grow_with_the_log(tmp_path: Path) -> None:
    """`safeguard bench verify` does the same with a million entries; here what is allocated is counted."""
    peaks: list[int] = []
    for count in (60_000, 120_000):
        pack = hidden(count, tmp_path)
        tracemalloc.start()
        report = verify(pack)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert (report.verdict, report.findings.hidden) == (Verdict.KEY_NOT_KNOWN, count)
    assert peaks[1] < 1.3 * peaks[0]


def test_an_edited_entry_breaks_the_root(worked: SyntheticLog, make_pack: PackMaker) -> None:
    checkpoint = worked.checkpoint()
    leaf = worked.leaves[2]
    worked.leaves[2] = replace(leaf, entry=leaf.entry.replace(b"incident.viewed", b"incident.closed"))
    report = verify(make_pack(worked, checkpoint=checkpoint))
    assert (report.verdict, report.file) == (Verdict.INVALID, "audit/entries")


def test_a_log_that_was_restored_is_never_plainly_valid(make_pack: PackMaker) -> None:
    log = SyntheticLog(origin="safeguard.example/t/0123abcd/2")
    log.key = NoteKey(log.origin, log.key.private)
    log.append("log.continued", "log", OTHER, salt_from(0x60), role="operator")
    log.append("incident.recorded", "incident", FIRST, salt_from(0x80), summary="After.", risk="low")
    report = verify(make_pack(log), [parse_key(log.key.vkey)])
    assert (report.verdict, report.exit_status) == (Verdict.DISCONTINUITY, 1)


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x03\x04", b"%PDF-1.7", b"\x00" * 5000, b"PK\x05\x06" + bytes(18)])
def test_what_is_no_pack_cannot_be_checked(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "what.zip"
    file.write_bytes(content)
    assert verify(file).verdict in {Verdict.CANNOT_CHECK, Verdict.INVALID}


def test_a_missing_file_cannot_be_checked(tmp_path: Path) -> None:
    assert verify(tmp_path / "nowhere.zip").verdict is Verdict.CANNOT_CHECK
    assert verify(tmp_path).verdict is Verdict.CANNOT_CHECK
    assert "Errno" not in verify(tmp_path / "nowhere.zip").sentence + verify(tmp_path).sentence


def test_the_command_prints_the_verdict_and_exits_with_its_number(worked: SyntheticLog, make_pack: PackMaker) -> None:
    pack = make_pack(worked)
    run = CliRunner().invoke
    assert run(command, [str(pack), "--key", worked.key.vkey]).exit_code == 0
    broken = f"{worked.key.vkey[:40]}\n {worked.key.vkey[40:60]}\u200b{worked.key.vkey[60:]}"
    assert run(command, [str(pack), "--key", broken]).exit_code == 0
    shown = run(command, [str(pack)])
    assert shown.exit_code == 0
    assert "VALID but KEY NOT KNOWN" in shown.output
    assert run(command, [str(pack), "--key", "nonsense"]).exit_code == 2
    assert run(command, [str(pack.with_suffix(".entries"))]).exit_code == 2


def test_the_verifier_stands_alone() -> None:
    folder = Path(safeguard.evidence.verifying.__path__[0])
    libraries = {"curve.py": {"cryptography"}, verifier.WITH_LIBRARIES: {"click"}}
    allowed = set(sys.stdlib_module_names)
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                first = name.partition(".")[0]
                own = name.startswith("safeguard.evidence.verifying.")
                assert own or first in allowed | libraries.get(file.name, set()), name


def test_verifying_loads_neither_web_nor_database() -> None:
    program = (
        "import sys, safeguard.evidence.verifying.command\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(loaded & {'litestar', 'sqlalchemy', 'asyncpg', 'dramatiq', 'typst'}))"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_the_program_that_is_published_runs_without_the_service(
    worked: SyntheticLog, make_pack: PackMaker, tmp_path: Path
) -> None:
    program = tmp_path / verifier.PROGRAM
    program.write_bytes(verifier.program())
    pack, other = make_pack(worked), worked_log()
    other.key = NoteKey(other.origin, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    asked = {pack: (0, ": VALID\n"), make_pack(other): (1, ": INVALID\n"), pack.parent: (2, ": CANNOT CHECK\n")}
    for alone in (["-I", "-S"], []):  # with nothing installed, and with everything
        for file, (status, words) in asked.items():
            run_as = [sys.executable, *alone, str(program), str(file), "--key", worked.key.vkey, "--no-memory"]
            done = subprocess.run(run_as, capture_output=True, text=True, check=False, cwd=tmp_path)
            assert (done.returncode, done.stderr) == (status, ""), done.stderr
            assert words in done.stdout
    assert verifier.program.__wrapped__() == program.read_bytes(), "the same bytes each time"


def test_a_program_that_is_not_whole_cannot_check_and_says_nothing_of_the_pack(tmp_path: Path) -> None:
    program = tmp_path / verifier.PROGRAM
    with zipfile.ZipFile(io.BytesIO(verifier.program())) as whole, zipfile.ZipFile(program, "w") as part:
        for name in whole.namelist():
            if not name.endswith("judging.py"):
                part.writestr(name, whole.read(name))
    words = [sys.executable, "-I", "-S", str(program), "pack.zip"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, done.stdout[:13]) == (2, "", "CANNOT CHECK:")


def test_a_python_that_is_too_old_reads_why_it_cannot_check(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr(sys, "version_info", (3, 9, 2))
        exec(compile(verifier.START, "__main__", "exec"), {})
    assert ended.value.code == 2
    assert "needs Python 3.11 or later, and this is Python 3.9." in capsys.readouterr().out
