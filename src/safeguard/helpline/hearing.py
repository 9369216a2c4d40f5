"""Hearing: whoever asked wrote again, by whichever way. It is written down, a case that had ended goes on, and the desk
is told. They need nobody's leave: what they say is kept whatever state the case is in.
"""

from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.helpline.case import Case
from safeguard.helpline.moving import move_case
from safeguard.helpline.states import State
from safeguard.helpline.writing import write_entry
from safeguard.work import Work

HEARD: Final = """
update public.helpline_cases c set heard_at = $2, queued_at = $3
where c.organisation_id = (select sec.current_organisation()) and c.id = $1
"""


async def hear(work: Work, case: Case, channel: str, words: str, reason: str, *, kind: str = "contact") -> UUID:
    """Write down what they said; the id of the entry. `reason` is why a case that had ended goes on."""
    work.require(Permission.HELPLINE_WORK)
    entry = await write_entry(work, case.id, kind, channel=channel, words=words)
    case = await note_heard(work, case)
    if case.ended:
        await move_case(work, case, State.TRIAGED, reason, case.version)
    return entry.id


async def note_heard(work: Work, before: Case) -> Case:
    """They wrote: the queue shows it until somebody answers, and whoever has the case is told; the case after it."""
    case = msgspec.structs.replace(before, heard_at=work.now())
    await work.driver.execute(HEARD, case.id, case.heard_at, case.queued_at)
    work.record("case.heard", case.id, version=case.version)
    return case
