"""Sending a mail to a caller: what a worker does with one row of `helpline_mail_out`, as the post does with notices.

Sent once, as far as SMTP lets anybody say so, under the same Message-ID each time. It comes from the case's own
address, so that an answer, or the word that it could not be delivered, finds the case.
"""

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any, Final

from safeguard import clock
from safeguard.access.actors import system
from safeguard.helpline.mail.addresses import address_of
from safeguard.helpline.mail.failing import say_not_left
from safeguard.helpline.mail.threads import token_of
from safeguard.helpline.mail.wording import write_words
from safeguard.jobs.claiming import Job
from safeguard.jobs.kinds import kind_of
from safeguard.post.smtp import BROKEN, Mailer, Refused
from safeguard.post.writing import Sender
from safeguard.referrals.telephone import telephone
from safeguard.settings import Settings
from safeguard.work import Work, begin

FIND: Final = """
select o.id, o.case_id, o.entry_id, o.what, o.address, o.answers, o.state, c.reference, coalesce(e.words, '') as words,
    a.name as organisation, a.slug
from public.helpline_mail_out o
join public.helpline_cases c on c.organisation_id = o.organisation_id and c.id = o.case_id
join public.organisations a on a.id = o.organisation_id
left join public.helpline_entries e on e.organisation_id = o.organisation_id and e.id = o.entry_id
where o.organisation_id = (select sec.current_organisation()) and o.id = $1
"""
SETTLE: Final = """
update public.helpline_mail_out o set state = $2, fault = $3, attempts = o.attempts + 1,
    sent_at = case when $2 = 'sent' then sec.clock() end
where o.organisation_id = (select sec.current_organisation()) and o.id = $1
"""


@dataclass(frozen=True, slots=True)
class DeskSender:
    """Who this deployment is, in mail of the desk."""

    sender: Sender
    domain: str
    """Of the addresses that answers come back to; empty where no mail is received."""


def desk_sender_of(settings: Settings, sender: Sender) -> DeskSender:
    """As the settings say."""
    return DeskSender(sender, settings.mail_in_domain or (sender.host if settings.mail_in_url else ""))


async def send_desk_mail(work: Work, job: Job, mailer: Mailer | None, sender: DeskSender) -> None:
    """Send the mail that the job is about, unless it has left already."""
    row = await work.driver.fetchrow(FIND, job.subject_id)
    if row is None or row["state"] not in ("queued", "stopped"):
        return
    token = await token_of(work, row["case_id"])
    state, fault = await _sent(row, token, job, mailer, sender)
    await work.driver.execute(SETTLE, job.subject_id, state, fault)
    if state == "sent":
        work.record("desk_mail.sent", job.subject_id)
    else:
        await say_not_left(work, row["case_id"], row["entry_id"], state)


def write(row: Any, token: str, sender: DeskSender) -> EmailMessage:
    """The mail. The same id each time it is tried."""
    there = telephone(clock.now())
    said = {
        "words": row["words"],
        "reference": row["reference"],
        "organisation": row["organisation"],
        "can_answer": bool(sender.domain),
        "telephone": there.number,
        "opens": there.opens,
        "closes": there.closes,
        "is_open": there.open_now,
        "link": f"{sender.sender.public_url}/help/{row['slug']}/feedback/{token}",
    }
    subject, body = write_words(row["what"], said)
    own = address_of(row["slug"], token, sender.domain) if sender.domain else sender.sender.address
    message = EmailMessage()
    message["From"] = formataddr((row["organisation"], own))
    message["To"] = row["address"]
    message["Subject"] = subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{row['id']}@{sender.sender.host}>"
    if row["answers"]:
        message["In-Reply-To"] = message["References"] = row["answers"]
    message["Auto-Submitted"] = "no" if row["what"] == "answer" else "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(body)
    return message


async def _sent(row: Any, token: str, job: Job, mailer: Mailer | None, sender: DeskSender) -> tuple[str, str | None]:
    if mailer is None:
        return "kept", "NoMailServer"
    try:
        await mailer.send(write(row, token, sender))
    except Refused as refusal:
        return "refused", str(refusal)
    except BROKEN as fault:
        await _note(row, job, type(fault).__name__)
        raise
    return "sent", None


async def _note(row: Any, job: Job, fault: str) -> None:
    """Keep what went wrong, in a transaction of its own: the job's is about to be undone."""
    over = job.attempts >= kind_of(job.kind).attempts
    async with begin(system(job.organisation_id)) as work:
        await work.driver.execute(SETTLE, job.subject_id, "stopped" if over else "queued", fault)
        if over:
            await say_not_left(work, row["case_id"], row["entry_id"], "stopped")
