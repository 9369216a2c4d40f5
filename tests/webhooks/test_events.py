"""Each event that another program can ask for is told by what really happens, and by nothing else of that moment."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.channel import receiving
from safeguard.channel.bodies import Message
from safeguard.channel.keys import own_keys
from safeguard.database.bootstrap import Addresses
from safeguard.evidence.making import Workshop
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.requesting import request_incident_pack
from safeguard.evidence.sealing import FileKeySigner
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.assigning import assign
from safeguard.incidents.chapter import IncidentChapter
from safeguard.incidents.recording import record_incident
from safeguard.referrals.receiving import receive
from safeguard.referrals.referring import refer
from safeguard.strongbox import objects
from safeguard.webhooks import hooking
from safeguard.work import begin
from tests.channel.conftest import Channel, Kept
from tests.evidence.test_making import make
from tests.factories.incidents import IMPERSONATION, SCHOOL
from tests.referrals.making import OPENED
from tests.webhooks.conftest import Program
from tests.webhooks.test_telling import hook_of, work_off

pytestmark = pytest.mark.anyio


async def told(lead: Actor, program: Program) -> list[tuple[str, str]]:
    """What the program hears when the workers have done what waits: events and what they are about."""
    await work_off(lead.organisation_id)
    heard = [json.loads(body) for _, body in program.taken]
    program.taken.clear()
    return [(one["event"], one["subject"]) for one in heard]


async def test_an_incident_that_is_received_and_given_to_somebody_is_told_each_time(
    someone: Any, program: Program
) -> None:
    lead = await someone(Role.LEAD)
    reporter = await someone(Role.REPORTER, organisation=lead.organisation_id)
    await hook_of(lead, program, *hooking.EVENTS)
    async with begin(reporter) as work:
        facts = (await record_incident(work, IMPERSONATION, SCHOOL)).facts
    subject = str(facts.id)
    assert await told(lead, program) == [("incident.recorded", subject)]
    async with begin(lead) as work:
        facts = await acknowledge(work, facts.id, facts.version)
    assert await told(lead, program) == [("incident.acknowledged", subject)]
    async with begin(lead) as work:
        await assign(work, facts.id, facts.version, lead.user_id)
    assert await told(lead, program) == [("incident.assigned", subject)]


async def test_what_the_helpline_answers_is_told(someone: Any, program: Program, addresses: Addresses) -> None:
    lead, helpline = await someone(Role.LEAD), await someone(Role.SUPERVISOR, kind="helpline")
    channel = Channel(lead, helpline, FileKeySigner(b"l" * 32, "safeguard.test", addresses.signer), Kept(), Kept())
    receiving.bind(helpline=channel.at_helpline, referrer=receive)
    for there in (lead, helpline):
        async with begin(system(there.organisation_id)) as work:
            await own_keys(work)
    await hook_of(lead, program, "referral.answered")
    async with begin(lead) as work:
        incident = (await record_incident(work, IMPERSONATION, SCHOOL)).facts.id
    async with begin(lead) as work:
        opened = msgspec.structs.replace(OPENED, question="Who is it?")
        referral: UUID = (await refer(work, incident, opened, helpline.organisation_id, ())).id
    await channel.carry()
    await channel.open()
    assert await told(lead, program) == []
    await channel.reply(Message(referral=referral, id=clock.new_request_id(), author="Desk", words="We know it."))
    await channel.reply_all()
    assert await told(lead, program) == [("referral.answered", str(referral))]


async def test_a_pack_is_told_once_it_can_be_downloaded(
    someone: Any, program: Program, addresses: Addresses, tmp_path: Path
) -> None:
    lead = await someone(Role.LEAD)
    await hook_of(lead, program, "pack.made")
    async with begin(lead) as work:
        incident = (await record_incident(work, IMPERSONATION, SCHOOL)).facts.id
    async with begin(lead) as work:
        pack_id = await request_incident_pack(work, IncidentChapter(), incident, Disclosure.MINIMAL)
    assert await told(lead, program) == []
    shelf = objects.open_store((tmp_path / "objects").as_uri())
    signer = FileKeySigner(b"l" * 32, "safeguard.test", addresses.signer)
    pack = await make(lead, pack_id, Workshop(signer, shelf, IncidentChapter(), tmp_path / "bench"))
    assert pack.state == "ready"
    assert await told(lead, program) == [("pack.made", str(pack_id))]
