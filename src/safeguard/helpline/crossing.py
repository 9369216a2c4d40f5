"""What crosses an end: whoever referred wrote before they knew that the desk had ended it, which opened it again.

Where they end it themselves after that, and nobody here has done anything in it meanwhile, it ends as it had ended:
both sides said that it is over. What they wrote stays, and whoever has the case was told of it.
"""

from typing import Final

from safeguard.helpline.case import Case
from safeguard.helpline.states import ENDED, State
from safeguard.work import Work

CROSSED: Final = "They wrote before they knew that it had ended."
STATES: Final = """
select e.state, e.words, e.written_by is null as heard, not exists (
        select from public.helpline_entries o
        where o.organisation_id = e.organisation_id and o.case_id = e.case_id and o.written_by is not null
            and (o.written_at, o.id) > (e.written_at, e.id)) as untouched
from public.helpline_entries e
where e.organisation_id = (select sec.current_organisation()) and e.case_id = $1 and e.kind = 'state'
order by e.written_at desc, e.id desc limit 2
"""


async def crossed_end(work: Work, case: Case) -> State | None:
    """How a case had ended that is open only because they wrote meanwhile; None for every other."""
    rows = await work.driver.fetch(STATES, case.id)
    if len(rows) < 2 or case.state is not State.TRIAGED:
        return None
    opened, ended = rows
    if not (opened["heard"] and opened["untouched"] and opened["words"] == CROSSED):
        return None
    state = State(ended["state"])
    return state if state in ENDED else None
