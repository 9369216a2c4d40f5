"""The page that says that an action is done, or that a plan or support ends: in words, with what shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.attachments import scanner
from safeguard.attachments.attaching import PROMISE
from safeguard.attachments.kinds import SAID
from safeguard.attachments.receiving import RECEPTION, read_most
from safeguard.errors import Invalid, NotFound
from safeguard.incidents.completing import Done, complete
from safeguard.incidents.entry_kinds import LOOKED_AT_AGAIN
from safeguard.incidents.follow_up_forms import Words
from safeguard.incidents.here import here
from safeguard.incidents.hiding.glass import require_handling
from safeguard.incidents.proofs import list_offered
from safeguard.incidents.queries import read_incident
from safeguard.incidents.story import Entry, Story
from safeguard.web import exchange
from safeguard.web.fields import Fields
from safeguard.web.forms import Form, Text, Tick, blank, read
from safeguard.web.pages import after, page
from safeguard.web.uploading import Inspection
from safeguard.work import Work

AT: Final = "/incidents/{incident_id:uuid}/entries/{entry_id:uuid}/done"


@dataclass(frozen=True, slots=True)
class DoneForm:
    """What was done, and what shows it."""

    words: Words
    proof: Annotated[str, Text(longest=50)]
    promise: Annotated[bool, Tick()]

    def said(self) -> Done:
        """What it means."""
        return Done(self.words, self.proof, self.promise)


class ProofReception:
    """Receives the file that shows it, by the rules of every file of an incident; words alone need none of them."""

    async def admit(self, unit: Work, path: Mapping[str, Any], fields: Fields, name: str) -> Inspection | None:
        """Refuse as any file of the incident is refused; without a file there is nothing to refuse."""
        return await RECEPTION.admit(unit, path, fields, name) if name else None


@get(AT, permission=Permission.INCIDENT_FOLLOW_UP, name="show done")
async def show_done(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID], entry_id: FromPath[UUID]
) -> Template:
    """The form, below what it is about."""
    story = await read_incident(work, incident_id)
    await require_handling(work, incident_id)
    return await _shown(request, work, story, _action(story, entry_id), blank(DoneForm))


@post(AT, permission=Permission.INCIDENT_FOLLOW_UP, status_code=303, name="take done", receives=ProofReception())
async def take_done(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID], entry_id: FromPath[UUID]
) -> Template | Redirect:
    """Mark it as done."""
    form = await read(request, DoneForm)
    story = await read_incident(work, incident_id)
    action = _action(story, entry_id)
    try:
        said = form.value.said()
        entry = await complete(work, action, said, exchange.current().upload, await list_offered(work, story))
    except Invalid as refusal:
        return await _shown(request, work, story, action, form.refused(refusal), status=422)
    return after(f"/incidents/{incident_id}?added={entry.id}#entry-{entry.id}")


_ENDED: Final = frozenset({"action", *LOOKED_AT_AGAIN})


def _action(story: Story, entry_id: UUID) -> Entry:
    found = next((entry for entry in story.entries if entry.id == entry_id and entry.kind in _ENDED), None)
    if found is None:
        raise NotFound
    return found


async def _shown(
    request: Request[Any, Any, Any], work: Work, story: Story, action: Entry, form: Form[DoneForm], status: int = 200
) -> Template:
    place = here()
    items = [item for item in place.presenter.items(story) if item.id == action.id]
    return page(
        request, "incidents/done.html", status=status, form=form, errors=form.errors, action=items[0],
        shown=place.presenter.shown(story), profile=place.profile, offered=await list_offered(work, story),
        promise=PROMISE, most=await read_most(work), kinds=SAID, has_scanner=scanner.is_set(),
    )  # fmt: skip


ROUTES = [show_done, take_done]
