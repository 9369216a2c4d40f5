"""What is known of a request from its first line and its headers."""

from typing import Any

import pytest

from safeguard.web import surroundings
from safeguard.web.serving import begin
from safeguard.web.surroundings import Surroundings

FORWARDED = [
    (b"host", b"safe.example"),
    (b"x-forwarded-for", b"198.51.100.9, 203.0.113.7"),
    (b"x-forwarded-proto", b"https"),
]


def scope(client: str) -> Any:
    return {
        "type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": FORWARDED, "scheme": "http",
        "client": (client, 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("proxy", "caller", "client", "base"),
    [
        (None, "192.0.2.1", "192.0.2.1", "http://safe.example"),
        ("192.0.2.5", "192.0.2.1", "192.0.2.1", "http://safe.example"),
        ("192.0.2.5", "192.0.2.5", "203.0.113.7", "https://safe.example"),
    ],
)
def test_a_callers_address_is_believed_only_from_our_own_proxy(
    proxy: str | None, caller: str, client: str, base: str
) -> None:
    surroundings.use(Surroundings(trusted_proxy=proxy))
    served = begin(scope(caller))
    assert (served.client, served.base) == (client, base)


def test_a_socket_without_an_address_has_no_caller() -> None:
    assert begin(scope("") | {"client": None}).client == ""
