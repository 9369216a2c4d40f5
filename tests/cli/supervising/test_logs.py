"""The eye on the parts' logs."""

import stat
from pathlib import Path

import pytest

from safeguard.cli.supervising import logs
from safeguard.cli.supervising.logs import Watch, breakage, last_line, open_log, warnings


def write(path: Path, text: str) -> None:
    """Append, as a part does."""
    with open_log(path) as log:
        log.write(text.encode())


def test_only_new_and_worrying_lines_are_shown(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    write(log, "ERROR of yesterday\n")
    watch = Watch(log, warnings)
    write(log, "all is well\nERROR of today\n")
    assert list(watch.look()) == ["ERROR of today"]
    assert list(watch.look()) == []


def test_a_line_half_written_waits_for_its_end(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    watch = Watch(log, warnings)
    write(log, "ERROR in the mid")
    assert list(watch.look()) == []
    write(log, "dle\n")
    assert list(watch.look()) == ["ERROR in the middle"]


def test_a_flood_is_counted_instead_of_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "web.log"
    watch = Watch(log, warnings)
    write(log, "ERROR\n" * 50)
    assert list(watch.look()) == ["ERROR"] * 3
    write(log, "ERROR\n" * 50)
    assert list(watch.look()) == []
    monkeypatch.setattr(logs, "EVERY", 0)
    assert list(watch.look()) == [f"and 97 more like these, in {log}"]


def test_a_line_for_machines_is_told_in_a_few_words() -> None:
    fault = '{"event":"fault","route":"/incidents","reference":"F48B-2127","level":"error","at":["a.py:7 f"]}'
    assert warnings(fault) == "fault, /incidents, reference F48B-2127"
    assert warnings('{"event":"request","route":"/error","level":"info"}') is None


def test_a_duplicate_that_the_database_refused_is_no_alarm() -> None:
    assert breakage("ERROR:  duplicate key value violates unique constraint") is None
    assert breakage("LOG:  server process (PID 7) was terminated by signal 9: Killed")


def test_a_large_log_is_put_aside_and_logs_are_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "LARGE", 10)
    log = tmp_path / "web.log"
    write(log, "a long first run\n")
    write(log, "second\n")
    assert (log.read_text(), (tmp_path / "web.old").read_text()) == ("second\n", "a long first run\n")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_the_last_words_are_the_last_line_with_any(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    write(log, "first\nlast\n\n")
    assert last_line(log) == "last"
