"""An answer that did not leave, or came back: its case says so and waits again, and whoever has the case is told.

Where it was the first, nobody has answered yet: the clock of the first answer goes on, in the queue and in the figures.
"""

from typing import Final
from uuid import UUID

from safeguard.helpline.hearing import note_unsent
from safeguard.helpline.queries import get_case
from safeguard.work import Work

WHY: Final = {
    "kept": "no mail server is set here",
    "refused": "their mail server refused it",
    "stopped": "it was tried again and again, and no mail server took it",
}
NOT_LEFT: Final = "An answer was not mailed: {why}. The caller has not had it. Try another way."
UNANSWERED: Final = """
update public.helpline_cases c set answered_at = null
from public.helpline_entries e
where c.organisation_id = (select sec.current_organisation()) and c.id = $1 and e.organisation_id = c.organisation_id
    and e.id = $2 and c.answered_at >= e.written_at - interval '10 seconds'
"""
"""A wave moves a case in the moment before it answers it."""


async def say_not_left(work: Work, case_id: UUID, entry_id: UUID | None, state: str) -> None:
    """Say of an answer that it has not left, by the state of its mail; of any other mail nothing."""
    if entry_id is None or state not in WHY:
        return
    await take_back_answer(work, case_id, entry_id)
    await note_unsent(work, await get_case(work, case_id), NOT_LEFT.format(why=WHY[state]))


async def take_back_answer(work: Work, case_id: UUID, entry_id: UUID) -> None:
    """Nobody has answered, where this answer was the first."""
    await work.driver.execute(UNANSWERED, case_id, entry_id)
