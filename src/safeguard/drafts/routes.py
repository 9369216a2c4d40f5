"""Pages and the autosave: what somebody has begun and not sent.

One address takes both: HTMX sends the whole form a few seconds after the last key, and is answered with the line beside
it; without script the button "Save and come back later" sends the same form and leads to the list.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from safeguard.access.policy import SIGNED_IN
from safeguard.drafts.keeping import Changed, Sent, drop, list_drafts, save
from safeguard.errors import BadRequest
from safeguard.web import exchange
from safeguard.web.drafting import mark_of, saves_itself
from safeguard.web.exchange import Draft
from safeguard.web.fields import DRAFT_PLACE
from safeguard.web.pages import after, page
from safeguard.work import Work

LINE = "drafts/_line.html"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form that wants to be kept says of itself."""

    draft_id: UUID
    version: int
    place: str


@get("/drafts", permission=SIGNED_IN)
async def show_drafts(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """What I have begun and not sent."""
    done = request.query_params.get("done")
    return page(request, "drafts/list.html", drafts=await list_drafts(work), done=done if done in DONE else None)


@post("/drafts", permission=SIGNED_IN, status_code=200, one_factor=True)
async def take_draft(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Response[Any]:
    """Keep what is typed so far."""
    asked, typed = _asked(), exchange.current().fields
    try:
        kept = await save(work, asked.draft_id, asked.version, asked.place, typed)
    except Changed as clash:
        if saves_itself(request):
            return _line(request, asked, "changed", status=409, saved_at=clash.other.saved_at)
        return page(request, "drafts/both.html", status=409, mine=typed, other=clash.other)
    except Sent:
        if saves_itself(request):
            return _line(request, asked, "gone", status=410)
        raise
    if saves_itself(request):
        now = Draft(str(kept.id), kept.version, kept.saved_at)
        return _line(request, asked, "saved", draft=now)
    return _lead(request, f"{asked.place}?draft={kept.id}" if typed.get("later") == "open" else "/drafts?done=kept")


@post("/drafts/{draft_id:uuid}/drop", permission=SIGNED_IN, status_code=303)
async def take_dropping(work: NamedDependency[Work], draft_id: FromPath[UUID]) -> Redirect:
    """Throw it away."""
    await drop(work, draft_id)
    return after("/drafts?done=dropped")


DONE = ("kept", "dropped")


def _asked() -> Asked:
    fields = exchange.current().fields
    mark = mark_of(fields)
    if mark is None:
        raise BadRequest("This form keeps no drafts.")
    return Asked(UUID(mark.id), mark.version, fields.get(DRAFT_PLACE))


def _line(request: Request[Any, Any, Any], asked: Asked, state: str, *, status: int = 200, **context: Any) -> Template:
    """What the page says beside the form, with the draft that its next save goes into."""
    return page(request, LINE, status=status, **{"state": state, "place": asked.place, "saved_at": None, **context})


def _lead(request: Request[Any, Any, Any], path: str) -> Response[Any]:
    """Where to go on: a form that HTMX sends is told to leave the page altogether."""
    if request.headers.get("hx-request") == "true":
        return Response(b"", headers={"HX-Redirect": path})
    return after(path)


ROUTES = [show_drafts, take_draft, take_dropping]
