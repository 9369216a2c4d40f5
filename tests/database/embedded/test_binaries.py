"""Programs that the server's own user cannot reach are copied to where it can."""

import subprocess
from pathlib import Path

import pytest

from safeguard.database.embedded import binaries
from safeguard.database.embedded.account import Account

SOMEBODY = Account(65534, 65534)


def test_programs_in_a_closed_place_are_copied_once_and_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_path: Path, _account: Account) -> bool:
        return False

    monkeypatch.setattr(binaries, "reachable", never)
    monkeypatch.setattr(binaries, "COPIES", tmp_path / "copies")
    found = binaries.binaries_for(SOMEBODY)
    said = subprocess.run([found.program("postgres"), "--version"], capture_output=True, text=True, check=True).stdout
    assert f"PostgreSQL) {binaries.major()}." in said
    assert binaries.binaries_for(SOMEBODY) == found
    assert [place.name for place in (tmp_path / "copies").iterdir()] == [found.root.name]


def test_a_closed_directory_on_the_way_counts(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "open").mkdir(parents=True, mode=0o755)
    closed.chmod(0o700)
    assert not binaries.reachable(closed / "open", Account(12345, 12345))
