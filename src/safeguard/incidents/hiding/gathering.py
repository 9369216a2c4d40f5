"""Gathering, ahead of whoever decides, which earlier records may be about somebody who belongs here.

The schedule finds organisations in which nobody looked since names are compared as they are now (a release may compare
them otherwise), or for a week, and asks each one's own job to go through its incidents, the latest first. The job keeps
ids where no page reads them (migrations/sql/89_looking_back.sql); pages ask for the next few of them, the home page for
how many of the latest whoever looks may decide, and only those are compared anew. Each statement looks through a
thousand, and one that takes too long is ended: the job is tried again, and pages say that it is still to be done.
"""

from dataclasses import dataclass
from typing import Final

from safeguard.access.actors import system
from safeguard.work import Work, begin

GATHER: Final = "again.gather"
AT_ONCE: Final = 1_000
"""Incidents that one statement looks through."""
STEPS: Final = 5
"""Statements of one job; the next job goes on, so that none holds a worker for long."""
AT_A_TIME: Final = 2_000
"""Organisations that one hour begins with."""
MOST: Final = 25
"""Of each kind so many are counted."""
PATIENCE: Final = "select set_config('statement_timeout', '30s', true)"
"""How long one statement of the job may take."""
DUE: Final = "select id from public.list_organisations_to_look_through($1)"
STEP: Final = "select public.gather_to_look_at($1)"
COUNT: Final = "select incidents, concerns from public.count_to_look_at()"


@dataclass(frozen=True, slots=True)
class ToDecide:
    """How many records whoever asks may decide about, up to twenty-five of each."""

    incidents: int
    """Those that they handle."""
    concerns: int
    """What is decided where concerns about staff are kept: those, and incidents that may mean each who handles them."""


async def ask_for_all(work: Work) -> int:
    """`again.due`: a job for each organisation in which it is time; how many. Safe to run twice."""
    here = [row["id"] for row in await work.driver.fetch(DUE, AT_A_TIME)]
    for organisation in here:
        async with begin(system(organisation)) as theirs:
            theirs.ask(GATHER, organisation, key=work.now().isoformat())
    return len(here)


async def gather(work: Work) -> bool:
    """`again.gather`: look through the next five thousand incidents; whether there are more, which are asked for."""
    await work.driver.execute(PATIENCE)
    for _ in range(STEPS):
        if not await work.driver.fetchval(STEP, AT_ONCE):
            return False
    work.ask(GATHER, work.organisation_id, key=work.now().isoformat())
    return True


async def count_to_decide(work: Work) -> ToDecide:
    """What whoever acts may decide about: nothing that may mean them counts, and nobody else is told of any."""
    [row] = await work.driver.fetch(COUNT)
    return ToDecide(*row)
