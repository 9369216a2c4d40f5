"""Telling whoever referred how a file stands here."""

from typing import Literal
from uuid import UUID

from safeguard.channel.bodies import FileStands
from safeguard.channel.sending import send
from safeguard.helpline.case import Case
from safeguard.work import Work


async def tell_stands(
    work: Work, case: Case, sent_id: UUID, state: Literal["taken", "refused", "locked"], fault: str = ""
) -> None:
    """Say it in an envelope to whom the case's origin names; a case that did not come by the channel has nobody."""
    if told := case.referrer:
        await send(work, told.sender, FileStands(referral=told.referral, file=sent_id, state=state, fault=fault))
