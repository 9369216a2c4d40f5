"""Pages: who somebody of an incident is in the list of people; and the part of a report's form that looks them up."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.incidents.here import here
from safeguard.incidents.hiding.glass import require_handling
from safeguard.incidents.identifying import details_of, identify
from safeguard.incidents.queries import read_incident
from safeguard.incidents.restricting import still_reads
from safeguard.incidents.story import Person, Story
from safeguard.people.finding import find
from safeguard.people.recording import record_person
from safeguard.people.twins import list_some
from safeguard.web.forms import Choice, Form, Text, blank, clean, read
from safeguard.web.pages import after, page
from safeguard.work import Work

WHO = "/incidents/{incident_id:uuid}/people/{someone_id:uuid}"


@dataclass(frozen=True, slots=True)
class WhoForm:
    """Who it is: the id of a record, "new", or nobody."""

    person: Annotated[str, Text(longest=40)]
    kind: Annotated[str, Choice(("child", "adult"))]
    version: Annotated[str, Text(longest=9)]


@get(WHO, permission=Permission.PERSON_READ)
async def show_who(
    request: Request[Any, Any, Any],
    work: NamedDependency[Work],
    incident_id: FromPath[UUID],
    someone_id: FromPath[UUID],
) -> Template:
    """Records by a name like theirs, to choose from."""
    await require_handling(work, incident_id)
    return await _who(request, work, incident_id, someone_id, blank(WhoForm))


@post(WHO, permission=Permission.PERSON_RECORD, status_code=303)
async def take_who(
    request: Request[Any, Any, Any],
    work: NamedDependency[Work],
    incident_id: FromPath[UUID],
    someone_id: FromPath[UUID],
) -> Template | Redirect:
    """Tie them to a record, to a new one, or to none."""
    form = await read(request, WhoForm)
    said = form["version"]
    version = int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0
    try:
        person_id = await _chosen(work, incident_id, someone_id, form)
        await identify(work, incident_id, someone_id, version, person_id)
    except (Invalid, Conflict) as refusal:
        wrong = refusal if isinstance(refusal, Invalid) else Invalid(FieldError("person", refusal.detail))
        return await _who(request, work, incident_id, someone_id, form.refused(wrong), refusal.status)
    reads_on = await still_reads(work, incident_id)
    return after(f"/incidents/{incident_id}?changed=who#people" if reads_on else "/incidents/received")


async def _chosen(work: Work, incident_id: UUID, someone_id: UUID, form: Form[WhoForm]) -> UUID | None:
    if form["person"] == "new":
        someone = _someone(await read_incident(work, incident_id), someone_id)
        kind = form["kind"] or someone.kind
        if kind not in ("child", "adult"):
            raise Invalid(FieldError("kind", "Say whether this is a child or an adult."))
        details = msgspec.structs.replace(details_of(someone), kind=kind)
        return (await record_person(work, details, here().profile)).id
    if not form["person"]:
        return None
    try:
        return UUID(form["person"])
    except ValueError:
        raise NotFound from None


async def _who(
    request: Request[Any, Any, Any],
    work: Work,
    incident_id: UUID,
    someone_id: UUID,
    form: Form[WhoForm],
    status: int = 200,
) -> Template:
    story = await read_incident(work, incident_id)
    someone = _someone(story, someone_id)
    text = clean(request.query_params.get("q", "")) or someone.name
    kind = someone.kind if someone.kind in ("child", "adult") else None
    tied = await list_some(work, [someone.person_id]) if someone.person_id else {}
    return page(
        request, "incidents/who.html", status=status, form=form, errors=form.errors, incident=story.facts,
        someone=someone, text=text[:200], tied=next(iter(tied.values()), None), profile=here().profile,
        found=[one for one in await find(work, text[:200], 10, kind) if one.id not in tied],
    )  # fmt: skip


def _someone(story: Story, someone_id: UUID) -> Person:
    for person in story.present:
        if person.id == someone_id:
            return person
    raise NotFound


ROUTES = [show_who, take_who]
