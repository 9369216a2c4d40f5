"""An invented past made real: every step through the verbs of incidents, dated, and committed in batches.

It runs as the owner of the database, who alone may date an entry of the log. Each step is a unit of work of its own,
with its own request and its own leaves; many share a transaction, because thousands of commits would take minutes.
Time and chance come from the seed, so that the same seed gives the same records, salts and log.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import cast
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.database import pool
from safeguard.demo import acts, beside, enrolling, improving
from safeguard.demo.acts import Step
from safeguard.demo.cast import House
from safeguard.demo.keeping_back import Later
from safeguard.demo.performing import perform
from safeguard.demo.planning import begins
from safeguard.demo.world import Filling, Seeded
from safeguard.tenancy.organising import activate_when_ready, create_organisation
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.profiles import profile_of
from safeguard.work import ENTER, Work

BATCH = 150
LIFETIME = 900
"""Seconds for which the context of one batch holds."""
JOINED = """
update public.memberships m set created_at = $2
where m.organisation_id = (select sec.current_organisation()) and m.user_id = $1
"""
"""They have been here as long as their organisation: whoever joins today has days to read what others should have."""
"""What stands for the second factor of people who do not exist: the page says so, and one button is enough."""


async def fill(house: House, steps: list[Step], seed: int, until: datetime, moved: Callable[[int], None]) -> UUID:
    """Make the organisation, its people and its past; `moved` hears of each batch how many incidents were told.

    Nobody in it can sign in before `opening.let_in`.
    """
    source = Seeded(f"{seed} {house.new.slug} world", begins(until))
    with clock.use(source):
        filling = await _begin(house, source.at)
        await beside.settle(filling, source, seed, until.date())
        meanwhile = improving.Meanwhile(house, filling.profile, filling.actors, until)
        whole = list(_batches(steps, meanwhile.moments))
        for number, batch in enumerate(whole, start=1):
            await meanwhile.reach(batch[0].at)
            await _commit(filling, batch, source)
            await beside.raise_concerns(filling, number / len(whole))
            moved(sum(isinstance(step.act, acts.Record) for step in batch))
        await meanwhile.reach(until)
        await beside.measure_again(filling, source, seed, meanwhile.known)
        await beside.work_desk(filling, seed)
        await beside.be_inspected(filling, source)
        await beside.move_on(filling, source)
        await beside.keep(filling, source)
        return filling.organisation_id


async def found(house: House, seed: int, until: datetime) -> UUID:
    """Make the organisation and its people, and no past."""
    source = Seeded(f"{seed} {house.new.slug} world", begins(until))
    with clock.use(source):
        return (await _begin(house, source.at)).organisation_id


def _batches(steps: list[Step], moments: Sequence[datetime]) -> Iterator[list[Step]]:
    """In their order, none of them over one of these moments."""
    for _, span in groupby(steps, lambda step: sum(moment <= step.at for moment in moments)):
        some = list(span)
        yield from (some[first : first + BATCH] for first in range(0, len(some), BATCH))


async def _begin(house: House, at: datetime) -> Filling:
    async def people(work: Work, _profile: Profile) -> tuple[Actor, ...]:
        actors = [await _enrol(work, house, number) for number in range(len(house.members))]
        await activate_when_ready(work)
        return tuple(actors)

    organisation_id, actors = await create_organisation(house.new, people, dated=at)
    return Filling(house, profile_of(house.kind, house.new.nation), organisation_id, actors)


async def _enrol(work: Work, house: House, number: int) -> Actor:
    member = house.members[number]
    actor = await enrolling.enrol(work, member.email, member.name, member.roles)
    await work.driver.execute(JOINED, actor.user_id, work.now())
    return actor


async def _commit(filling: Filling, batch: list[Step], source: Seeded) -> None:
    """One transaction of many units of work."""
    database = pool.current()
    context = database.key.sign(filling.organisation_id, None, "job", LIFETIME)
    async with database.connection() as connection:
        await connection.fetchval(ENTER, context)
        later = Later(connection)
        for step in batch:
            source.at = step.at
            actor = filling.actors[step.member]
            work = Work(actor, cast("pool.Connection", later), clock.new_request_id(), dated=step.at)
            await perform(work, filling, step)
            await work.finish()
        await later.append()
        await connection.execute(pool.COMMIT)
