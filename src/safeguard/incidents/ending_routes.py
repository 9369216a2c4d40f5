"""Pages that close what stands open: an answer has come, a link is taken away. (An action: `completing_routes`.)"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Invalid, NotFound
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.follow_up_forms import AnswerForm, ReasonForm, named_in_page, took_place
from safeguard.incidents.here import here
from safeguard.incidents.hiding.glass import require_handling
from safeguard.incidents.linking import unlink
from safeguard.incidents.queries import read_incident
from safeguard.incidents.story import Entry, EntryKind, Story
from safeguard.web.bodies import READ_ON
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work


@dataclass(frozen=True, slots=True)
class Ending:
    """A page with a form that closes one entry."""

    path: str
    template: str
    closes: EntryKind
    kind: type[Any]
    do: Callable[[Work, Entry, Form[Any]], Awaitable[str]]
    """Closes it, and says where on the incident's page to go on."""

    def routes(self) -> list[Any]:
        """The page, and what takes its form."""
        at = f"/incidents/{{incident_id:uuid}}/entries/{{entry_id:uuid}}/{self.path}"

        @get(at, permission=Permission.INCIDENT_FOLLOW_UP, name=f"show {self.path}")
        async def show(
            request: Request[Any, Any, Any],
            work: NamedDependency[Work],
            incident_id: FromPath[UUID],
            entry_id: FromPath[UUID],
        ) -> Template:
            story = await read_incident(work, incident_id)
            await require_handling(work, incident_id)
            return self.shown(request, story, self.opened(story, entry_id), blank(self.kind))

        @post(
            at, permission=Permission.INCIDENT_FOLLOW_UP, status_code=303, name=f"take {self.path}",
            request_max_body_size=READ_ON,
        )  # fmt: skip
        async def take(
            request: Request[Any, Any, Any],
            work: NamedDependency[Work],
            incident_id: FromPath[UUID],
            entry_id: FromPath[UUID],
        ) -> Template | Redirect:
            form = await read(request, self.kind)
            story = await read_incident(work, incident_id)
            opened = self.opened(story, entry_id)
            try:
                return after(f"/incidents/{incident_id}{await self.do(work, opened, form)}")
            except Invalid as refusal:
                wrong = form if form.errors else form.refused(named_in_page(refusal))
                return self.shown(request, story, opened, wrong, status=422)

        return [show, take]

    def opened(self, story: Story, entry_id: UUID) -> Entry:
        """The entry to close; raises `NotFound` where there is no such entry of this kind."""
        found = next((entry for entry in story.entries if entry.id == entry_id and entry.kind == self.closes), None)
        if found is None or (self.closes == "contact" and not found.awaits_answer):
            raise NotFound
        return found

    def shown(
        self, request: Request[Any, Any, Any], story: Story, opened: Entry, form: Form[Any], status: int = 200
    ) -> Template:
        """The page with its form, below what it closes."""
        place = here()
        items = [item for item in place.presenter.items(story) if item.id == opened.id]
        return page(
            request, self.template, status=status, form=form, errors=form.errors, action=items[0],
            shown=place.presenter.shown(story), profile=place.profile,
        )  # fmt: skip


async def _answer(work: Work, opened: Entry, form: Form[AnswerForm]) -> str:
    said = form.value
    at = took_place(said.on, said.at, here().organisation.time_zone)
    new = NewEntry(
        kind="answer", action_id=opened.id, words=said.words, contact_reference=said.contact_reference,
        took_place_at=at, shared=said.shared,
    )  # fmt: skip
    entry = await add_entry(work, opened.incident_id, new)
    return f"?added={entry.id}#entry-{entry.id}"


async def _unlink(work: Work, opened: Entry, form: Form[ReasonForm]) -> str:
    if opened.linked_id is None:
        raise NotFound
    await unlink(work, opened.incident_id, opened.linked_id, form.value.reason)
    return "?changed=unlink"


ENDINGS = (
    Ending("answer", "incidents/answer.html", "contact", AnswerForm, _answer),
    Ending("unlink", "incidents/unlink.html", "link", ReasonForm, _unlink),
)
ROUTES = [route for ending in ENDINGS for route in ending.routes()]
