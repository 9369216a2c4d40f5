"""A school with an inspector in its reading room: a pack that was really made, a question, an answer, a note."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor, ActorKind, system
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.evidence.making import Workshop, make_pack
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.requesting import request_incident_pack
from safeguard.evidence.sealing import FileKeySigner
from safeguard.evidence.weekly import make_report
from safeguard.incidents.chapter import IncidentChapter
from safeguard.incidents.recording import record_incident
from safeguard.inspection.inviting import NewInspection, begin_inspection, give_pack
from safeguard.inspection.noting import answer, write
from safeguard.jobs.claiming import claimed
from safeguard.strongbox import objects
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION
from tests.factories.organisations import make_person

JOB = "select id from jobs.job where subject_id = $1"
ADDRESS = "select email from memberships where user_id = $1"
PURPOSE = "Routine inspection. We look at how incidents online are recorded, decided and followed up."


@dataclass(frozen=True, slots=True)
class Inspected:
    """Who reads what."""

    inspector: Actor
    inspection: UUID
    read_pack: UUID
    read_record: UUID
    week: UUID
    """A weekly report of who looked at what."""


NOBODY_YET = Inspected(
    Actor(ActorKind.PERSON, UUID(int=0), None, frozenset(), ""), UUID(int=0), UUID(int=0), UUID(int=0), UUID(int=0)
)


async def let_in(lead: Actor, addresses: Addresses, data: Path) -> Inspected:
    """An inspector who read, asked and noted."""
    user_id, name = await make_person(lead.organisation_id, (Role.INSPECTOR,))
    inspector = Actor(ActorKind.PERSON, lead.organisation_id, user_id, frozenset({Role.INSPECTOR}), name)
    async with begin(lead) as work:
        email = str(await work.driver.fetchval(ADDRESS, user_id))
        today = clock.now().date()
        new = NewInspection(
            "Ina Featherstonehaugh-Sample", email, "ofsted_school", PURPOSE, live=(today - timedelta(days=400), today)
        )
        inspection = (await begin_inspection(work, new)).id
    pack, record = await made_pack(lead, addresses, data)
    async with begin(lead) as work:
        await give_pack(work, inspection, pack, "records")
    async with begin(inspector) as work:
        question = await write(work, inspection, "question", "Who decided that no referral was needed, and when?")
        await write(work, inspection, "question", "May I see the filtering checks of this term?")
        await write(work, inspection, "note", "Decision is dated and has its reason. Ask for the follow-up.")
    async with begin(lead) as work:
        words = "I did, on the same day; it stands in version 2 of the record."
        await answer(work, inspection, question, words, pack)
    async with begin(system(lead.organisation_id)) as work:
        week = await make_report(work, FileKeySigner(bytes(range(32)), "safeguard.example", addresses.signer))
    assert week is not None
    return Inspected(inspector, inspection, pack, record, week)


async def made_pack(lead: Actor, addresses: Addresses, data: Path) -> tuple[UUID, UUID]:
    """A pack of an incident, where the running service finds it; and the incident."""
    signer = FileKeySigner(bytes(range(32)), "safeguard.example", addresses.signer)
    shelf = objects.open_store((data / "objects").as_uri())
    async with begin(lead) as work:
        incident = (await record_incident(work, IMPERSONATION, profile_of("school"))).facts.id
    async with begin(lead) as work:
        pack = await request_incident_pack(work, IncidentChapter(), incident, Disclosure.COMPLETE)
    async with begin(lead) as work:
        job = UUID(str(await work.driver.fetchval(JOB, pack)))
    async with claimed(job) as taken:
        assert taken is not None
        await make_pack(*taken, Workshop(signer, shelf, IncidentChapter(), data / "bench"))
    return pack, incident
