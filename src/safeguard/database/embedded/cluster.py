"""The server's data directory: made whole or not at all, and checked before a server touches it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from safeguard.database.embedded.account import Account
from safeguard.database.embedded.address import SUPERUSER
from safeguard.database.embedded.binaries import Binaries, major
from safeguard.database.embedded.launching import launched, named
from safeguard.database.embedded.refusing import CannotStart, OtherVersion

# The collation is PostgreSQL's own (builtin): an upgrade of the machine's C library cannot reorder an index.
LOCALE = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")


def ensure_cluster(cluster: Path, binaries: Binaries, account: Account, password: str | None, *, durable: bool) -> None:
    """Make the data directory where there is none; refuse one that this server cannot read."""
    if cluster.exists() and any(cluster.iterdir()):
        _check(cluster)
        return
    if password is None:
        raise CannotStart("No password for the database's administrator was given.")
    make_cluster(cluster, binaries, account, password, durable=durable)


def make_cluster(cluster: Path, binaries: Binaries, account: Account, password: str, *, durable: bool) -> None:
    """Initialise under another name and rename, so that a crash half-way leaves nothing to trip over."""
    for leftover in cluster.parent.glob(f"{cluster.name}.half-*"):
        shutil.rmtree(leftover)
    half = Path(tempfile.mkdtemp(prefix=f"{cluster.name}.half-", dir=cluster.parent))
    account.give(half)
    _initialise(half, binaries, account, password, durable=durable)
    half.rename(cluster)
    if durable:
        _sync_directory(cluster.parent)


def _initialise(half: Path, binaries: Binaries, account: Account, password: str, *, durable: bool) -> None:
    with _password_file(half.parent, account, password) as file:
        words = [str(binaries.program("initdb")), f"--pgdata={named(half, account)}", f"--username={SUPERUSER}"]
        words += ["--auth=scram-sha-256", f"--pwfile={named(file, account)}", "--data-checksums", *LOCALE]
        words += [] if durable else ["--no-sync"]
        done = subprocess.run(
            launched(words, account=account),
            capture_output=True,
            text=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            check=False,
        )
    if done.returncode:
        shutil.rmtree(half, ignore_errors=True)
        raise CannotStart(f"The database could not be initialised: {_last_line(done.stderr or done.stdout)}")


@contextmanager
def _password_file(folder: Path, account: Account, password: str) -> Generator[Path]:
    """A file that only the account reads: a pipe of root's could not be opened again by somebody else."""
    descriptor, name = tempfile.mkstemp(prefix="password-", dir=folder)  # mode 0600
    file = Path(name)
    try:
        with open(descriptor, "w", encoding="utf-8") as stream:
            stream.write(f"{password}\n")
        account.give(file)
        yield file
    finally:
        file.unlink()


def _check(cluster: Path) -> None:
    try:
        found = (cluster / "PG_VERSION").read_text("ascii").strip()
    except FileNotFoundError:
        raise CannotStart(
            f"{cluster} is not a PostgreSQL data directory and is not empty. Move it away, or name another with --data."
        ) from None
    if found != str(major()):
        raise OtherVersion(
            f"{cluster} was written by PostgreSQL {found}, and this is PostgreSQL {major()}, which cannot read it. "
            f"Nothing was changed. Run the release of safeguard that came with PostgreSQL {found}, take a dump with "
            f"pg_dumpall, and load it into a new data directory (--data) made by this one."
        )


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _last_line(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "it said nothing")
