"""Two organisations with a channel between them, and the carrier's steps one by one."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import pytest

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.channel import receiving
from safeguard.channel.answering import answer
from safeguard.channel.bodies import Basis, Body, Message, Opened
from safeguard.channel.correspondents import Correspondent
from safeguard.channel.keys import own_keys
from safeguard.channel.opening import open_next
from safeguard.channel.sending import carry, send
from safeguard.evidence.sealing import FileKeySigner
from safeguard.work import Work, begin


def opened(referral: UUID | None = None, **more: object) -> Opened:
    """A referral as short as one can be."""
    told = {
        "reference": "QRS-234", "organisation": "Sample school", "organisation_kind": "school", "nation": "england",
        "contact_name": "Sam Lead", "contact_role": "Lead", "asked": ("advice",), "question": "What can we do?",
        "basis": Basis(lawful_basis="public_task", condition="safeguarding", reason="To keep a child safe."),
    }  # fmt: skip
    return Opened(referral=referral or clock.new_request_id(), **{**told, **more})


def message(referral: UUID, words: str) -> Message:
    return Message(referral=referral, id=clock.new_request_id(), author="Sam", words=words)


@dataclass
class Kept:
    """A receiver that keeps what it is given."""

    bodies: list[tuple[UUID, Body]] = field(default_factory=list)
    fault: Exception | None = None
    faulty: str | None = None
    """Words of the only message that the fault is about; None for all."""
    restricted: str | None = None
    """Words of a message that is about a restricted incident."""

    async def __call__(self, work: Work, sender: Correspondent, body: Body) -> None:
        words = body.words if isinstance(body, Message) else ""
        if self.fault and self.faulty in {None, words}:
            raise self.fault
        if self.restricted == words:
            work.restrict()
        self.bodies.append((sender.id, body))


@dataclass
class Channel:
    """A school and a helpline."""

    school: Actor
    helpline: Actor
    signer: FileKeySigner
    at_helpline: Kept
    at_school: Kept

    def key_of_log(self, origin: str) -> bytes:
        return self.signer.signer_of(origin).public

    async def send(self, body: Body) -> UUID:
        async with begin(self.school) as work:
            return await send(work, self.helpline.organisation_id, body)

    async def carry(self) -> int:
        async with begin(system(self.school.organisation_id)) as work:
            return await carry(work, self.helpline.organisation_id)

    async def open(self) -> int:
        return await self._open(self.helpline, self.school)

    async def answer(self) -> int:
        async with begin(system(self.helpline.organisation_id)) as work:
            return await answer(work, self.school.organisation_id, self.signer)

    async def open_receipts(self) -> int:
        return await self._open(self.school, self.helpline)

    async def all(self) -> None:
        """Everything that the carrier does, once."""
        await self.carry()
        await self.open()
        await self.answer()
        await self.open_receipts()

    async def reply(self, body: Body) -> UUID:
        async with begin(self.helpline) as work:
            return await send(work, self.school.organisation_id, body)

    async def reply_all(self) -> None:
        """Everything that the carrier does the other way, but for the receipts."""
        async with begin(system(self.helpline.organisation_id)) as work:
            await carry(work, self.school.organisation_id)
        await self._open(self.school, self.helpline)

    def now(self) -> datetime:
        return clock.now()

    async def outgoing(self) -> list:
        async with begin(system(self.school.organisation_id)) as work:
            return await work.driver.fetch("select * from channel_outbox order by put_at, id")

    async def arrived(self) -> list:
        async with begin(system(self.helpline.organisation_id)) as work:
            return await work.driver.fetch("select * from channel_inbox where what = 'envelope' order by sequence")

    async def _open(self, here: Actor, other: Actor) -> int:
        count, more = 0, True
        while more:
            async with begin(system(here.organisation_id)) as work:
                more = await open_next(work, other.organisation_id, self.key_of_log)
                count += more
        return count


@pytest.fixture
async def channel(someone, addresses):
    school, helpline = await someone(Role.LEAD), await someone(Role.SUPERVISOR, kind="helpline")
    for there in (school, helpline):
        async with begin(system(there.organisation_id)) as work:
            await own_keys(work)
    ends = Kept(), Kept()
    receiving.bind(helpline=ends[0], referrer=ends[1])
    yield Channel(school, helpline, FileKeySigner(b"l" * 32, "safeguard.test", addresses.signer), *ends)
