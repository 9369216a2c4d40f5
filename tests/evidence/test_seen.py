"""The command remembers each log: a later pack that contradicts an earlier one is not valid, however whole it is."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from safeguard.evidence.notes import NoteKey
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.verifying.command import verify
from safeguard.evidence.verifying.seen import usual_file
from tests.evidence.conftest import PackMaker
from tests.evidence.judging import gone_on, longer
from tests.evidence.synthetic import FIRST, ORIGIN, OTHER, START, SyntheticLog, salt_from, worked_log


def run(pack: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(verify, [str(pack), *words])
    return done.exit_code, done.output


def grown(event: str = "incident.closed") -> SyntheticLog:
    log = worked_log()
    log.append(event, "incident", FIRST, salt_from(0x80))
    return log


def rewritten() -> SyntheticLog:
    """The same log, rewound to its second entry and written anew by whoever holds the key."""
    log = worked_log()
    del log.leaves[2:]
    for event in ("incident.acknowledged", "incident.viewed", "incident.viewed"):
        log.append(event, "incident", FIRST, salt_from(0x80))
    return log


def test_a_log_that_only_grew_goes_on(make_pack: PackMaker) -> None:
    assert run(make_pack(worked_log()))[0] == 0
    assert run(make_pack(grown()))[0] == 0
    assert run(make_pack(worked_log()))[0] == 0, "an older pack is still what it was"


def test_a_log_that_was_rewritten_is_not_valid_although_the_pack_is_whole(make_pack: PackMaker) -> None:
    pack = make_pack(rewritten())
    assert run(pack, "--no-memory")[0] == 0
    run(make_pack(worked_log()))
    code, said = run(pack)
    assert code == 1
    assert "An earlier pack of this log" in said
    assert run(pack, "--no-memory")[0] == 0


@pytest.mark.parametrize("disclosure", list(Disclosure))
def test_a_log_that_was_cut_and_went_on_is_not_valid_although_it_is_smaller(
    make_pack: PackMaker, disclosure: Disclosure
) -> None:
    """No root of its size was ever seen: it is later than the larger one, and that no log can be."""
    run(make_pack(longer()))
    cut = make_pack(gone_on(keep=3, more=1, hours=5), disclosure)
    assert run(cut, "--no-memory")[0] == 0
    code, said = run(cut)
    assert code == 1
    assert "held 44 entries as of 2026-11-22 10:00:43 UTC; this one is later" in said
    assert "and holds 4. A log never gets smaller" in said


def test_a_log_of_the_same_size_with_another_root_is_not_valid(make_pack: PackMaker) -> None:
    run(make_pack(worked_log()))
    code, said = run(make_pack(gone_on(keep=2, more=1, hours=0)))
    assert (code, "had others among its first 3 entries" in said) == (1, True)
    assert f"checked here, as of {worked_log().last_at:%Y-%m-%d %H:%M:%S} UTC, had others" in said
    assert "Keep both." in said


def test_a_log_that_holds_more_and_is_earlier_is_not_valid(make_pack: PackMaker) -> None:
    """What the earlier pack showed is hidden in the second one, so its entries alone do not say it."""
    log = worked_log()
    log.delay = timedelta(hours=5)
    log.append("incident.viewed", "incident", OTHER, salt_from(0xA0))
    run(make_pack(log))
    log.delay = timedelta()
    log.append("incident.viewed", "incident", OTHER, salt_from(0xA0))
    code, said = run(make_pack(log, Disclosure.MINIMAL))
    assert (code, "this one holds more, 5, and is earlier" in said) == (1, True), said


def test_one_size_has_one_time(make_pack: PackMaker) -> None:
    run(make_pack(longer()))
    later = make_pack(longer(), Disclosure.MINIMAL, as_of=START + timedelta(days=1))
    assert run(later, "--no-memory")[0] == 0, "a minimal pack does not show its last entry"
    code, said = run(later)
    assert (code, "this one holds the same and says that they are as of 2026-11-23" in said) == (1, True)


def test_what_was_kept_before_times_were_is_read_as_it_was(make_pack: PackMaker) -> None:
    run(make_pack(worked_log()))
    whole = json.loads(usual_file().read_text())
    del whole["times"]
    usual_file().write_text(json.dumps(whole))
    assert run(make_pack(rewritten()))[0] == 1
    assert run(make_pack(grown()))[0] == 0
    kept = json.loads(usual_file().read_text())
    assert list(kept["roots"][ORIGIN]) == ["3", "4"]
    assert kept["times"][ORIGIN] == {"4": "2026-11-22T10:00:03.000000Z"}


def test_it_is_said_whether_earlier_packs_were_compared(make_pack: PackMaker) -> None:
    pack = make_pack(worked_log())
    assert "not held against earlier packs of this log (--no-memory)" in run(pack, "--no-memory")[1]
    assert "this is the first pack of this log here" in run(pack)[1]
    assert "the earlier pack of this log that you checked here says nothing else" in run(make_pack(grown()))[1]
    assert "the 2 earlier packs of this log that you checked here say nothing else" in run(pack)[1]
    assert "the next is not compared" in run(pack, "--seen", "/proc/nowhere/seen.json")[1]


def test_another_key_needs_to_be_named(make_pack: PackMaker) -> None:
    run(make_pack(worked_log()))
    forged = grown()
    forged.key = NoteKey(forged.origin, Ed25519PrivateKey.from_private_bytes(b"\x05" * 32))
    pack = make_pack(forged)
    code, said = run(pack)
    assert (code, "signed by another key" in said) == (1, True)
    assert run(pack, "--key", forged.key.vkey)[0] == 0


def test_having_seen_a_key_is_not_knowing_whose_it_is(make_pack: PackMaker) -> None:
    log = worked_log()
    run(make_pack(log), "--key", log.key.vkey)
    assert "VALID but KEY NOT KNOWN" in run(make_pack(log))[1]


def test_what_is_not_valid_is_not_remembered(make_pack: PackMaker, tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(make_pack(worked_log()).read_bytes()[:-1])
    assert run(broken)[0] == 1
    assert not usual_file().exists()


NONSENSE = (
    "[not json", "[]", "null", "7", '{"roots": []}', '{"roots": 1, "keys": [], "times": "x"}', "[" * 100_000,
    '{"roots": {"%s": []}, "keys": {"%s": 5}, "times": {"%s": {"3": 3}}}',
    '{"roots": {"%s": {"x": "y", "3": 3, "-1": "", "\u0663": "z"}}, "keys": {"%s": [[], 1]}, "times": {"%s": null}}',
    '{"roots": {"%s": {}}, "times": {"%s": {"9": "1999-01-01T00:00:00.000000Z"}}, "keys": {"%s": {}}}',
)  # fmt: skip


@pytest.mark.parametrize("content", NONSENSE, ids=range(len(NONSENSE)))
def test_a_memory_that_cannot_be_used_changes_no_verdict_and_is_mended(
    make_pack: PackMaker, tmp_path: Path, content: str
) -> None:
    nonsense, log = tmp_path / "seen.json", ORIGIN.rpartition("/")[0]
    nonsense.write_text(content % (ORIGIN, log, ORIGIN) if "%s" in content else content)
    assert run(make_pack(worked_log()), "--seen", str(nonsense))[0] == 0
    assert run(make_pack(rewritten()), "--seen", str(nonsense))[0] == 1, "what was checked since counts"


def test_a_memory_that_cannot_be_written_changes_no_verdict(make_pack: PackMaker) -> None:
    assert run(make_pack(worked_log()), "--seen", "/proc/nowhere/seen.json")[0] == 0
