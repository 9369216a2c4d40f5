"""PostgreSQL beside the service: our own handling of the server binaries that a Python package brings."""

from safeguard.database.embedded.address import ServerAddress
from safeguard.database.embedded.borrowing import server_for
from safeguard.database.embedded.refusing import CannotStart, InUse, OtherVersion
from safeguard.database.embedded.server import EmbeddedPostgres

__all__ = ["CannotStart", "EmbeddedPostgres", "InUse", "OtherVersion", "ServerAddress", "server_for"]
