"""How the server is set up: on its command line, so that an old file in the data directory decides nothing."""

from collections.abc import Iterator, Mapping

ALWAYS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",  # short statements: compiling costs more than it saves
    "max_connections": "100",
    "wal_compression": "on",
    "logging_collector": "off",
    # Logs carry no content: no statements, no parameters, and `terse` leaves out DETAIL, which quotes values of rows.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}

SCRATCH: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}
"""For tests only: a power cut would ruin the data."""


def options(durable: bool, **more: str) -> Iterator[str]:
    """Command-line words (`-c name=value`) for the server."""
    for name, value in {**ALWAYS, **({} if durable else SCRATCH), **more}.items():
        yield "-c"
        yield f"{name}={value}"
