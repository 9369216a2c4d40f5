"""Pages on which a report is corrected, with the questions of the form that it was made with."""

from typing import Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Invalid, NotFound
from safeguard.incidents.acts import in_state
from safeguard.incidents.asking import shown
from safeguard.incidents.changing import Stale
from safeguard.incidents.choices import read_form_choices
from safeguard.incidents.correcting import correct
from safeguard.incidents.follow_up_forms import version_of
from safeguard.incidents.forms import ReportForm, as_typed, named_as_typed
from safeguard.incidents.here import here
from safeguard.incidents.overtaken import differing, for_now
from safeguard.incidents.picking import asks, offered, picked
from safeguard.incidents.queries import read_incident
from safeguard.incidents.restricting import still_reads
from safeguard.incidents.story import Story
from safeguard.tenancy.report_forms.history import asked_then
from safeguard.web.bodies import READ_ON
from safeguard.web.forms import Form, read
from safeguard.web.pages import after, page
from safeguard.work import Work

PERSON, ABOUT = "person", "about"
"""What a button of the form may ask for: one more row, or the questions of another type."""

MADE_WITH: Final = """
select i.form_version, i.recorded_at from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.id = $1
"""


@get("/incidents/{incident_id:uuid}/correct", permission=Permission.INCIDENT_FOLLOW_UP)
async def show_correction(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template:
    """The report as it reads now, to correct."""
    story = await in_state(work, incident_id, closed=False)
    return await _page(request, work, story, as_typed(story, here().zone))


@post(
    "/incidents/{incident_id:uuid}/correct", permission=Permission.INCIDENT_FOLLOW_UP, status_code=303,
    request_max_body_size=READ_ON,
)  # fmt: skip
async def take_correction(
    request: Request[Any, Any, Any], work: NamedDependency[Work], incident_id: FromPath[UUID]
) -> Template | Redirect:
    """Make the record read as the form says."""
    form, place = await read(request, ReportForm), here()
    if form["add"] or asks(form):
        form, more = await picked(work, form), 1 if form["add"] == PERSON else 0
        return await _page(request, work, await read_incident(work, incident_id), form, more=more)
    try:
        made = await work.driver.fetchrow(MADE_WITH, incident_id)
        if made is None:
            raise NotFound
        asked = await asked_then(work, place.profile, *made.values())
        new = form.value.report(place.profile, place.organisation.time_zone)
        await correct(work, incident_id, version_of(form), new, place.profile, form.value.reason, asked)
    except Invalid as refusal:
        wrong = form if form.errors else form.refused(named_as_typed(refusal, form))
        return await _page(request, work, await read_incident(work, incident_id), wrong, status=422)
    except Stale:
        story = await read_incident(work, incident_id)
        if story.facts.state == "closed":
            raise
        return await _page(request, work, story, for_now(form), status=409)
    reads_on = await still_reads(work, incident_id)
    return after(f"/incidents/{incident_id}?changed=correct" if reads_on else "/incidents/received")


async def _page(
    request: Request[Any, Any, Any],
    work: Work,
    story: Story,
    form: Form[ReportForm],
    *,
    more: int = 0,
    status: int = 200,
) -> Template:
    place = here()
    contact, platforms = await read_form_choices(work, place.profile)
    asked = await asked_then(work, place.profile, story.facts.form_version, story.facts.recorded_at)
    return page(
        request,
        "incidents/correct.html",
        status=status,
        form=form,
        errors=form.errors,
        rows=form.rows("people", least=len(form.rows("people", least=0)) + more),
        shown=place.presenter.shown(story),
        profile=place.profile,
        contact=contact,
        platforms=platforms,
        version=form["version"] or story.facts.version,
        overtaken=status == 409,
        theirs=differing(form, as_typed(story, place.zone)) if status == 409 else (),
        **await offered(work, form),
        **shown(asked, place.profile, form),
    )


ROUTES = [show_correction, take_correction]
