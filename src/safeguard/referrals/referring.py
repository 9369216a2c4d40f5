"""Referring: what was composed and looked at goes into our own record and into the outbox, in one transaction."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from msgspec import UNSET

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.channel.bodies import Opened
from safeguard.channel.correspondents import Helpline, list_helplines
from safeguard.channel.sending import send
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.referrals.enclosing import keep_chosen, numbered
from safeguard.referrals.naming import Named
from safeguard.referrals.record import Referral, add_step, insert, log_of
from safeguard.work import Work

NONE = "There is no helpline in this service yet. Telephone it: the number stands on this page."


async def refer(
    work: Work, incident_id: UUID, composed: Opened, helpline_id: UUID | None, people: tuple[Named, ...],
    files: Sequence[UUID] = (),
) -> Referral:  # fmt: skip
    """Send a referral, and the files that it names, in that order; raises `Conflict` while there is no helpline.

    Raises `Invalid` for a helpline that is none, `Blocked` where the incident's type rules files out.
    """
    work.require(Permission.REFERRAL_MAKE)
    log = await log_of(work, incident_id)
    helpline = _chosen(await list_helplines(work), helpline_id)
    now = work.now()
    referral = Referral(
        id=clock.new_request_id(), incident_id=incident_id, helpline_id=helpline.id, helpline_name=helpline.name,
        reference=clock.new_reference(), urgency=composed.urgency, asked=composed.asked,
        lawful_basis=composed.basis.lawful_basis, condition=composed.basis.condition, reason=composed.basis.reason,
        sent_at=now, sent_by=work.actor.user_id, sent_by_name=work.actor.name, last_activity_at=now,
    )  # fmt: skip
    enclosed = numbered(composed.enclosed)
    body = msgspec.structs.replace(
        composed, referral=referral.id, reference=referral.reference, files=enclosed or UNSET
    )  # fmt: skip
    await insert(work, referral, _who_is_who(composed, people))
    outbox = await send(work, helpline.id, body, log=log)
    await add_step(work, referral, "out", body, "referral.sent", author=work.actor.name, outbox=outbox)
    ids = [file.id for file in enclosed]
    await keep_chosen(work, referral, list(zip(ids, files, strict=True)), log)
    return referral


def _chosen(helplines: tuple[Helpline, ...], helpline_id: UUID | None) -> Helpline:
    if not helplines:
        raise Conflict(NONE)
    if helpline_id is None:
        return helplines[0]
    for helpline in helplines:
        if helpline.id == helpline_id:
            return helpline
    raise Invalid(FieldError("helpline", "Choose one of the helplines."))


def _who_is_who(composed: Opened, people: tuple[Named, ...]) -> str:
    """Only this side knows it: [{pseudonym, person}]."""
    sent = {person.pseudonym for person in composed.people}
    known = [{"pseudonym": named.pseudonym, "person": str(named.person.id)} for named in people]
    return msgspec.json.encode([each for each in known if each["pseudonym"] in sent]).decode()
