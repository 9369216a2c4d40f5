"""Where a running server listens, and with which password its administrator gets in."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

PORT = 5432
"""Nothing listens on a network: the number only names the socket's file."""

SUPERUSER = "postgres"


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A server that answers on a Unix socket in `socket_dir`."""

    socket_dir: Path
    port: int
    superuser: str
    password: str = field(repr=False)

    def url(self, role: str | None = None, password: str | None = None, database: str = "postgres") -> str:
        """A libpq URI (PostgreSQL documentation §32.1.1.2); the administrator's, unless another role is named."""
        role, password = (self.superuser, self.password) if role is None else (role, password or "")
        host = quote(str(self.socket_dir), safe="/")
        return f"postgresql://{quote(role)}:{quote(password, safe='')}@/{quote(database)}?host={host}&port={self.port}"

    @property
    def socket(self) -> Path:
        """The socket's file, as libpq names it."""
        return self.socket_dir / f".s.PGSQL.{self.port}"
