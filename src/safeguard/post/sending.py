"""Sending: what a worker does with one mail of the outbox.

Sent once, as far as SMTP lets anybody say so: a crash after the server took the mail and before that is committed sends
it again, under the same Message-ID. What the server refuses for good is kept as refused; what fails is tried again for
an hour, then stops and waits on the operations page. Where no mail server is set, a mail is `kept`: it never leaves,
and its notice is in the app. So is one about what its recipient must not know any more.
"""

from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.actors import system
from safeguard.jobs.claiming import Job
from safeguard.jobs.kinds import kind_of
from safeguard.post import secrets
from safeguard.post.smtp import BROKEN, Mailer, Refused
from safeguard.post.writing import Sender, write
from safeguard.web.keys import Tampered
from safeguard.work import Work, begin

FIND: Final = """
select o.template, o.secret, o.state, coalesce(o.address, m.email) as address, a.name as organisation,
    r.checkpoint, o.recipient_id, o.notice_id
from public.outbox o
join public.organisations a on a.id = o.organisation_id
left join public.memberships m
    on m.organisation_id = o.organisation_id and m.user_id = o.recipient_id and m.state = 'active'
left join public.notices n
    on n.organisation_id = o.organisation_id and n.id = o.notice_id and o.template = 'access_report'
left join public.access_reports r on r.organisation_id = n.organisation_id and r.id = n.subject_id
where o.organisation_id = (select sec.current_organisation()) and o.id = $1
"""
SETTLE: Final = """
update public.outbox o set state = $2, fault = $3, attempts = o.attempts + 1, secret = null,
    sent_at = case when $2 = 'sent' then sec.clock() end
where o.organisation_id = (select sec.current_organisation()) and o.id = $1
"""
NOTE: Final = """
update public.outbox o set state = $2, fault = $3, attempts = o.attempts + 1
where o.organisation_id = (select sec.current_organisation()) and o.id = $1
"""


KNOWS: Final = """
select exists (select from public.notices n
               where n.organisation_id = (select sec.current_organisation()) and n.id = $1)
"""


class Waiting(msgspec.Struct, frozen=True):
    """A mail of the outbox, and where it goes now."""

    template: str
    secret: str | None
    state: str
    address: str | None
    organisation: str
    checkpoint: str | None
    """Of the weekly report that it is about: generated lines, in which nobody is named."""
    recipient_id: UUID | None
    notice_id: UUID | None


async def send_mail(work: Work, job: Job, mailer: Mailer | None, sender: Sender) -> None:
    """Send the mail that the job is about, unless it has left already."""
    row = await work.driver.fetchrow(FIND, job.subject_id)
    mail = Waiting(*row) if row else None
    if mail is None or mail.state not in ("queued", "stopped"):
        return
    if await _is_kept_from_them(work, mail):
        state, fault = "kept", "NotTheirs"
    else:
        state, fault = await _sent(mail, job, mailer, sender)
    await work.driver.execute(SETTLE, job.subject_id, state, fault)


async def _is_kept_from_them(work: Work, mail: Waiting) -> bool:
    """Whether what they were told of may not be theirs to know any more: nobody is called to what they do not find."""
    if mail.notice_id is None or mail.recipient_id is None:
        return False
    return not await work.among({mail.recipient_id}, KNOWS, mail.notice_id)


async def _sent(mail: Waiting, job: Job, mailer: Mailer | None, sender: Sender) -> tuple[str, str | None]:
    """How it ended; what may go better another time is raised."""
    if mailer is None:
        return "kept", "NoMailServer"
    if mail.address is None:
        return "refused", "HasLeft"
    try:
        path = secrets.unseal(mail.secret) if mail.secret else None
        proof = mail.checkpoint or ""
        await mailer.send(write(job.subject_id, mail.template, mail.address, mail.organisation, path, sender, proof))
    except Tampered:
        return "refused", "Tampered"
    except Refused as refusal:
        return "refused", str(refusal)
    except BROKEN as fault:
        await _note(job, type(fault).__name__)
        raise
    return "sent", None


async def _note(job: Job, fault: str) -> None:
    """Keep what went wrong, in a transaction of its own: the job's is about to be undone."""
    over = job.attempts >= kind_of(job.kind).attempts
    async with begin(system(job.organisation_id)) as work:
        await work.driver.execute(NOTE, job.subject_id, "stopped" if over else "queued", fault)
