"""`/operations`: what stopped, and a button to try it again."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.jobs.kinds import KINDS as KNOWN
from safeguard.operations.queries import list_alarms, list_continued, list_stopped, read_queue
from safeguard.operations.retrying import retry
from safeguard.web.pages import after, page
from safeguard.work import Work

KINDS = {
    "pack.make": "Making an evidence pack",
    "logs.seal": "Signing the log",
    "settings.deliver": "Carrying the group's choices to its organisations",
    "counts.fold": "Keeping the figures up to date",
    "mail.send": "Sending a mail",
    **{kind: "Telling people" for kind in KNOWN if kind.startswith("notice.")},
}
"""What a kind of job does, for people."""


@get("/operations", permission=Permission.OPERATIONS_READ)
async def show_operations(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """What waits and what stopped."""
    return page(
        request, "operations/show.html", alarms=await list_alarms(work), stopped=await list_stopped(work),
        queue=await read_queue(work), kinds=KINDS, continued=await list_continued(work),
    )  # fmt: skip


@post("/operations/{job_id:uuid}/retry", permission=Permission.OPERATIONS_READ)
async def try_again(work: NamedDependency[Work], job_id: FromPath[UUID]) -> Redirect:
    """Put a stopped job back into the queue."""
    await retry(work, job_id)
    return after("/operations")


ROUTES = [show_operations, try_again]
