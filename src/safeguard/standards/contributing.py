"""Putting a resource or a question of one's own into the library, changing it, and taking it out again."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document, JSONValue
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.standards.contributed import OwnResource, get_own
from safeguard.standards.resources import QUESTION
from safeguard.work import Work

KINDS: Final = ("guidance", "service", QUESTION)
MOST: Final = 200
"""Own resources and questions that are shown at once: the library is one page."""
MOST_LINKS: Final = 10
TITLE_LIMIT: Final = 200
SUMMARY_LIMIT: Final = 2_000
LINK_LIMIT: Final = 300

COUNT: Final = """
select count(*) from public.own_resources r
where r.organisation_id = (select sec.current_organisation()) and r.withdrawn_at is null
"""
ADD: Final = """
insert into public.own_resources (organisation_id, id, kind, title, summary, links, controls, risk_areas, issues,
    added_at, added_by, added_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
CHANGE: Final = """
update public.own_resources r set kind = $3, title = $4, summary = $5, links = $6, controls = $7, risk_areas = $8,
    issues = $9, version = r.version + 1
where r.organisation_id = (select sec.current_organisation()) and r.id = $1 and r.version = $2
    and r.withdrawn_at is null
"""
WITHDRAW: Final = """
update public.own_resources r set withdrawn_at = $3, withdrawn_reason = $4, version = r.version + 1
where r.organisation_id = (select sec.current_organisation()) and r.id = $1 and r.version = $2
    and r.withdrawn_at is null
"""


@dataclass(frozen=True, slots=True)
class NewResource:
    """What somebody says of a resource."""

    kind: str
    title: str
    summary: str
    links: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    risk_areas: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Belonging:
    """The codes that a resource may name: controls of the built-in framework, risk areas and issues of the profile."""

    controls: frozenset[str]
    risk_areas: frozenset[str]
    issues: frozenset[str]


async def add_resource(work: Work, new: NewResource, known: Belonging) -> UUID:
    """Put it into the library; its id. Raises `Invalid`."""
    work.require(Permission.RESOURCES_KEEP)
    errors = _wrong(new, known)
    if int(await work.driver.fetchval(COUNT) or 0) >= MOST:
        errors.append(
            FieldError("title", f"{MOST} resources and questions of your own are the most. Withdraw one first.")
        )
    if errors:
        raise Invalid(*errors)
    new_id = clock.new_id()
    await work.driver.execute(ADD, new_id, *_values(new), work.now(), work.actor.user_id, work.actor.name)
    work.record("resource.added", new_id, document=Document("resource", new_id, 1, _fields(new)))
    return new_id


async def change_resource(work: Work, resource_id: UUID, new: NewResource, known: Belonging, seen: int) -> None:
    """Say it otherwise: another version. Raises `Invalid`, and `Conflict` where somebody else was first.

    A question stays one: callers of a helpline are pointed to what is none.
    """
    work.require(Permission.RESOURCES_KEEP)
    errors = _wrong(new, known)
    if ((await get_own(work, resource_id)).kind == QUESTION) is not (new.kind == QUESTION):
        errors.append(FieldError("kind", "A question stays a question. Withdraw it, and add what it is now."))
    if errors:
        raise Invalid(*errors)
    if await work.driver.execute(CHANGE, resource_id, seen, *_values(new)) != "UPDATE 1":
        raise Conflict
    document = Document("resource", resource_id, seen + 1, _fields(new))
    work.record("resource.changed", resource_id, document=document)


async def withdraw_resource(work: Work, resource_id: UUID, reason: str, seen: int) -> None:
    """Show it no more, and say why. Raises `Invalid`, and `Conflict` where somebody else was first."""
    work.require(Permission.RESOURCES_KEEP)
    if not reason:
        raise Invalid(FieldError("reason", "Say why it is not shown any more."))
    before, at = await get_own(work, resource_id), work.now()
    if await work.driver.execute(WITHDRAW, resource_id, seen, at, reason) != "UPDATE 1":
        raise Conflict
    fields = _fields(_said(before)) | {"withdrawn_at": at.isoformat(), "withdrawn_reason": reason}
    work.record("resource.withdrawn", resource_id, document=Document("resource", resource_id, seen + 1, fields))


def _wrong(new: NewResource, known: Belonging) -> list[FieldError]:
    errors: list[FieldError] = []
    asks = new.kind == QUESTION
    if new.kind not in KINDS:
        errors.append(FieldError("kind", "Choose whether it says what to do or where to turn."))
    if not new.title:
        errors.append(FieldError("title", "Write the question." if asks else "Give it a title."))
    if not new.summary:
        errors.append(FieldError("summary", "Write the answer." if asks else "Say what it is and when it helps."))
    if len(new.links) > MOST_LINKS or any(len(link) > LINK_LIMIT for link in new.links):
        errors.append(FieldError("links", f"{MOST_LINKS} lines of {LINK_LIMIT} characters each are the most."))
    for name in ("controls", "risk_areas", "issues"):
        if not set(getattr(new, name)) <= getattr(known, name):
            errors.append(FieldError(name, "Choose from the answers on the page."))
    return errors


def _said(resource: OwnResource) -> NewResource:
    return NewResource(**{name: getattr(resource, name) for name in NewResource.__slots__})


def _values(new: NewResource) -> tuple[Any, ...]:
    lists = (new.links, new.controls, new.risk_areas, new.issues)
    return (new.kind, new.title, new.summary, *(list(each) for each in lists))


def _fields(new: NewResource) -> dict[str, JSONValue]:
    fields: dict[str, JSONValue] = {"kind": new.kind, "title": new.title, "summary": new.summary}
    for name in ("links", "controls", "risk_areas", "issues"):
        fields[name] = [*getattr(new, name)]
    return fields
