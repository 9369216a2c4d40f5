"""Where a form meets its draft: a page opened with `?draft=` begins as it was left, and a form that is taken ends it.

The draft goes in the same transaction that takes the form: there is no moment at which both are there, or neither.
"""

from typing import Any, Final
from urllib.parse import parse_qs
from uuid import UUID

from litestar import Request

from safeguard.web import surroundings
from safeguard.web.exchange import Answer, Draft, Exchange
from safeguard.web.fields import DRAFT, DRAFT_VERSION, Fields
from safeguard.work import Work

ROOM: Final = "/drafts"
"""Where drafts themselves are kept: nothing that is sent there ends one."""


async def begin(work: Work, served: Exchange) -> None:
    """Find the draft that this page is opened with."""
    drafts = surroundings.current().drafts
    if served.method != "GET" or drafts is None or "draft=" not in served.query:
        return
    asked = id_of(parse_qs(served.query).get("draft", [""])[0])
    if asked and served.viewer and served.viewer.session_id:
        served.draft = await drafts.find(work, asked, served.path)


async def end(work: Work, served: Exchange, answer: Answer) -> None:
    """A form that led somewhere was taken: what was drafted of it is not needed any more."""
    drafts = surroundings.current().drafts
    if drafts is None or answer.location is None or served.path.startswith(ROOM):
        return
    if sent := id_of(served.fields.get(DRAFT)):
        await drafts.drop(work, sent)


def saves_itself(request: Request[Any, Any, Any]) -> bool:
    """Whether the page sends its draft on its own, and nobody pressed anything."""
    return request.headers.get("hx-trigger", "").startswith("draft-")


def mark_of(fields: Fields) -> Draft | None:
    """The draft that a form which comes back is kept in."""
    version = fields.get(DRAFT_VERSION)
    asked = id_of(fields.get(DRAFT))
    return Draft(str(asked), int(version) if version.isascii() and version.isdigit() else 0) if asked else None


def id_of(text: str) -> UUID | None:
    """A draft's id; None for anything else."""
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None
