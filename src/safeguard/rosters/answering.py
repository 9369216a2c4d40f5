"""What somebody says to a row that is asked: who is meant, or what is right. The file is taken over later."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from safeguard.errors import Conflict
from safeguard.rosters.runs import MOVED_ON, PERMISSIONS, hold_run
from safeguard.work import Work

ANSWER: Final = """
update public.roster_rows r set answer = $3
where r.organisation_id = (select sec.current_organisation()) and r.run_id = $1 and r.id = $2 and r.kind = 'asked'
    and r.state = 'planned' and (
        $3 = '' or $3 = 'new' and r.person_id is null or $3 in ('theirs', 'ours') and r.person_id is not null
        or $3 = any (select c::text from unnest(r.candidates) c))
"""


async def answer(work: Work, run_id: UUID, answers: Mapping[UUID, str]) -> None:
    """Keep these answers; one that the page did not offer changes nothing. Raises `Conflict` once it was taken over."""
    run = await hold_run(work, run_id, "ready")
    if run is None:
        raise Conflict(MOVED_ON)
    work.require(PERMISSIONS[run.subject])
    for row_id, said in answers.items():
        await work.driver.execute(ANSWER, run_id, row_id, said)
