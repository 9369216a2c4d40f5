"""Pages: the people whom the organisation knows, one of them with their chronology, and the form of a person."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, Invalid
from safeguard.identity.queries import list_members
from safeguard.people import chronology_routes, departing, merging_routes
from safeguard.people.correcting import MERGED, Stale, correct_person
from safeguard.people.finding import find_all
from safeguard.people.forms import KINDS, PersonForm, as_typed, named_as_typed
from safeguard.people.here import here
from safeguard.people.involving import list_mentions, list_parts
from safeguard.people.leaving import find_left_on
from safeguard.people.person import Found, Kind
from safeguard.people.queries import (
    Filters,
    get_person,
    list_absorbed,
    list_groups,
    list_people,
    read_person,
    reveal_address,
)
from safeguard.people.recording import record_person
from safeguard.people.showing import Change, list_changes, shown
from safeguard.people.twins import list_merges, list_some, list_twins
from safeguard.web.forms import Form, begun, clean, read
from safeguard.web.pages import after, page
from safeguard.web.paging import DEFAULT_LIMIT, Key, Page, cut, read_cursor, scope_of
from safeguard.work import Work

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""A cursor of this list holds an id alone: names do not belong into an address."""
PARTS = 500
"""Incidents that a person's page shows, the latest; their chronology to print, and as a table, has all."""
LISTS = {"number": "identifiers", "contact": "contacts"}
"""What a button "Add another" adds to."""


