"""Leaving copies of an alert: a job goes from organisation to organisation, each in a context and commit of its own.

A worker that dies on the way begins again, and whoever has a copy keeps the one they have. The helpline learns how many
were reached, and not who. An organisation that joins while an alert is in force gets its copy within minutes: the
schedule asks which alerts somebody lacks.
"""

from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from safeguard import clock
from safeguard.access.actors import system
from safeguard.errors import NotFound
from safeguard.helpline.alerts.signalling import Signal, get_signal
from safeguard.work import Work, begin

AT_ONCE: Final = 500
NAME: Final = "select o.name from public.organisations o where o.id = (select sec.current_organisation())"
READERS: Final = "select id from public.list_signal_readers($1, $2, $3)"
COPIES: Final = "select public.count_signal_copies($1)"
TO_JOIN: Final = "select organisation_id, signal_id from public.list_signals_to_join()"
LEAVE: Final = """
insert into public.received_signals (organisation_id, id, signal_id, sender_name, title, words, to_do, platform,
    published_at, received_at)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (organisation_id, signal_id) do nothing returning id
"""
MARK: Final = """
update public.received_signals r set ended_at = $2
where r.organisation_id = (select sec.current_organisation()) and r.signal_id = $1 and r.ended_at is null
"""
REACHED: Final = """
update public.helpline_signals s set reached = $2
where s.organisation_id = (select sec.current_organisation()) and s.id = $1
"""


class Lacking(msgspec.Struct, frozen=True):
    """An alert, and the helpline whose it is."""

    organisation_id: UUID
    signal_id: UUID


class NotAllReached(RuntimeError):
    """Some could not be left a copy. Whoever has one keeps it; the job is tried again, and stops where people look."""


async def spread_signal(work: Work, signal_id: UUID) -> int:
    """Leave a copy with everybody for whom an alert is and who has none, or mark the copies of one that ended.

    Returns how many have a copy. One organisation whose records cannot be written to keeps nobody else from being
    warned: `NotAllReached` comes after all the others have theirs.
    """
    signal = await get_signal(work, signal_id)
    sender: str | None = await work.driver.fetchval(NAME)
    if sender is None:
        raise NotFound
    beyond, tried, missed = UUID(int=0), 0, 0
    while rows := await work.driver.fetch(READERS, signal_id, beyond, AT_ONCE):
        for row in rows:
            try:
                await _leave(row["id"], signal, sender)
            except asyncpg.PostgresError:
                missed += 1
        tried, beyond = tried + len(rows), rows[-1]["id"]
    if missed:
        raise NotAllReached(f"{missed} of {tried}")
    reached = int(await work.driver.fetchval(COPIES, signal_id) or 0)
    await work.driver.execute(REACHED, signal_id, reached)
    if tried:
        work.record("signal.spread", signal_id, version=signal.version)
    return reached


async def list_to_join(work: Work) -> tuple[Lacking, ...]:
    """Alerts in force of which somebody who joined lately has no copy; of every helpline. For the schedule's job."""
    await work.enter("herald")
    rows = await work.driver.fetch(TO_JOIN)
    await work.enter("job")
    return tuple(Lacking(row["organisation_id"], row["signal_id"]) for row in rows)


async def _leave(organisation_id: UUID, signal: Signal, sender: str) -> None:
    """One organisation's copy, in its own context: both logs say so."""
    async with begin(system(organisation_id)) as theirs:
        if signal.ended_at:
            await theirs.driver.execute(MARK, signal.id, signal.ended_at)
            return
        kept = await theirs.driver.fetchval(
            LEAVE, clock.new_id(), signal.id, sender, signal.title, signal.words, signal.to_do, signal.platform,
            signal.published_at, theirs.now(),
        )  # fmt: skip
        if kept:
            theirs.record("signal.received", kept)
