"""The glass is broken for somebody, and never for whom a record is about; nor is the vault written by it."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.database.bootstrap import Addresses
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.records.holding import About, place_hold
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.isolation.test_glass_pages import broke_glass

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
OF_CONCERN = {
    "concerns": "select id from concerns", "exclusions": "select id from exclusions where concern_id is not null",
    "holds": "select id from record_holds where other_kind = 'concern'",
}  # fmt: skip
OF_INCIDENT = {
    "incidents": "select id from incidents", "exclusions": "select id from exclusions where incident_id is not null",
    "people": "select id from incident_people", "holds": "select id from record_holds where incident_id is not null",
}  # fmt: skip
HOLD = """
insert into record_holds (organisation_id, id, ground, reason, placed_at, placed_by_name, other_kind, other_id)
values ((select sec.current_organisation()), $1, 'police', 'So.', now(), '', 'concern', $2)
"""
EXCLUDE = """
insert into exclusions (organisation_id, id, concern_id, user_id, cause, since)
values ((select sec.current_organisation()), $1, $2, $3, 'named', now())
"""
PROPOSE = """
insert into proposals (organisation_id, id, act, subject_id, concern_id, details, told, reason, log, proposed_at,
    proposed_by, proposed_by_name, expires_at)
values ((select sec.current_organisation()), $1, 'concern.admit', $1, $2, '{}', 'So.', 'So.', 'restricted', now(),
    (select sec.current_user_id()), '', now() + interval '1 day')
"""
DISPOSE = """
insert into disposals (organisation_id, id, kind, subject_id, reference, ground, rule, asked_at, asked_by_name,
    subjects)
values ((select sec.current_organisation()), $1, 'concern', $2, '', 'period', '', now(), '', array[$2::uuid])
"""


async def seen(actor: Actor, statements: dict[str, str]) -> dict[str, int]:
    async with begin(actor, purpose="session") as work:
        return {name: len(await work.driver.fetch(text)) for name, text in statements.items()}


async def tried(actor: Actor, statement: str, *values: Any) -> str:
    """What the database says to it: `refused`, or what it did."""
    try:
        async with begin(actor, purpose="session") as work:
            return str(await work.driver.execute(statement, *values))
    except asyncpg.InsufficientPrivilegeError:
        return "refused"


async def alleged_in_concern(head: Actor, subject: Actor) -> UUID:
    async with begin(head) as work:
        concern = (await raise_concern(work, NewConcern(subject_name=subject.name, narrative="Was rude."))).id
    async with begin(head) as work:
        await place_hold(work, About("concern", concern), "police", "The police asked.")
    return concern


async def test_whom_a_concern_is_about_sees_none_of_it_through_the_glass(
    someone: Someone, addresses: Addresses
) -> None:
    head = await someone(Role.HEAD)
    subject = await someone(Role.LEAD, organisation=head.organisation_id)
    other = await someone(Role.LEAD, organisation=head.organisation_id)
    concern = await alleged_in_concern(head, subject)
    nothing = dict.fromkeys(OF_CONCERN, 0)
    assert await seen(other, OF_CONCERN) == nothing
    for reader in (subject, other):
        broke_glass(addresses, reader, 60)
    assert await seen(subject, OF_CONCERN) == nothing
    assert await seen(other, OF_CONCERN) == dict.fromkeys(OF_CONCERN, 1) == await seen(head, OF_CONCERN)
    assert await tried(subject, "update record_holds set lift_reason = 'x' where other_id = $1", concern) == "UPDATE 0"


async def test_nothing_of_the_vault_is_held_or_decided_through_the_glass(
    someone: Someone, addresses: Addresses
) -> None:
    head = await someone(Role.HEAD)
    subject = await someone(Role.LEAD, organisation=head.organisation_id)
    other = await someone(Role.LEAD, organisation=head.organisation_id)
    concern = await alleged_in_concern(head, subject)
    broke_glass(addresses, other, 60)
    lift = "update record_holds set lift_reason = 'x' where other_id = $1"
    for statement, values in (
        (lift, (concern,)), (HOLD, (clock.new_id(), concern)), (PROPOSE, (clock.new_id(), concern)),
        (DISPOSE, (clock.new_id(), concern)), (EXCLUDE, (clock.new_id(), concern, head.user_id)),
    ):  # fmt: skip
        assert await tried(other, statement, *values) == "refused", statement
        assert await tried(head, statement, *values) in ("INSERT 0 1", "UPDATE 1"), statement


async def test_whom_an_incident_alleges_sees_none_of_it_through_the_glass(
    someone: Someone, addresses: Addresses
) -> None:
    lead = await someone(Role.LEAD)
    subject = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    people = (NewPerson(name=subject.name, role="alleged", kind="adult"),)
    async with begin(lead) as work:
        made = await record_incident(work, NewIncident(narrative="A message was sent.", people=people), SCHOOL)
    async with begin(lead) as work:
        await place_hold(work, About("incident", made.facts.id), "police", "The police asked.")
    broke_glass(addresses, subject, 60)
    assert await seen(subject, OF_INCIDENT) == dict.fromkeys(OF_INCIDENT, 0)
    assert await seen(lead, OF_INCIDENT) == dict.fromkeys(OF_INCIDENT, 1)
