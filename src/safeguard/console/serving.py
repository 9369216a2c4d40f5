"""The console as a service of its own: its own port and origin, its own role in the database, its own key.

Behind the same outermost layer as the service: the same limits of size and time, the same headers, the same refusals.
It opens none of the service's keys: the folder holds them, and this process reads `keys/console` alone.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from litestar import Litestar, Request
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Response
from litestar.template import TemplateConfig

from safeguard import clock
from safeguard import settings as environment
from safeguard.console import routes, visiting
from safeguard.database import checking, passwords, pool
from safeguard.database.context import ContextKey
from safeguard.errors import DomainError, SignInRequired
from safeguard.settings import Settings
from safeguard.web import assets, counting, exchange, keys, logs, pages, refusing, surroundings, templates
from safeguard.web.bodies import LIMIT, Unreadable
from safeguard.web.exchange import Answer
from safeguard.web.serving import Service
from safeguard.web.surroundings import Surroundings

KEY = "console"
"""The file in the folder of keys."""


def create_console(settings: Settings | None = None) -> Litestar:
    """The console, ready to be served."""
    chosen = settings or environment.load()
    logs.configure()
    keys.use(keys.load(chosen.keys / KEY))
    counting.use(counting.Counter(_alone))
    surroundings.use(Surroundings(public_url=chosen.console_url, trusted_proxy=chosen.trusted_proxy))
    return build([_serving(chosen)])


def build(lifespan: list[Callable[[Litestar], AbstractAsyncContextManager[None]]] | None = None) -> Service:
    """Litestar around the console's routes."""
    refused: Any = {
        DomainError: refuse, Unreadable: refusing.refuse, HTTPException: refusing.refuse, Exception: refusing.refuse,
    }  # fmt: skip
    return Service(
        route_handlers=[*routes.ROUTES, *assets.ROUTES],
        dependencies={"visit": Provide(visiting.provide_visit), "connection": Provide(visiting.provide_pool)},
        guards=[visiting.guard],
        after_request=_note,
        exception_handlers=refused,
        template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(templates.environment())),
        openapi_config=None,
        request_max_body_size=LIMIT,
        logging_config=None,
        lifespan=lifespan or [],
        debug=False,
    )


def refuse(request: Request[Any, Any, Any], fault: Exception) -> Response[Any]:
    """As everywhere, but that whoever has to sign in does it here."""
    return pages.after("/sign-in") if isinstance(fault, SignInRequired) else refusing.refuse(request, fault)


async def _note(response: Response[Any]) -> Response[Any]:
    """Remember what is about to be sent while the transaction is open: what says no is undone."""
    exchange.current().answer = Answer(response.status_code or 200)
    return response


async def _alone(_key: bytes, _untold: int, _minute: int) -> int:
    """There is one console."""
    return 0


def _serving(settings: Settings) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        nothing = ContextKey(clock.random_bytes(32))  # it enters no organisation, and could not
        passwords.follow(settings.keys)
        database = pool.Database(settings.address_for("operator"), nothing, size=2, overflow=2)
        try:
            async with database.connection() as connection:
                await checking.refuse(connection)
            pool.use(database)
            yield
        finally:
            pool.use(None)
            await database.close()

    return lifespan
