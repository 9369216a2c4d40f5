"""A school and a helpline of the demonstration that write to each other through the channel, as their people do.

The steps of the carrier are taken here one after another, so that both ends can be looked at at once, whether or not a
worker runs; one that does finds them done. Receipts are left to it: they need the signer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, cast
from uuid import UUID

from safeguard.access.actors import Actor, ActorKind, system
from safeguard.access.roles import Role
from safeguard.attachments.clamd import Verdict
from safeguard.channel import receiving
from safeguard.channel.bodies import Body
from safeguard.channel.correspondents import Correspondent
from safeguard.channel.keys import own_keys
from safeguard.channel.opening import open_all
from safeguard.channel.receipts import KeyOfLog
from safeguard.channel.sending import carry
from safeguard.helpline import receiving as desk
from safeguard.helpline.files import checking, taking
from safeguard.helpline.files.queries import list_files
from safeguard.helpline.queries import find_by_origin
from safeguard.referrals.receiving import receive
from safeguard.referrals.travelling import seal_file
from safeguard.strongbox import objects
from safeguard.tenancy.profiles import profile_of
from safeguard.web.viewing import Organisation
from safeguard.work import Work, begin

WRITTEN_HERE: Final = Verdict(clean=True, finding="", scanner="no scanner: this program wrote the file itself")
PLACE: Final = """
select o.id, o.slug, o.name, o.kind, o.nation, o.time_zone, o.state from public.organisations o where o.id = $1
"""
MEMBER: Final = """
select m.user_id, m.name, m.roles from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.state = 'active' and m.roles @> array[$1::text]
order by m.email like $1 || '@%' desc, m.email limit 1
"""
"""Whom the sign-in details name first for a role."""
FILES: Final = """
select f.id from public.referral_files f
where f.organisation_id = (select sec.current_organisation()) and f.referral_id = $1
"""


@dataclass(frozen=True, slots=True)
class Sides:
    """Who writes to whom."""

    place: Organisation
    """Where the lead is."""
    lead: Actor
    practitioner: Actor
    key_of_log: KeyOfLog

    @property
    def helpline_id(self) -> UUID:
        """To whom the lead refers."""
        return self.practitioner.organisation_id

    async def exchange(self) -> None:
        """Carry what waits on either side, and let the other open it."""
        for here, there in ((self.place.id, self.helpline_id), (self.helpline_id, self.place.id)):
            async with begin(system(here)) as work:
                await carry(work, there)
            await open_all(there, here, self.key_of_log)

    async def hand_over(self, referral_id: UUID) -> UUID:
        """Let a referral arrive with its files, which nobody else wrote; the helpline's case."""
        async with begin(system(self.place.id)) as work:
            files = [row["id"] for row in await work.driver.fetch(FILES, referral_id)]
        for file_id in files:
            async with begin(system(self.place.id)) as work:
                await seal_file(work, file_id, objects.current())
        await self.exchange()
        async with begin(self.practitioner) as work:
            case = await find_by_origin(work, f"{self.place.id}/{referral_id}")
            if case is None:
                raise RuntimeError("a referral did not arrive")
            arrived = [file.id for file in await list_files(work, case.id)]
        await self._take_in(arrived)
        return case.id

    async def _take_in(self, files: Iterable[UUID]) -> None:
        for file_id in files:
            async with begin(system(self.helpline_id)) as work:
                await taking.take_in(work, file_id, objects.current())
            async with begin(system(self.helpline_id)) as work:
                await checking.keep_verdict(work, file_id, WRITTEN_HERE)


async def between(school_id: UUID, helpline_id: UUID, key_of_log: KeyOfLog) -> Sides | None:
    """A lead and a practitioner, with keys on both sides; None where one of them is missing."""
    lead, practitioner = await _somebody(school_id, Role.LEAD), await _somebody(helpline_id, Role.PRACTITIONER)
    if lead is None or practitioner is None:
        return None
    receiving.bind(helpline=_at_desk, referrer=receive)
    for organisation_id in (school_id, helpline_id):
        async with begin(system(organisation_id)) as work:
            await own_keys(work)
    async with begin(lead) as work:
        row = await work.driver.fetchrow(PLACE, school_id)
    return Sides(Organisation(*row), lead, practitioner, key_of_log) if row else None


async def _somebody(organisation_id: UUID, role: Role) -> Actor | None:
    async with begin(system(organisation_id)) as work:
        row = await work.driver.fetchrow(MEMBER, role.value)
    if row is None:
        return None
    roles = frozenset(Role(each) for each in cast("list[str]", row["roles"]))
    return Actor(ActorKind.PERSON, organisation_id, row["user_id"], roles, row["name"])


async def _at_desk(work: Work, sender: Correspondent, body: Body) -> None:
    await desk.receive(work, body, sender=sender.id, profile=profile_of("helpline"))
