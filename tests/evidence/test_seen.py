"""The command remembers each log: a later pack that contradicts an earlier one is not valid, however whole it is."""

from pathlib import Path

from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from safeguard.evidence.notes import NoteKey
from safeguard.evidence.verifying.command import verify
from safeguard.evidence.verifying.seen import usual_file
from tests.evidence.conftest import PackMaker
from tests.evidence.synthetic import FIRST, SyntheticLog, salt_from, worked_log


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


def test_a_memory_that_cannot_be_used_changes_no_verdict(make_pack: PackMaker, tmp_path: Path) -> None:
    nonsense = tmp_path / "seen.json"
    nonsense.write_text("[not json")
    assert run(make_pack(worked_log()), "--seen", str(nonsense))[0] == 0
    assert run(make_pack(worked_log()), "--seen", "/proc/nowhere/seen.json")[0] == 0
