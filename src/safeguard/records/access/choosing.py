"""Whom a request is about, where the head writes it down: a lead, or somebody for whom a lead asks.

A head does not read the list of people. So they choose among those who lead, or write a name in full as it is kept;
whether there is such a name is told to nobody, beyond that the head answers for them or does not.
"""

from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.people.documents import person_document
from safeguard.people.person import Person
from safeguard.people.writing import insert
from safeguard.records.access.folding import folded, folded_in
from safeguard.records.access.handling import OF_LEADS
from safeguard.work import Work

LEADS: Final = """
select m.user_id, m.name from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.state = 'active' and m.kind = 'person'
    and m.user_id <> $1 and sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && array['lead', 'deputy']
order by m.name, m.user_id limit 50
"""
CALLED: Final = f"""
select p.id from public.people p
where p.organisation_id = (select sec.current_organisation()) and p.merged_into_id is null
    and $1 in ({folded_in("concat_ws(' ', p.given_name, p.family_name)")},
               {folded_in("concat_ws(' ', p.known_as, p.family_name)")})
    and ($2::text is null or p.kind = $2 and p.user_id is null)
limit 2
"""  # noqa: S608  our own constants
OF_ACCOUNT: Final = """
select coalesce(p.merged_into_id, p.id) from public.people p
where p.organisation_id = (select sec.current_organisation()) and p.user_id = $1
"""
SOMEBODY_ELSE: Final = "other"


class Lead(msgspec.Struct, frozen=True):
    """Somebody who leads here."""

    user_id: UUID
    name: str


async def list_leads(work: Work) -> tuple[Lead, ...]:
    """Leads and deputies, but for whoever asks."""
    work.require(Permission.RECORDS_ANSWER)
    return tuple(Lead(*row) for row in await work.driver.fetch(LEADS, work.actor.user_id))


async def whom(work: Work, chosen: str, named: str) -> UUID:
    """Their line on the list of people, which a lead gets now who has none; raises `Invalid`."""
    lead = next((each for each in await list_leads(work) if str(each.user_id) == chosen), None)
    if lead:
        return await _line_of(work, lead)
    if chosen != SOMEBODY_ELSE:
        raise Invalid(FieldError("person", "Choose whom it is about."))
    if not named:
        raise Invalid(FieldError("named", "Write their name in full, as it is kept."))
    found = await work.driver.fetch(CALLED, folded(named), None)
    if len(found) != 1:
        raise Invalid(FieldError("named", OF_LEADS))
    return UUID(str(found[0][0]))


async def _line_of(work: Work, lead: Lead) -> UUID:
    line: UUID | None = await work.driver.fetchval(OF_ACCOUNT, lead.user_id)
    if line:
        return line
    alike = await work.driver.fetch(CALLED, folded(lead.name), "adult")
    return UUID(str(alike[0][0])) if len(alike) == 1 else await _record(work, lead)


async def _record(work: Work, lead: Lead) -> UUID:
    given, _, family = lead.name.rpartition(" ")
    now = work.now()
    person = Person(
        id=clock.new_id(), kind="adult", given_name=given, family_name=family, user_id=lead.user_id, recorded_at=now,
        recorded_by=work.actor.user_id, recorded_by_name=work.actor.name, changed_at=now,
    )  # fmt: skip
    await insert(work, person)
    work.record("person.recorded", person.id, document=person_document(person))
    return person.id
