"""The service on a port of its own, as a directory meets it: over HTTP, with a token."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import anyio
import uvicorn

from safeguard import settings as environment
from safeguard.access.actors import Actor
from safeguard.app import create_app
from safeguard.provisioning import connecting
from safeguard.work import begin
from tests.journeys.house import free_port

PATIENCE: Final = 60


@asynccontextmanager
async def served(data: Path) -> AsyncIterator[str]:
    """The address of the running service; it stops at the end, whatever happened."""
    port = free_port()
    address = f"http://localhost:{port}"
    app = create_app(environment.load({"SAFEGUARD_PUBLIC_URL": address}, data))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", lifespan="off"))
    with anyio.fail_after(PATIENCE):
        async with app.lifespan(), anyio.create_task_group() as tasks:
            tasks.start_soon(server.serve)
            while not server.started:  # noqa: ASYNC110  it tells nobody when it has
                await anyio.sleep(0.05)
            try:
                yield address
            finally:
                server.should_exit = True


async def connected(administrator: Actor) -> connecting.Made:
    """A directory's connection and its token."""
    async with begin(administrator) as work:
        return await connecting.connect(work, "Alder directory", None)
