"""An organisation in which everybody stands in each relation to an object of each kind.

What is whose is made by the verbs that people use; only files are rows: what lies in one is no matter here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias
from unittest.mock import patch
from uuid import UUID

from safeguard import clock, work
from safeguard.access.actors import Actor
from safeguard.access.policy import ALLOWED, Permission
from safeguard.access.roles import Role
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.database import pool
from safeguard.evidence.packs import chapters
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.requesting import request_incident_pack
from safeguard.incidents.adding import add_entry
from safeguard.incidents.hiding import circle
from safeguard.incidents.hiding.standing_in import standing_in
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.people.merging import merge
from safeguard.people.recording import record_person
from safeguard.work import begin
from tests.factories.incidents import ACTION, SCHOOL
from tests.factories.people import called
from tests.referrals.making import make_referral
from tests.web.registered import registers_of
from tests.web.rostered import roster_of, staff_roster_of
from tests.web.test_routes import ADD_FILE, NOBODY, ROLES, House
from tests.web.transferred import transfers_of

Relation: TypeAlias = Literal[
    "one's own", "somebody else's", "kept to them", "kept from them", "about them", "about every lead", "another's"
]
"""How somebody stands to an object; the last is another organisation's."""

LEADS: Final = (Role.LEAD, Role.DEPUTY)
LEADING: Final = """
select m.user_id, m.name, m.roles from memberships m
where m.organisation_id = %s and m.state = 'active' and m.roles && '{lead,deputy}'
"""

Objects = dict[str, str]


@dataclass
class Related:
    """The objects of each kind, by relation and by who asks; what is not there is in no such relation to them."""

    house: House
    incidents: dict[tuple[Relation, Role], Objects] = field(default_factory=dict[tuple[Relation, Role], Objects])
    concerns: dict[tuple[Relation, Role], Objects] = field(default_factory=dict[tuple[Relation, Role], Objects])
    others: dict[tuple[Relation, Role], Objects] = field(default_factory=dict[tuple[Relation, Role], Objects])
    """People, files that go and come, policies, events and rosters."""


async def relate(house: House) -> Related:
    """Make them all in the house."""
    made = Related(house)
    for role in ROLES:
        await house.person(role)
    await _incidents(made)
    await _concerns(made)
    await _others(made)
    for kind in (made.incidents, made.concerns, made.others):
        kind.update({("another's", role): {**house.objects, **house.theirs} for role in ROLES})
    return made


async def _incidents(made: Related) -> None:
    people = made.house.people
    lead, deputy, reporter = people[Role.LEAD], people[Role.DEPUTY], people[Role.REPORTER]
    pastoral = people[Role.PASTORAL]
    elses, shared = await _incident(made.house, pastoral, lead), await _incident(made.house, reporter, lead)
    await _keep(lead, shared, deputy)
    every = await made.house.owner.execute(LEADING, (made.house.organisation,))
    names = [row[1] for row in await every.fetchall()]
    vaulted = await _incident(made.house, pastoral, None, *names)
    for role in ROLES:
        other = deputy if role is Role.LEAD else lead
        if role in ALLOWED[Permission.INCIDENT_RECORD]:
            made.incidents["one's own", role] = await _incident(made.house, people[role], other)
        made.incidents["somebody else's", role] = elses if role is not Role.PASTORAL else shared
        if role in LEADS:
            made.incidents["kept to them", role] = shared
        made.incidents["kept from them", role] = kept = await _incident(made.house, pastoral, other)
        await _keep(other, kept)
        if role is Role.PASTORAL:
            made.incidents["kept from them", role] = made.incidents["kept from them", Role.REPORTER]
        who = reporter if role is Role.PASTORAL else pastoral
        made.incidents["about them", role] = await _incident(made.house, who, other, people[role].name)
        if role is not Role.PASTORAL:
            made.incidents["about every lead", role] = vaulted


