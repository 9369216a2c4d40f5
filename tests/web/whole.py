"""The whole service over the tests' database, its routes put together once: that takes longer than most tests."""

from functools import cache
from pathlib import Path

from litestar import Litestar

from safeguard import settings as environment
from safeguard.app import bind, create_app


def whole_service(data: Path, **said: str) -> Litestar:
    """The service of this data folder, everything that a process holds bound anew; its lifespan is not begun.

    `said` are environment variables that it is told.
    """
    app = _put_together(data, tuple(sorted(said.items())))
    bind(environment.load(said, data))
    return app


@cache
def _put_together(data: Path, said: tuple[tuple[str, str], ...]) -> Litestar:
    return create_app(environment.load(dict(said), data))