@get("/people", permission=Permission.PERSON_READ)
async def show_list(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Everybody, by family name; or whom the words may mean, the likeliest first."""
    query = request.query_params
    kind = query.get("kind", "") if query.get("kind") in KINDS else ""
    filters = Filters(
        kind=cast("Kind", kind) or None,
        group=clean(query.get("group", ""))[:200],
        text=clean(query.get("q", ""))[:200],
    )
    return page(
        request,
        "people/list.html",
        fragment="people/_rows.html",
        rows=await _rows(work, filters, query.get("after")),
        filters=filters,
        groups=await list_groups(work),
        address=_address,
        first=not query.get("after"),
    )


async def _rows(work: Work, filters: Filters, after_cursor: str | None) -> Page[Found]:
    scope = scope_of("people", {"kind": filters.kind, "group": filters.group, "q": filters.text})
    start = read_cursor(after_cursor, scope)
    last, most = start.id if start else None, DEFAULT_LIMIT + 1
    if filters.text:
        rows = await find_all(work, filters.text, filters.kind, filters.group, after=last, limit=most)
    else:
        rows = await list_people(work, filters, after=last, limit=most)
    return cut(rows, DEFAULT_LIMIT, lambda row: Key(EPOCH, row.id), scope)


def _address(filters: Filters, cursor: str | None = None) -> str:
    said = {"kind": filters.kind, "group": filters.group, "q": filters.text, "after": cursor}
    return "/people?" + urlencode({name: value for name, value in said.items() if value})


@get("/people/new", permission=Permission.PERSON_RECORD)
async def show_form(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The form of a new person."""
    given, _, family = clean(request.query_params.get("name", ""))[:200].rpartition(" ")
    names = {"given_name": given or family, "family_name": family if given else ""}
    return await _form(request, work, begun(PersonForm, names))


@post("/people/new", permission=Permission.PERSON_RECORD, status_code=303)
async def take_form(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Keep a new person, or add an empty row to a list."""
    form = await read(request, PersonForm)
    if form["add"]:
        return await _form(request, work, form)
    try:
        person = await record_person(work, form.value.details(), here().profile)
    except Invalid as refusal:
        return await _form(request, work, _wrong(form, refusal), status=422)
    return after(f"/people/{person.id}?done=recorded")


@get("/people/{person_id:uuid}", permission=Permission.PERSON_READ)
async def show_person(
    request: Request[Any, Any, Any], work: NamedDependency[Work], person_id: FromPath[UUID]
) -> Template:
    """One person: what must be known at once, their chronology, and what is known of them."""
    person, place, query = await read_person(work, person_id), here(), request.query_params
    parts = await list_parts(work, person_id, place.organisation)
    kept = await list_some(work, [person.merged_into_id]) if person.merged_into_id else {}
    left_on = await find_left_on(work, person_id)
    return page(
        request,
        "people/show.html",
        shown=shown(person, place.profile, place.today, await list_absorbed(work, person_id)),
        parts=parts[-PARTS:],
        earlier=max(len(parts) - PARTS, 0),
        mentions=() if person.merged_into_id else await list_mentions(work, person_id),
        address=await reveal_address(work, person_id) if query.get("show") == "address" else None,
        twins=await list_twins(work, person_id),
        merges=await list_merges(work, person_id),
        still_here=await departing.bound()(work, person_id),
        left_on=left_on,
        is_gone=left_on is not None and left_on <= place.today,
        says_leaving=work.may(Permission.RECORDS_MANAGE),
        kept=next(iter(kept.values()), None),
        done=query.get("done", ""),
    )


@get("/people/{person_id:uuid}/correct", permission=Permission.PERSON_RECORD)
async def show_correction(
    request: Request[Any, Any, Any], work: NamedDependency[Work], person_id: FromPath[UUID]
) -> Template:
    """The form with what is known now. The address is in it only when it was asked for."""
    person = await get_person(work, person_id)
    if person.merged_into_id:
        raise Conflict(MERGED)
    asked = request.query_params.get("address") == "yes" or not person.has_address
    address = await reveal_address(work, person_id) if asked and person.has_address else ""
    form = as_typed(msgspec.structs.replace(person, address=address))
    return await _form(request, work, form, person_id=person_id, version=str(person.version), with_address=asked)


@post("/people/{person_id:uuid}/correct", permission=Permission.PERSON_RECORD, status_code=303)
async def take_correction(
    request: Request[Any, Any, Any], work: NamedDependency[Work], person_id: FromPath[UUID]
) -> Template | Redirect:
    """Keep the next version, or add an empty row to a list."""
    form = await read(request, PersonForm)
    again: dict[str, Any] = {
        "person_id": person_id, "version": form["version"], "with_address": "address" in form.fields
    }  # fmt: skip
    if form["add"]:
        return await _form(request, work, form, **again)
    try:
        await correct_person(
            work, person_id, _version(form), form.value.details(), here().profile,
            keep_address="address" not in form.fields,
        )  # fmt: skip
    except Invalid as refusal:
        return await _form(request, work, _wrong(form, refusal), status=422, **again)
    except Stale:
        return await _overtaken(request, work, form, person_id, with_address=again["with_address"])
    return after(f"/people/{person_id}?done=corrected")


@get("/people/{person_id:uuid}/history", permission=Permission.PERSON_READ)
async def show_history(
    request: Request[Any, Any, Any], work: NamedDependency[Work], person_id: FromPath[UUID]
) -> Template:
    """What each version of a person changed."""
    person, place = await read_person(work, person_id), here()
    changes = await list_changes(work, person_id, place.profile)
    return page(request, "people/history.html", person=person, changes=changes)


async def _overtaken(
    request: Request[Any, Any, Any], work: Work, form: Form[PersonForm], person_id: UUID, *, with_address: bool
) -> Template:
    """The form with what was typed, for the version that is there now, below what the others changed meanwhile."""
    person = await get_person(work, person_id)
    if person.merged_into_id:
        raise Conflict(MERGED)
    theirs = [each for each in await list_changes(work, person_id, here().profile) if each.version > _version(form)]
    return await _form(
        request, work, form, person_id=person_id, version=str(person.version), with_address=with_address, status=409,
        theirs=theirs,
    )  # fmt: skip


def _version(form: Form[PersonForm]) -> int:
    said = form["version"]
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0


def _wrong(form: Form[PersonForm], refusal: Invalid) -> Form[PersonForm]:
    return form if form.errors else form.refused(named_as_typed(refusal, form))


async def _form(
    request: Request[Any, Any, Any],
    work: Work,
    form: Form[PersonForm],
    *,
    person_id: UUID | None = None,
    version: str = "",
    with_address: bool = True,
    status: int = 200,
    theirs: Sequence[Change] = (),
) -> Template:
    more = LISTS.get(form["add"], "")
    return page(
        request,
        "people/form.html",
        status=status,
        form=form,
        errors=form.errors,
        numbers=_lines(form, "identifiers", more),
        contacts=_lines(form, "contacts", more),
        members=await list_members(work) if work.may(Permission.USERS_MANAGE) else [],
        groups=await list_groups(work),
        person_id=person_id,
        version=version,
        with_address=with_address,
        theirs=theirs,
        profile=here().profile,
    )


def _lines(form: Form[PersonForm], name: str, more: str) -> list[Any]:
    there = form.rows(name, least=0)
    return form.rows(name, least=max(1, len(there) + (more == name)))


ROUTES = [
    show_list,
    show_form,
    take_form,
    show_person,
    show_correction,
    take_correction,
    show_history,
    *merging_routes.ROUTES,
    *chronology_routes.ROUTES,
]
