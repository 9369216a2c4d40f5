"""The same as somebody who is not root; run by root, this becomes another user for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from safeguard.database.embedded import CannotStart, EmbeddedPostgres
from safeguard.database.embedded.account import Account, account_for
from safeguard.database.embedded.binaries import packaged, reachable

SRC = Path(__file__).parents[3] / "src"
NOBODY = 65534
PYTHON = Path(sys.executable).resolve()
BECOME_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
REACH_ANYTHING = ["--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override"]

AS_SOMEBODY = """
import os, sys
from pathlib import Path
import psycopg
from safeguard.database.embedded import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1]), durable=False) as server:
    with psycopg.connect(server.url()) as connection:
        print(connection.execute("select 1").fetchone()[0], server.cluster.stat().st_uid == os.getuid() != 0)
"""


def run_as_somebody(data: Path) -> str:
    """What the program above prints, when it is run by ourselves or by nobody in particular."""
    words = [sys.executable, "-c", AS_SOMEBODY, str(data)]
    if os.geteuid() == 0:
        # Python itself may lie in a closed home: then nobody is let through to it, an ordinary user in all else.
        closed = not all(reachable(path, Account(NOBODY, NOBODY)) for path in (PYTHON, SRC, packaged().root))
        words = [*BECOME_NOBODY, *(REACH_ANYTHING if closed else ()), *words]
    environment = {**os.environ, "PYTHONPATH": str(SRC)}
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False, cwd="/")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_an_ordinary_user_runs_the_server_as_themselves(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    if os.geteuid() == 0:
        for place in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
            place.chmod(0o755)
        os.chown(home, NOBODY, NOBODY)
    assert run_as_somebody(home / "data") == "1 True"


def test_somebody_elses_data_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: NOBODY)
        with pytest.raises(CannotStart, match="belongs to the user"):
            account_for(tmp_path)


def test_root_runs_the_server_as_whoever_owns_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = tmp_path / "postgres"
    cluster.mkdir()
    if os.geteuid() == 0:
        os.chown(cluster, NOBODY, NOBODY)
    owner = cluster.stat()
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: 0)
        assert account_for(cluster) == Account(owner.st_uid, owner.st_gid)


def test_the_server_never_runs_as_root(server: EmbeddedPostgres) -> None:
    server.start()
    assert server.cluster.stat().st_uid != 0
