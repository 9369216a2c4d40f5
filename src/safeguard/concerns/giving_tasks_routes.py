"""The page on which whoever stands in for the leads gives an action of an incident to somebody."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.concerns.giving_tasks import GiveForm, give, list_keepers, open_action
from safeguard.errors import Invalid
from safeguard.incidents.here import here
from safeguard.incidents.hiding.reading import read_for_vault
from safeguard.incidents.hiding.standing_in import standing_in
from safeguard.incidents.story import Entry, Story
from safeguard.web.forms import Form, begun, read
from safeguard.web.pages import after, page
from safeguard.work import Work

OPEN = Permission.CONCERN_RAISE
AT = "/concerns/incidents/{incident_id:uuid}/actions/{entry_id:uuid}"


@get(AT, permission=OPEN)
async def show_giving(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID], entry_id: FromPath[UUID]
) -> Template:
    """Who does it, and by when."""
    story = await read_for_vault(work, incident_id)
    action = open_action(story, entry_id)
    async with standing_in(work, incident_id):
        due = action.due_on if action.due_on and action.due_on >= here().today else None
        return await _shown(request, work, story, action, begun(GiveForm, {"due_on": str(due or "")}))


@post(AT, permission=OPEN, status_code=303)
async def take_giving(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID], entry_id: FromPath[UUID]
) -> Template | Redirect:
    """It is theirs, by an entry that takes the place of the earlier one."""
    form = await read(request, GiveForm)
    story = await read_for_vault(work, incident_id)
    action = open_action(story, entry_id)
    try:
        entry = await give(work, action, form.value)
    except Invalid as refusal:
        return await _shown(request, work, story, action, form.refused(refusal), 422)
    return after(f"/concerns/incidents/{incident_id}#entry-{entry.id}")


async def _shown(
    request: Request[Any, Any, Any], work: Work, story: Story, action: Entry, form: Form[GiveForm], status: int = 200
) -> Template:
    return page(
        request, "concerns/action.html", status=status, form=form, errors=form.errors, action=action,
        shown=here().presenter.shown(story), keepers=await list_keepers(work, story.facts.id),
    )  # fmt: skip


ROUTES = [show_giving, take_giving]
