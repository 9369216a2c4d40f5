"""Files that go with a referral, for tests: attached, chosen, carried and taken in as the workers do it."""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from obstore.store import ObjectStore

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.attachments.attaching import attach
from safeguard.channel import receiving
from safeguard.channel.keys import own_keys
from safeguard.helpline.files.arriving import carried
from safeguard.helpline.files.checking import check_file
from safeguard.helpline.files.queries import CaseFile, list_files
from safeguard.helpline.files.taking import take_in
from safeguard.incidents.queries import read_incident
from safeguard.keys.wrapping import Key
from safeguard.referrals.composing import Refer, compose
from safeguard.referrals.enclosing import FileToSend
from safeguard.referrals.receiving import receive
from safeguard.referrals.record import Referral
from safeguard.referrals.referring import refer
from safeguard.referrals.travelling import seal_file
from safeguard.strongbox import objects
from safeguard.strongbox.sealing import unseal
from safeguard.tenancy.profiles import profile_of
from safeguard.web.uploading import Upload
from safeguard.web.viewing import Organisation
from safeguard.work import begin
from tests.channel.conftest import Channel
from workers.carrying import receive_case

CLEAN = "update attachments set state = 'clean', scanned_at = now(), scanner = 'ClamAV' where id = $1"
NEWEST = "select id from helpline_cases order by received_at desc limit 1"
STATES = "select id, state, fault from referral_files order by id"


async def attach_file(lead: Actor, incident_id: UUID, name: str, media_type: str, whole: bytes, *, clean: bool = True):
    """A file of the incident, checked unless it is said otherwise."""
    key, place = Key(clock.System().random_bytes(32)), f"files/{clock.System().random_bytes(16).hex()}"
    await objects.put(objects.current(), place, key, objects.once(whole))
    upload = Upload(name, "", media_type, len(whole), sha256(whole).digest(), place, key)
    async with begin(lead) as work:
        file = await attach(work, incident_id, upload, "", promised=True)
        if clean:
            await work.driver.execute(CLEAN, file.id)
    return file.id


@dataclass
class Crossing:
    """A referral with files on its way, step by step as the workers take it."""

    channel: Channel
    shelf: ObjectStore
    incident: UUID
    asked: dict[str, Any] = field(default_factory=dict)

    async def carried_key(self, file_id: UUID) -> Key:
        """The key under which a file travels, as the helpline keeps it."""
        async with begin(system(self.channel.helpline.organisation_id)) as work:
            sealed = await work.driver.fetchval("select carried_key from helpline_files where id = $1", file_id)
            return Key(await unseal(work, sealed, carried(file_id)))

    async def prepare(self) -> None:
        """Keys on both sides, and a helpline that opens cases."""
        receiving.bind(helpline=receive_case, referrer=receive)
        for there in (self.channel.school, self.channel.helpline):
            async with begin(system(there.organisation_id)) as work:
                await own_keys(work)

    async def refer(self, *chosen: FileToSend, issues: tuple[str, ...] = ()) -> Referral:
        """Compose and send as a form or a program does."""
        lead = self.channel.school
        wanted = Refer(
            asked=("advice",), question="What can we do?", lawful_basis="public_task", condition="safeguarding",
            reason="To keep somebody safe.", contact_name="Sam Lead", files=chosen, issues=issues,
        )  # fmt: skip
        place = Organisation(
            lead.organisation_id, "sample", "Sample School", "school", "england", "Europe/London", "active"
        )  # fmt: skip
        async with begin(lead) as work:
            story = await read_incident(work, self.incident)
            composed = compose(wanted, story, (), place, profile_of("school"))
            helpline = self.channel.helpline.organisation_id
            return await refer(work, self.incident, composed, helpline, (), [file.id for file in chosen])

    async def seal(self) -> None:
        """What `channel.enclose` does, for every file."""
        for row in await self.sent():
            async with begin(system(self.channel.school.organisation_id)) as work:
                await seal_file(work, row["id"], self.shelf)

    async def take(self) -> None:
        """What `channel.take` does, for every file."""
        for file in await self.files():
            async with begin(system(self.channel.helpline.organisation_id)) as work:
                await take_in(work, file.id, self.shelf)

    async def check(self, scanner_url: str) -> None:
        """What `case_file.check` does, for every file."""
        for file in await self.files():
            async with begin(system(self.channel.helpline.organisation_id)) as work:
                await check_file(work, file.id, self.shelf, scanner_url)

    async def sent(self) -> list[Any]:
        """How the files stand where they came from."""
        async with begin(system(self.channel.school.organisation_id)) as work:
            return list(await work.driver.fetch(STATES))

    async def case(self) -> UUID:
        """The helpline's case."""
        async with begin(self.channel.helpline) as work:
            return await work.driver.fetchval(NEWEST)

    async def files(self) -> tuple[CaseFile, ...]:
        """The files of the helpline's case."""
        case = await self.case()
        async with begin(self.channel.helpline) as work:
            return await list_files(work, case)
