"""Choosing a file again that was kept back or dropped because its referral had ended, once the referral goes on.

It is the same file under the same number: what was said of it, and what the helpline was told to expect, still holds.
"""

from typing import Any, Final
from uuid import UUID

import asyncpg

from safeguard.access.policy import Permission
from safeguard.attachments.attaching import Blocked
from safeguard.channel.correspondents import is_removed
from safeguard.errors import Conflict
from safeguard.referrals.conversing import ENDED, REMOVED, Nobody
from safeguard.referrals.record import held, log_of
from safeguard.work import Work

ENDED_THEN: Final = ("withdrawn", "dropped")
"""Why a file did not go that may go after all: faults of `wording.FILE_FAULTS`."""
NOT_AGAIN: Final = "This file is not one that was kept back because the referral had ended. Open the referral again."
AGAIN: Final = """
update public.referral_files f set state = 'waiting', fault = '', version = f.version + 1, changed_at = $4
where f.organisation_id = (select sec.current_organisation()) and f.id = $1 and f.referral_id = $2
    and f.state in ('dropped', 'refused') and f.fault = any ($3)
returning f.version
"""


def may_go_again(state: str, fault: str) -> bool:
    """Whether a file that stands so can be chosen again while its referral goes on."""
    return state in {"dropped", "refused"} and fault in ENDED_THEN


async def send_again(work: Work, referral_id: UUID, file_id: UUID) -> None:
    """Have a file sealed and sent after all; raises `NotFound`, `Conflict`, `Nobody`, `Blocked`."""
    work.require(Permission.REFERRAL_MAKE)
    work.require(Permission.ATTACHMENT_READ)
    referral = await held(work, referral_id)
    if referral.ended:
        raise Conflict(ENDED)
    if await is_removed(work, referral.helpline_id):
        raise Nobody(REMOVED)
    version = await _wait_again(work, referral_id, file_id)
    if version is None:
        raise Conflict(NOT_AGAIN)
    work.record("enclosure.chosen", file_id, version=version, log=await log_of(work, referral.incident_id))
    work.ask("channel.enclose", file_id, key=f"{file_id} {version}")


async def _wait_again(work: Work, referral_id: UUID, file_id: UUID) -> Any:
    try:
        return await work.driver.fetchval(AGAIN, file_id, referral_id, list(ENDED_THEN), work.now())
    except asyncpg.CheckViolationError as blocked:
        raise Blocked from blocked
