"""The web's sockets, opened by the supervisor and inherited by the web.

Opened first, so that a port in use is said before anything is started. And kept open while the web is started again:
people who click in that moment wait a little instead of meeting a refused connection.
"""

import contextlib
import errno
import os
import socket

import psutil

from safeguard.errors import Unavailable

LOOPBACKS = ("127.0.0.1", "::1")
"""Both, because browsers try either for `localhost`, and a stranger on the other one would answer in our place."""

BACKLOG = 2048
VARIABLE = "SAFEGUARD_SOCKETS"
"""Names the inherited file descriptors to `safeguard serve`, separated by commas."""


class PortInUse(Unavailable):
    """Another program listens there already."""


def open_sockets(host: str, port: int) -> list[socket.socket]:
    """Listening sockets for `host`; raises `PortInUse` with the name of whoever is there."""
    hosts = LOOPBACKS if host in ("localhost", *LOOPBACKS) else (host,)
    opened: list[socket.socket] = []
    try:
        for each in hosts:
            opened += _open(each, port, required=each == hosts[0])
    except BaseException:
        close(opened)
        raise
    return opened


def inherited() -> list[socket.socket]:
    """The sockets that a supervisor handed over, if one did."""
    return [socket.socket(fileno=int(number)) for number in os.environ.get(VARIABLE, "").split(",") if number]


def close(sockets: list[socket.socket]) -> None:
    """Close them all."""
    for each in sockets:
        each.close()


def _open(host: str, port: int, *, required: bool) -> list[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        opened = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        if required:
            raise
        return []  # a machine without IPv6
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind((host, port))
        opened.listen(BACKLOG)
    except OSError as error:
        opened.close()
        return _refused(host, port, error, required=required)
    return [opened]


def _refused(host: str, port: int, error: OSError, *, required: bool) -> list[socket.socket]:
    if error.errno == errno.EADDRINUSE:
        raise PortInUse(f"Port {port} is in use{_by_whom(port)}. Stop that, or choose another with --port.") from error
    if error.errno == errno.EACCES:
        raise PortInUse(f"You may not listen on port {port}. Choose one above 1023 with --port.") from error
    if required:
        raise PortInUse(f"Cannot listen on {host} port {port}: {error.strerror}.") from error
    return []


def _by_whom(port: int) -> str:
    with contextlib.suppress(psutil.Error, OSError):
        for place in psutil.net_connections("tcp"):
            if place.status == psutil.CONN_LISTEN and place.laddr and place.laddr[1] == port and place.pid:
                return f" by {psutil.Process(place.pid).name()} (process {place.pid})"
    return ""
