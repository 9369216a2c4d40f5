"""The verifier and attached files: each is tied to the record of its attaching, or the pack is refused."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest

from safeguard.evidence.packs.chapters import Enclosed
from safeguard.evidence.verifying.checking import verify
from safeguard.evidence.verifying.notes import parse_key
from safeguard.evidence.verifying.telling import tell
from safeguard.evidence.verifying.verdicts import Verdict
from tests.evidence.conftest import PackMaker
from tests.evidence.synthetic import FIRST, OTHER, SyntheticLog, salt_from, worked_log

FILE = UUID("6f0c1c1e-0000-4000-8000-0000000000f1")
CONTENT = b"Dear Morgan, thank you for your call."
PATH = f"files/{FILE}.txt"

Make = Callable[..., Path]


def with_file(**fields: object) -> SyntheticLog:
    """A log to which one file was told."""
    log = worked_log()
    told = {"name": "letter.txt", "sha256": sha256(CONTENT).hexdigest(), "size": len(CONTENT)} | fields
    log.append("attachment.added", "attachment", FILE, salt_from(0xA0), **told)
    return log


@pytest.fixture
def pack(tmp_path: Path, make_pack: PackMaker) -> Make:
    """Writes a pack of this log, well signed, with these files in it."""

    def make(log: SyntheticLog, *files: tuple[str, bytes], recorded: bool = True) -> Path:
        enclosed: list[Enclosed] = []
        for number, (path, content) in enumerate(files):
            source = tmp_path / f"file-{number}"
            source.write_bytes(content)
            enclosed.append(Enclosed(path, source))
        records = [log.record("incident", FIRST)]
        if recorded:
            records.append(log.record("attachment", FILE))
        return make_pack(log, records=tuple(records), enclosed=tuple(enclosed))

    return make


def verdict_on(log: SyntheticLog, pack: Path) -> tuple[Verdict, str | None]:
    found = verify(pack, [parse_key(log.key.vkey)])
    return found.verdict, found.file


def test_a_file_that_its_record_names_is_valid_and_counted(pack: Make) -> None:
    log = with_file()
    made = pack(log, ("files/README.txt", b"ATTACHED FILES\n"), (PATH, CONTENT))
    found = verify(made, [parse_key(log.key.vkey)])
    assert (found.verdict, found.findings.attached) == (Verdict.VALID, 1)
    assert "Attached      1, each what the log was told when it was attached" in tell(found, "pack.zip")


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (PATH, CONTENT + b" "),
        (PATH, b""),
        (f"files/{OTHER}.txt", CONTENT),
        ("files/letter.txt", CONTENT),
        (f"files/more/{FILE}.txt", CONTENT),
        (f"files/{FILE}", CONTENT),
        (f"files/{FILE}.toolong", CONTENT),
    ],
    ids=["other content", "empty", "no record", "a name of its own", "a folder", "no ending", "a long ending"],
)
def test_a_file_that_no_record_vouches_for_is_refused(pack: Make, path: str, content: bytes) -> None:
    log = with_file()
    assert verdict_on(log, pack(log, (path, content))) == (Verdict.INVALID, path)


@pytest.mark.parametrize("field", ["sha256", "size"])
def test_a_record_that_says_something_else_vouches_for_nothing(pack: Make, field: str) -> None:
    log = with_file(**{field: "0" * 64 if field == "sha256" else 1})
    assert verdict_on(log, pack(log, (PATH, CONTENT))) == (Verdict.INVALID, PATH)


def test_a_file_without_its_record_is_refused(pack: Make) -> None:
    log = with_file()
    assert verdict_on(log, pack(log, (PATH, CONTENT), recorded=False)) == (Verdict.INVALID, PATH)


def test_one_file_under_two_endings_is_refused(pack: Make) -> None:
    log = with_file()
    twice = pack(log, (PATH, CONTENT), (f"files/{FILE}.pdf", CONTENT))
    assert verdict_on(log, twice)[0] is Verdict.INVALID
