"""Looking somebody of a report up while it is written, and choosing who it is, without losing a word of the form.

With script the list comes as the name is typed; without it a button sends the form, which comes back with the list.
Only those who may look into the list of people are offered any of this.
"""

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Template

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.incidents.forms import ReportForm
from safeguard.incidents.here import here
from safeguard.people.finding import find
from safeguard.people.person import Found
from safeguard.people.twins import list_some
from safeguard.web.fields import Fields
from safeguard.web.forms import Form, clean
from safeguard.web.pages import page
from safeguard.work import Work

ROW: Final = re.compile(r"people-\d{1,3}-")
NEW: Final = "new"
OFFERED: Final = 6
LEAST: Final = 2


class Looked(msgspec.Struct, frozen=True):
    """Whom the name in one row of the form may mean."""

    at: str
    text: str
    found: tuple[Found, ...]


class Chosen(msgspec.Struct, frozen=True):
    """What one row says of who it is."""

    who: Found | None = None
    adding: bool = False


def asks(form: Form[ReportForm]) -> bool:
    """Whether a button of the form asked to look somebody up, or to choose."""
    return bool(form["look"] or form["choose"])


async def picked(work: Work, form: Form[ReportForm]) -> Form[ReportForm]:
    """The form as it reads after the button that chose somebody."""
    at, _, what = form["choose"].partition("=")
    if not work.may(Permission.PERSON_READ) or not ROW.fullmatch(at):
        return form
    person = next(iter((await list_some(work, [_uuid(what)])).values()), None) if what not in ("", NEW) else None
    changed = {f"{at}person_id": str(person.id) if person else "", f"{at}add": "yes" if what == NEW else ""}
    return _with(form, changed | (_told(at, person) if person else {}))


def _told(at: str, person: Found) -> dict[str, str]:
    said = {"name": person.name, "connection": person.connection or "", "group_name": person.group_name}
    return {at + name: value for name, value in said.items() if value}


def _with(form: Form[ReportForm], changed: Mapping[str, str]) -> Form[ReportForm]:
    pairs = [pair for pair in form.fields.pairs if pair[0] not in changed and pair[0] not in ("choose", "look")]
    return Form(ReportForm, Fields.of([*pairs, *changed.items()]), None, ())


async def offered(work: Work, form: Form[ReportForm]) -> dict[str, Any]:
    """What the rows of the form show of who people are: whom each means, and the list that was asked for."""
    if not work.may(Permission.PERSON_READ):
        return {}
    prefixes = [row.prefix for row in form.rows("people", least=0)]
    ids = {prefix: found for prefix in prefixes if (found := _maybe(form[f"{prefix}person_id"]))}
    known = await list_some(work, list(ids.values())) if ids else {}
    chosen = {
        prefix: Chosen(known.get(ids.get(prefix, UUID(int=0))), bool(form[f"{prefix}add"])) for prefix in prefixes
    }
    return {"chosen": chosen, "looked": await _looked(work, form["look"], form) if form["look"] else None}


async def _looked(work: Work, at: str, form: Form[ReportForm]) -> Looked | None:
    return await _look(work, at, form[f"{at}name"]) if ROW.fullmatch(at) else None


async def _look(work: Work, at: str, text: str) -> Looked:
    said = clean(text)[:200]
    found = await find(work, said, OFFERED) if len(said) >= LEAST else ()
    return Looked(at, said, found)


@get("/incidents/people/suggestions", permission=Permission.PERSON_READ)
async def show_suggestions(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Whom the name that is being typed may mean; whoever was chosen stays chosen."""
    at, query = _row(request), request.query_params
    chosen = (await list_some(work, [identifier])) if (identifier := _maybe(query.get(f"{at}person_id", ""))) else {}
    looked = await _look(work, at, query.get(f"{at}name", ""))
    return _part(request, at, Chosen(next(iter(chosen.values()), None)), looked)


@get("/incidents/people/chosen", permission=Permission.PERSON_READ)
async def show_chosen(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The row's part that says who it is, and the name, group and belonging that follow from it."""
    at, what = _row(request), request.query_params.get("person", "")
    person = next(iter((await list_some(work, [_uuid(what)])).values()), None) if what not in ("", NEW) else None
    return _part(request, at, Chosen(person, what == NEW), None, fill=person)


def _part(
    request: Request[Any, Any, Any], at: str, chosen: Chosen, looked: Looked | None, *, fill: Found | None = None
) -> Template:
    return page(
        request, "incidents/_picked.html", prefix=at, choice=chosen, looked=looked, fill=fill, profile=here().profile
    )


def _row(request: Request[Any, Any, Any]) -> str:
    at = request.query_params.get("at", "")
    if not ROW.fullmatch(at):
        raise NotFound
    return at


def _maybe(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _uuid(text: str) -> UUID:
    return _maybe(text) or UUID(int=0)


ROUTES = [show_suggestions, show_chosen]
