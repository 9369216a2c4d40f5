"""Pages of an answer that waits: read whole by whoever decides whether it leaves."""

from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response, Stream, Template

from safeguard.access.policy import Permission
from safeguard.attachments.sending import send
from safeguard.records.access import deciding
from safeguard.web.pages import page
from safeguard.work import Work

ONE = "/records/requests/{request_id:uuid}"
READ = Permission.APPROVALS_READ


@get(f"{ONE}/answer", permission=READ, fresh=True)
async def show_answer(
    request: Request[Any, Any, Any], work: NamedDependency[Work], request_id: FromPath[UUID]
) -> Template:
    """Exactly what would leave."""
    return page(request, "records/answer.html", waiting=await deciding.read_waiting(work, request_id))


@get(f"{ONE}/answer.pdf", permission=READ, fresh=True)
async def send_document(work: NamedDependency[Work], request_id: FromPath[UUID]) -> Response[bytes]:
    """The same as the document that would leave."""
    headers = {"Content-Disposition": 'attachment; filename="answer.pdf"', "Cache-Control": "no-store"}
    return Response(await deciding.read_document(work, request_id), media_type="application/pdf", headers=headers)


@get(ONE + "/items/{copy_id:uuid}/file", permission=READ)
async def send_copied(work: NamedDependency[Work], request_id: FromPath[UUID], copy_id: FromPath[UUID]) -> Stream:
    """A file of the copy, to look at."""
    return send(*await deciding.open_copied(work, request_id, copy_id))


ROUTES = [show_answer, send_document, send_copied]
