"""The mail server and the server's key of the post's tests, and this room's pages."""

import pytest
from litestar import Litestar

from safeguard.notifications import routes
from tests.post.conftest import mailbox, server_key
from tests.web.conftest import program, sign_in, surrounded
from tests.web.rooms import put_together, service

__all__ = ["mailbox", "program", "server_key", "service", "sign_in", "surrounded"]


@pytest.fixture(scope="session")
def built() -> Litestar:
    """The room, put together once."""
    return put_together(routes.ROUTES)
