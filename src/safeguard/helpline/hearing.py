"""Hearing: whoever asked wrote again, by whichever way. It is written down, the desk is told, and a case that had ended
or waited for them goes on. They need nobody's leave: what they say is kept whatever state the case is in. Where it
stands after that is told to whoever referred it: both sides show the same.
"""

from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.helpline.case import Case
from safeguard.helpline.moving import move_case
from safeguard.helpline.states import State
from safeguard.helpline.telling import tell_moved
from safeguard.helpline.writing import write_entry
from safeguard.work import Work

HEARD: Final = """
update public.helpline_cases c set heard_at = $2, queued_at = $3, unsent_at = $4
where c.organisation_id = (select sec.current_organisation()) and c.id = $1
"""


async def hear(work: Work, case: Case, channel: str, words: str, reason: str) -> UUID:
    """Write down what they said; the id of the entry. `reason` is why a case that had ended goes on."""
    work.require(Permission.HELPLINE_WORK)
    entry = await write_entry(work, case.id, "contact", channel=channel, words=words)
    await go_on(work, await note_heard(work, case), reason)
    return entry.id


async def go_on(work: Work, before: Case, reason: str) -> Case:
    """They wrote: what had ended, or waited for them, is looked at again; what goes on anyhow goes on."""
    if not before.ended and before.state is not State.AWAITING_REFERRER:
        return before
    case = await move_case(work, before, State.TRIAGED, reason, before.version, heard=True)
    await tell_moved(work, before, case, "")
    return case


async def note_heard(work: Work, before: Case) -> Case:
    """They wrote: the queue shows it until somebody answers, and whoever has the case is told; the case after it."""
    return await _waits(work, "case.heard", msgspec.structs.replace(before, heard_at=work.now()))


async def note_unsent(work: Work, before: Case, words: str) -> UUID:
    """An answer did not reach them: `words` stay as a note, and they wait for another; the id of the entry.

    Where they wrote meanwhile, they have waited since then; whoever has the case is told either way.
    """
    entry, now = await write_entry(work, before.id, "note", channel="email", words=words), work.now()
    since = before.heard_at if before.wrote_again else now
    case = await _waits(work, "case.unsent", msgspec.structs.replace(before, heard_at=since, unsent_at=now))
    if case.ended:
        await go_on(work, case, words)
    return entry.id


async def _waits(work: Work, event: str, case: Case) -> Case:
    await work.driver.execute(HEARD, case.id, case.heard_at, case.queued_at, case.unsent_at)
    work.record(event, case.id, version=case.version)
    return case
