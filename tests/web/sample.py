"""A small room for tests: something is noted on the organisation, once, twice or never, and can be counted."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Redirect, Response, Template

from safeguard import clock
from safeguard.access.policy import PUBLIC, SIGNED_IN, Permission
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.web import forms, pages, paging
from safeguard.web.forms import Text
from safeguard.web.pages import page
from safeguard.work import Work

NOTE = "update organisations set second_person_name = second_person_name || $2 where id = $1"
NOTES = "select second_person_name from organisations where id = $1"


@dataclass(frozen=True, slots=True)
class NoteForm:
    words: Annotated[str, Text(required="Write something.", longest=500, lines=True)]


class NewNote(msgspec.Struct, forbid_unknown_fields=True):
    words: Annotated[str, msgspec.Meta(min_length=1, max_length=500, examples=["A synthetic note."])]


class Note(msgspec.Struct):
    id: UUID
    words: str
    lines: list["Note"] = msgspec.field(default_factory=list["Note"])


async def note(work: Work, words: str) -> None:
    await work.driver.execute(NOTE, work.organisation_id, f" [{words}]")
    work.record("incident.recorded", clock.new_id())


@get("/notes", permission=Permission.INCIDENT_READ)
async def show_notes(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    words = await work.driver.fetchval(NOTES, work.organisation_id)
    return page(request, "sample/notes.html", fragment="sample/_notes.html", words=words, form=forms.blank(NoteForm))


@post("/notes", permission=Permission.INCIDENT_FOLLOW_UP)
async def add_note(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    form = await forms.read(request, NoteForm)
    if form.errors:
        return page(request, "sample/notes.html", status=422, words="", form=form)
    await note(work, form.value.words)
    return pages.after("/notes")


@get("/notes/{note_id:uuid}", permission=Permission.INCIDENT_READ)
async def show_note(note_id: FromPath[UUID], work: NamedDependency[Work]) -> str:
    found = await work.driver.fetchval("select name from organisations where id = $1", note_id)
    if found is None:
        raise NotFound
    return found


@post("/late-refusal", permission=Permission.INCIDENT_FOLLOW_UP)
async def refuse_late(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    await note(work, "must not stay")
    return page(request, "sample/notes.html", status=422, words="", form=await forms.read(request, NoteForm))


@post("/domain-refusal", permission=Permission.INCIDENT_FOLLOW_UP)
async def refuse_by_domain(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> None:
    await note(work, "must not stay")
    raise Conflict


@post("/broken-template", permission=Permission.INCIDENT_FOLLOW_UP)
async def break_template(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    await note(work, "must not stay")
    return page(request, "sample/broken.html")


@post("/broken-commit", permission=Permission.INCIDENT_FOLLOW_UP)
async def break_commit(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Redirect:
    await note(work, "must not stay")
    work.record("incident.recorded", clock.new_id(), kind="x" * 5000)
    work._acts["general"][-1]["object"] = "not an id"
    return pages.after("/notes")


@post("/closing-twice", permission=Permission.INCIDENT_CLOSE)
async def close_once(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Redirect:
    words = await work.driver.fetchval(NOTES, work.organisation_id)
    if "closed" in words:
        raise Conflict("It is closed already.")
    await note(work, "closed")
    return pages.after("/notes")


@get("/fault", permission=Permission.HOME_READ)
async def fail(work: NamedDependency[Work]) -> None:
    raise RuntimeError("Jamie Sample told us")


@get("/me", permission=SIGNED_IN)
async def show_me(work: NamedDependency[Work]) -> str:
    return work.actor.name


@get("/public", permission=PUBLIC)
async def show_public(request: Request[Any, Any, Any]) -> Template:
    return page(request, "sample/notes.html", words="", form=forms.blank(NoteForm))


@post("/public", permission=PUBLIC)
async def take_public(request: Request[Any, Any, Any]) -> str:
    return (await forms.read(request, NoteForm)).value.words


@post("/api-notes", permission=Permission.INCIDENT_RECORD)
async def create_note(data: JSONBody[NewNote], work: NamedDependency[Work]) -> Response[Note]:
    """Take a note."""
    await note(work, data.words)
    made = Note(clock.new_id(), data.words)
    TAKEN[made.id] = made
    return Response(made, status_code=201, headers={"Location": f"/api/v1/api-notes/{made.id}"})


@get("/api-notes/{note_id:uuid}", permission=Permission.INCIDENT_READ)
async def get_note(note_id: FromPath[UUID], work: NamedDependency[Work]) -> Note:
    """One note."""
    return TAKEN[note_id]


@post("/api-notes/{note_id:uuid}/lines", permission=Permission.INCIDENT_RECORD)
async def add_line(note_id: FromPath[UUID], data: JSONBody[NewNote], work: NamedDependency[Work]) -> Response[Note]:
    """Add a line to a note; it is read with the note."""
    await note(work, data.words)
    line = Note(clock.new_id(), data.words)
    TAKEN[note_id].lines.append(line)  # no database: what is rolled back stays here, and nobody minds
    return Response(line, status_code=201)


@post("/api-refusals", permission=Permission.INCIDENT_RECORD)
async def refuse_note(data: JSONBody[NewNote], work: NamedDependency[Work]) -> None:
    """Refuse a note."""
    raise Invalid(FieldError("words", "Say more."))


@get("/api-notes", permission=Permission.INCIDENT_READ)
async def list_notes(
    work: NamedDependency[Work], limit: FromQuery[str | None] = None, after: FromQuery[str | None] = None
) -> dict[str, Any]:
    """The notes."""
    paging.read_cursor(after, "notes")
    return {"items": [], "next": None, "limit": paging.read_limit(limit)}


ROUTES = [
    show_notes, add_note, show_note, refuse_late, refuse_by_domain, break_template, break_commit, close_once, fail,
    show_me, show_public, take_public,
]  # fmt: skip
API_ROUTES = [create_note, get_note, add_line, refuse_note, list_notes]
TAKEN: dict[UUID, Note] = {}
"""What programs noted, by id."""

TEMPLATES = {
    "sample/notes.html": """<!doctype html><title>Notes</title>
<h1>{{ organisation.name if organisation else "Public" }}</h1>{% include "sample/_notes.html" %}
<form method="post"><input type="hidden" name="csrf_token" value="{{ csrf_token }}">
{% for error in form.summary %}<a href="{{ error.href }}">{{ error.text }}</a>{% endfor %}
<textarea name="words">{{ form.words }}</textarea></form>""",
    "sample/_notes.html": "<p>{{ words }}</p>",
    "sample/broken.html": "{{ no_such_name.at_all }}",
}
