"""The whole service over the tests' database, its routes put together once: that takes longer than most tests."""

from functools import cache
from pathlib import Path

from litestar import Litestar

from safeguard import settings as environment
from safeguard.app import bind, create_app


def whole_service(data: Path) -> Litestar:
    """The service of this data folder, everything that a process holds bound anew; its lifespan is not begun."""
    app = _put_together(data)
    bind(environment.load({}, data))
    return app


@cache
def _put_together(data: Path) -> Litestar:
    return create_app(environment.load({}, data))
