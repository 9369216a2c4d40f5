"""The database's passwords and addresses, in one private file that is only ever replaced whole."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from safeguard import clock
from safeguard.database.embedded.refusing import CannotStart

FILE = "database.json"
PASSWORDS = "passwords"
"""The part of the file that holds passwords by role; beside it stand the addresses of owner, app, relay and signer."""
COMING = "coming"
"""The part that holds a password that the database is about to learn; empty but for a moment."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """Passwords by role name, kept in `keys_dir`/database.json, mode 0600."""

    keys_dir: Path

    def get(self, role: str) -> str | None:
        """The role's password, if there is one yet."""
        return self._passwords().get(role)

    def ensure(self, *roles: str) -> dict[str, str]:
        """A password for each role, new random ones where there were none, on disk before they are used."""
        kept = self._passwords()
        missing = [role for role in roles if role not in kept]
        if missing:
            kept |= {role: clock.new_token(24) for role in missing}
            self._write({**self._read(), PASSWORDS: kept})
        return {role: kept[role] for role in roles}

    def keep_addresses(self, urls: Mapping[str, str]) -> None:
        """Note where each role connects to (`safeguard.settings` reads this), if that changed."""
        kept = self._read()
        if any(kept.get(role) != url for role, url in urls.items()):
            self._write({**kept, **urls})

    def addresses(self) -> dict[str, str]:
        """Where each role connected at the last start, by its short name."""
        return {name: url for name, url in self._read().items() if isinstance(url, str)}

    def candidates(self, role: str) -> tuple[str, ...]:
        """The role's password, and the one that takes its place in this moment."""
        kept = self._read()
        found = [cast("dict[str, str]", kept.get(part, {})).get(role) for part in (PASSWORDS, COMING)]
        return tuple(password for password in found if password)

    def offer(self, role: str, used: str, fresh: str) -> None:
        """Note a password before the database learns it, beside the one that it knows."""
        kept = self._read()
        self._write({**kept, PASSWORDS: {**self._passwords(), role: used}, COMING: {role: fresh}})

    def settle(self, role: str, fresh: str, name: str, url: str) -> None:
        """The database knows it: it is the role's password, and stands in the address of that name."""
        kept = self._read()
        self._write({**kept, PASSWORDS: {**self._passwords(), role: fresh}, COMING: {}, name: url})

    def _passwords(self) -> dict[str, str]:
        return cast("dict[str, str]", self._read().get(PASSWORDS, {}))

    def _read(self) -> dict[str, object]:
        try:
            return json.loads((self.keys_dir / FILE).read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (ValueError, OSError) as error:
            raise CannotStart(f"The database's passwords in {self.keys_dir / FILE} cannot be read: {error}.") from error

    def _write(self, content: Mapping[str, object]) -> None:
        self.keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        private = self.keys_dir / f"{FILE}.{os.getpid()}.new"
        private.unlink(missing_ok=True)
        with open(os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        private.replace(self.keys_dir / FILE)
