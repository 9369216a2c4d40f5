"""Who PostgreSQL runs as. It refuses root, so root lends it a system user of its own."""

import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from safeguard.database.embedded.refusing import CannotStart

NAME = "safeguard"

MAKERS = (
    ("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", NAME),
    ("adduser", "-S", "-D", "-H", NAME),  # the one of BusyBox
)


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group of this machine."""

    user: int
    group: int

    @property
    def other(self) -> bool:
        """Whether it is not who we are ourselves."""
        return self.user != os.geteuid()

    def give(self, path: Path) -> None:
        """Make the account the owner of `path`."""
        if self.other:
            os.chown(path, self.user, self.group)


def account_for(cluster: Path) -> Account:
    """Ourselves; or, when we are root, whoever owns the data already, else the system user."""
    if os.geteuid() != 0:
        return _ourselves(cluster)
    if not sys.platform.startswith("linux"):
        raise CannotStart("On this system the embedded database cannot run as root. Run safeguard as an ordinary user.")
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    return _system_user()


def _ourselves(cluster: Path) -> Account:
    if cluster.exists() and (owner := cluster.stat().st_uid) != os.geteuid():
        raise CannotStart(f"{cluster} belongs to {_name(owner)}. Run safeguard as that user or as root.")
    return Account(os.geteuid(), os.getegid())


def _name(user: int) -> str:
    try:
        return f"the user {pwd.getpwuid(user).pw_name}"
    except KeyError:
        return f"user number {user}"


def _system_user() -> Account:
    if (found := _find()) is None:
        _make()
        found = _find()
    if found is None:
        raise CannotStart(
            f"PostgreSQL does not run as root, and the system user '{NAME}' for it could not be made. "
            f"Make it (useradd --system {NAME}), or run safeguard as an ordinary user."
        )
    return found


def _find() -> Account | None:
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        return None
    if entry.pw_uid == 0:
        raise CannotStart(f"The user '{NAME}' is root by another name, and PostgreSQL does not run as root.")
    return Account(entry.pw_uid, entry.pw_gid)


def _make() -> None:
    for maker in MAKERS:
        if shutil.which(maker[0]) and subprocess.run(maker, capture_output=True, check=False).returncode == 0:
            return
