"""Assigning: one person is named who handles an incident, so that everybody else knows that somebody does."""

from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import ALLOWED, Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.incidents.acknowledging import received
from safeguard.incidents.changing import insert_entry, new_entry, open_one, save
from safeguard.incidents.entering import too_long
from safeguard.incidents.reports import tidy
from safeguard.incidents.story import Facts
from safeguard.work import Work

HANDLERS: Final = """
select m.user_id as id, m.name from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.state = 'active'
    and sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && $1::text[] and sec.can_act(m.user_id)
order by m.name, m.user_id
"""
MAY_KNOW: Final = "select sec.who_may_know($1, $2)"


class Handler(msgspec.Struct, frozen=True):
    """Somebody to whom an incident can be given."""

    id: UUID
    name: str


async def list_handlers(work: Work, incident_id: UUID | None = None) -> tuple[Handler, ...]:
    """Everybody here whose role lets them handle incidents; with an incident, those who may know of it."""
    roles = [str(role) for role in ALLOWED[Permission.INCIDENT_TRIAGE]]
    handlers = tuple(Handler(*row) for row in await work.driver.fetch(HANDLERS, roles))
    if incident_id is None:
        return handlers
    known = await work.driver.fetchval(MAY_KNOW, incident_id, [handler.id for handler in handlers]) or ()
    return tuple(handler for handler in handlers if handler.id in known)


async def assign(work: Work, incident_id: UUID, version: int, handler_id: UUID | None, words: str = "") -> Facts:
    """Give an incident to somebody, or to nobody; raises `Invalid` for somebody who cannot handle it."""
    work.require(Permission.INCIDENT_TRIAGE)
    words = tidy(words)
    if errors := too_long({"words": words}):
        raise Invalid(*errors)
    story = await open_one(work, incident_id, version)  # first: who may not know of it learns nothing by whom they name
    handler = await _handler(work, incident_id, handler_id) if handler_id else None
    if story.facts.assigned_to == handler_id:
        raise Conflict("Nothing is different, so nothing was saved.")
    facts = await received(work, story)
    name = handler.name if handler else ""
    entry = new_entry(work, incident_id, "assignment", words=words, owner_id=handler_id, owner_name=name)
    await insert_entry(work, entry)
    return await save(work, facts, story.people, "incident.assigned", assigned_to=handler_id, assigned_name=name)


async def _handler(work: Work, incident_id: UUID, handler_id: UUID) -> Handler:
    found = [handler for handler in await list_handlers(work) if handler.id == handler_id]
    if not found:
        raise Invalid(FieldError("handler", "Choose somebody here who handles incidents."))
    if found[0] not in await list_handlers(work, incident_id):
        raise Conflict("This record is kept from them, so somebody else has to handle it.")
    return found[0]
