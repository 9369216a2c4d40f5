"""Pages: who may be there twice, two records side by side, merging them, and undoing that."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Invalid, NotFound
from safeguard.people.details import WORDS_LIMIT
from safeguard.people.finding import find
from safeguard.people.here import here
from safeguard.people.involving import list_parts
from safeguard.people.merging import keep_apart, merge, separate
from safeguard.people.queries import get_person, list_absorbed
from safeguard.people.showing import shown
from safeguard.people.twins import Merge, list_merges, list_pairs
from safeguard.web.forms import Form, Text, blank, clean, read
from safeguard.web.pages import after, page
from safeguard.work import Work


@dataclass(frozen=True, slots=True)
class ReasonForm:
    """Why."""

    reason: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]


@get("/people/duplicates", permission=Permission.PERSON_RECORD)
async def show_duplicates(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Pairs of records whose names sound alike."""
    return page(request, "people/duplicates.html", pairs=await list_pairs(work), done=request.query_params.get("done"))


@post("/people/duplicates/apart", permission=Permission.PERSON_RECORD, status_code=303)
async def take_apart(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Redirect:
    """Say that two records are two people."""
    form = await read(request, ReasonForm)
    await keep_apart(work, _id(form["one"]), _id(form["other"]))
    return after("/people/duplicates?done=apart")


@get("/people/{person_id:uuid}/merge", permission=Permission.PERSON_RECORD)
async def show_merge(
    request: Request[Any, Any, Any], work: NamedDependency[Work], person_id: FromPath[UUID]
) -> Template:
    """Look the other record up, then both side by side."""
    query = request.query_params
    if query.get("with"):
        return await _compare(request, work, person_id, _id(query["with"]), blank(ReasonForm))
    person = await get_person(work, person_id)
    text = clean(query.get("q", person.name))[:200]
    found = [one for one in await find(work, text, 12, person.kind) if one.id != person_id]
    return page(request, "people/merge_with.html", person=person, text=text, found=found, profile=here().profile)


@post("/people/{person_id:uuid}/merge", permission=Permission.PERSON_RECORD, status_code=303)
async def take_merge(
    request: Request[Any, Any, Any], work: NamedDependency[Work], person_id: FromPath[UUID]
) -> Template | Redirect:
    """Merge the other record into this one."""
    form = await read(request, ReasonForm)
    other = _id(form["with"])
    try:
        await merge(work, person_id, other, form.value.reason)
    except Invalid as refusal:
        return await _compare(request, work, person_id, other, form.refused(refusal), 422)
    return after(f"/people/{person_id}?done=merged")


@get("/people/{person_id:uuid}/merges/{merge_id:uuid}/undo", permission=Permission.PERSON_RECORD)
async def show_undo(
    request: Request[Any, Any, Any], work: NamedDependency[Work], person_id: FromPath[UUID], merge_id: FromPath[UUID]
) -> Template:
    """What the undo restores, and why it is done."""
    return await _undo(request, work, person_id, merge_id, blank(ReasonForm))


@post("/people/{person_id:uuid}/merges/{merge_id:uuid}/undo", permission=Permission.PERSON_RECORD, status_code=303)
async def take_undo(
    request: Request[Any, Any, Any], work: NamedDependency[Work], person_id: FromPath[UUID], merge_id: FromPath[UUID]
) -> Template | Redirect:
    """Undo a merge."""
    form = await read(request, ReasonForm)
    await _merge_of(work, person_id, merge_id)
    try:
        kept = await separate(work, merge_id, form.value.reason)
    except Invalid as refusal:
        return await _undo(request, work, person_id, merge_id, form.refused(refusal), 422)
    return after(f"/people/{kept}?done=separated")


async def _compare(
    request: Request[Any, Any, Any],
    work: Work,
    kept_id: UUID,
    other_id: UUID,
    form: Form[ReasonForm],
    status: int = 200,
) -> Template:
    place = here()
    sides = [
        shown(await get_person(work, one), place.profile, place.today, await list_absorbed(work, one))
        for one in (kept_id, other_id)
    ]
    parts = [await list_parts(work, one, place.organisation) for one in (kept_id, other_id)]
    both = {part.incident_id for part in parts[0]} & {part.incident_id for part in parts[1]}
    return page(
        request, "people/merge.html", status=status, form=form, errors=form.errors, sides=sides, parts=parts,
        shared=[part.reference for part in parts[0] if part.incident_id in both], same=kept_id == other_id,
    )  # fmt: skip


async def _undo(
    request: Request[Any, Any, Any],
    work: Work,
    person_id: UUID,
    merge_id: UUID,
    form: Form[ReasonForm],
    status: int = 200,
) -> Template:
    made = await _merge_of(work, person_id, merge_id)
    person = await get_person(work, made.kept_id)
    return page(
        request, "people/undo.html", status=status, form=form, errors=form.errors, merge=made, person=person,
        back_to=person_id,
    )  # fmt: skip


async def _merge_of(work: Work, person_id: UUID, merge_id: UUID) -> Merge:
    for made in await list_merges(work, person_id):
        if made.id == merge_id and made.undone_at is None:
            return made
    raise NotFound


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


ROUTES = [show_duplicates, take_apart, show_merge, take_merge, show_undo, take_undo]