async def _incident(house: House, reporter: Actor, handler: Actor | None, *alleged: str) -> Objects:
    """An incident, and of everything that an incident has one, made by who handles it."""
    named = tuple(NewPerson(name=name, role="alleged", kind="adult") for name in alleged)
    told = (NewPerson(name="Ana Brook", role="affected", kind="child"), *named)
    async with begin(reporter, purpose="session") as unit:
        facts = await record_incident(unit, NewIncident(narrative="Words.", people=told), SCHOOL)
    incident = facts.facts.id
    made = {"incident_id": str(incident), "someone_id": str(facts.people[0].id), "version": "1"}
    if handler is None:  # nobody but the head, who writes in the vault
        async with begin(house.people[Role.HEAD], purpose="session") as unit, standing_in(unit, incident):
            made["entry_id"] = str((await add_entry(unit, incident, ACTION)).id)
        mine = {**house.objects, **made}
        return {name: value for name, value in mine.items() if name not in {"referral_id", "pack_id"}}
    async with begin(handler, purpose="session") as unit:
        made["entry_id"] = str((await add_entry(unit, incident, ACTION)).id)
    made["referral_id"] = str(await make_referral(handler, incident))
    if not alleged:  # of what the restricted log holds no pack is made
        async with begin(handler, purpose="session") as unit:
            pack = await request_incident_pack(unit, chapters.bound(), incident, Disclosure.MINIMAL)
        made["pack_id"] = str(pack)
    file_id = clock.new_id()
    await house.owner.execute(ADD_FILE, (house.organisation, file_id, incident, bytes(32), str(file_id)))
    here = {name: value for name, value in house.objects.items() if name != "pack_id"}
    return here | made | {"file_id": str(file_id)}


async def _keep(handler: Actor, incident: Objects, *to: Actor) -> None:
    chosen = tuple(person.user_id for person in to if person.user_id)
    async with begin(handler, purpose="session") as unit:
        await circle.confine(unit, UUID(incident["incident_id"]), chosen, "The family knows most of the staff.")


async def _concerns(made: Related) -> None:
    people = made.house.people
    for role in ROLES:
        other = people[Role.PASTORAL if role is Role.REPORTER else Role.REPORTER]
        if role in ALLOWED[Permission.CONCERN_RAISE]:
            made.concerns["one's own", role] = await _concern(made.house, people[role], "Jo Sample")
        made.concerns["somebody else's", role] = await _concern(made.house, other, "Jo Sample")
        made.concerns["about them", role] = await _concern(made.house, other, people[role].name)


async def _concern(house: House, by: Actor, about: str) -> Objects:
    async with begin(by, purpose="session") as unit:
        raised = await raise_concern(unit, NewConcern(subject_name=about, narrative="Words."))
    return house.objects | {"concern_id": str(raised.id), "reference": raised.reference}


async def _others(made: Related) -> None:
    """Of what has no circle: one's own is what one made, and somebody else's what another lead did."""
    people = made.house.people
    by = {role: await _of(made.house, people[role]) for role in LEADS}
    for role in ROLES:
        if role in LEADS:
            made.others["one's own", role] = by[role]
        made.others["somebody else's", role] = by[Role.DEPUTY if role is Role.LEAD else Role.LEAD]


async def _of(house: House, lead: Actor) -> Objects:
    async with begin(lead) as unit:
        kept, other = [await record_person(unit, called("Ana", family), SCHOOL) for family in ("Brook", "Brooke")]
        merged = await merge(unit, kept.id, other.id, "The office says that these are one child.")
    made = {"person_id": str(kept.id), "merge_id": str(merged), "staff_run_id": await staff_roster_of(lead)}
    return house.objects | made | await roster_of(lead) | await transfers_of(lead) | await registers_of(lead)


def nothing(objects: Objects) -> Objects:
    """The same with ids that never were."""
    made_up = {name: NOBODY for name in objects if name.endswith("_id")}
    return objects | made_up | {"reference": "ZZZ-999"}


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Let every request do what it does and undo it at its end: each finds everything as it was made."""
    undone = work.FINISH.replace("; commit", f"; {pool.ROLLBACK}")
    with patch.object(pool, "COMMIT", pool.ROLLBACK), patch.object(work, "FINISH", undone):
        yield
