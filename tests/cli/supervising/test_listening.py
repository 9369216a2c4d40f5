"""The web's sockets."""

import os
import socket
from pathlib import Path

import pytest

from safeguard.cli.supervising.listening import PortInUse, close, open_sockets


def bound(host: str, family: socket.AddressFamily) -> socket.socket:
    """A stranger that listens on a port of its choice."""
    stranger = socket.socket(family)
    stranger.bind((host, 0))
    stranger.listen()
    return stranger


def test_a_port_in_use_names_the_process_that_has_it() -> None:
    with bound("127.0.0.1", socket.AF_INET) as stranger:
        port = stranger.getsockname()[1]
        with pytest.raises(PortInUse, match=rf"Port {port} is in use by .* \(process {os.getpid()}\).*--port"):
            open_sockets("127.0.0.1", port)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_stranger_on_the_other_loopback_counts_too(host: str) -> None:
    with bound("::1", socket.AF_INET6) as stranger, pytest.raises(PortInUse):
        open_sockets(host, stranger.getsockname()[1])


def test_connections_wait_while_nobody_answers() -> None:
    with bound("127.0.0.1", socket.AF_INET) as free:
        port = free.getsockname()[1]
    sockets = open_sockets("127.0.0.1", port)
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            assert sockets[0].accept()[0].fileno() > 0
    finally:
        close(sockets)


def test_after_a_refusal_nothing_stays_open() -> None:
    before = len(list(Path("/dev/fd").iterdir()))
    with bound("::1", socket.AF_INET6) as stranger, pytest.raises(PortInUse):
        open_sockets("127.0.0.1", stranger.getsockname()[1])
    assert len(list(Path("/dev/fd").iterdir())) == before
