"""Giving an action of an incident in the vault to somebody, where no lead is left who could: from whoever had it, or
from nobody, by an entry that takes the place of the earlier one. Both stay in the story.

Offered are those alone who take care of the vault and may know of this incident. Anybody else is written by name, as a
lead does it, and whoever is kept from the incident is refused however they are written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final
from uuid import UUID

import msgspec

from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.forms import Known
from safeguard.incidents.hiding.standing_in import standing_in
from safeguard.incidents.reports import NAME_LIMIT
from safeguard.incidents.standing import standing
from safeguard.incidents.story import Entry, Story
from safeguard.web.forms import Day, Text
from safeguard.work import Work

KEEPERS: Final = """
select m.user_id as id, m.name from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.state = 'active' and m.kind = 'person'
    and ('head' = any (m.roles) or exists (
        select from public.vault_people v
        where v.organisation_id = m.organisation_id and v.user_id = m.user_id and v.ended_at is null))
    and m.user_id = any ((select sec.who_may_know($1, array(
        select p.user_id from public.memberships p
        where p.organisation_id = m.organisation_id and p.state = 'active')))::uuid[])
    and sec.can_act(m.user_id)
order by m.name, m.user_id
"""
ONE: Final = "Choose one of them, or write a name, not both."
WHO: Final = "Say who will do it."


class Keeper(msgspec.Struct, frozen=True):
    """Somebody who takes care of the vault and may know of the incident."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class GiveForm:
    """Who does it, and by when."""

    keeper: Annotated[UUID | None, Known()]
    owner: Annotated[str, Text(longest=NAME_LIMIT)]
    due_on: Annotated[date | None, Day(past=False)]


def open_action(story: Story, entry_id: UUID) -> Entry:
    """The action that is to be given; raises `NotFound` for what is none, and for one that is done or replaced."""
    found = (entry for entry in standing(story).open_actions if entry.id == entry_id)
    action = next(found, None) if story.facts.state != "closed" else None
    if action is None:
        raise NotFound
    return action


async def list_keepers(work: Work, incident_id: UUID) -> Sequence[Keeper]:
    """To whom it can be given."""
    return [Keeper(*row) for row in await work.driver.fetch(KEEPERS, incident_id)]


async def give(work: Work, action: Entry, said: GiveForm) -> Entry:
    """Give it on; raises `Invalid` for nobody, for two, and for somebody from whom the incident is kept."""
    if not said.keeper and not said.owner:
        raise Invalid(FieldError("keeper", WHO))
    if said.keeper and said.owner:
        raise Invalid(FieldError("owner", ONE))
    keeper = next((one for one in await list_keepers(work, action.incident_id) if one.id == said.keeper), None)
    if said.keeper and keeper is None:
        raise Invalid(FieldError("keeper", WHO))
    new = NewEntry(
        kind="action", words=action.words, reason=action.reason, due_on=said.due_on, shared=action.shared,
        owner_id=keeper.id if keeper else None, owner_name=keeper.name if keeper else said.owner,
        supersedes_id=action.id,
    )  # fmt: skip
    if (new.owner_id or new.owner_name) == (action.owner_id or action.owner_name) and new.due_on == action.due_on:
        raise Conflict("Nothing is different, so nothing was saved.")
    async with standing_in(work, action.incident_id):
        return await add_entry(work, action.incident_id, new)
