"""Taking a mail: it opens a case, continues one, or is kept as what it is: a bounce, a machine's answer, a circle.

Every mail is kept once, whoever hands it on and however often; what says so and what became of it are one transaction.
A sender's address proves nothing: what comes from another than the caller's is marked, and answers go on to the caller.
"""

from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document
from safeguard.errors import Unavailable
from safeguard.helpline.case import Case
from safeguard.helpline.hearing import hear, note_unsent
from safeguard.helpline.mail.failing import take_back_answer
from safeguard.helpline.mail.parsing import LONGEST_SUBJECT, Mail
from safeguard.helpline.mail.posting import mail_of, post_received
from safeguard.helpline.mail.threads import find_thread, token_of
from safeguard.helpline.queries import get_case
from safeguard.helpline.states import State
from safeguard.helpline.taking import Facts, Taken, take_case
from safeguard.helpline.writing import write_entry
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

SUMMARY: Final = 20_000
KNOWN: Final = """
select exists (select from public.helpline_mail_in m
    where m.organisation_id = (select sec.current_organisation()) and m.digest = $1)
"""
ONE_AT_A_TIME: Final = "select pg_advisory_xact_lock(hashtextextended($1, 28))"
LATELY: Final = """
select count(*) from public.helpline_mail_in m
where m.organisation_id = (select sec.current_organisation()) and m.sender = $1
    and m.received_at > sec.clock() - interval '1 hour'
"""
MOST_AN_HOUR: Final = 30
"""Mails of one address within an hour; what comes beyond is asked to come again later."""
KEEP: Final = """
insert into public.helpline_mail_in (organisation_id, id, digest, message_id, became, case_id, entry_id, sender,
    subject, files, size, proof, received_at)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
BOUNCED: Final = """
update public.helpline_mail_out o set state = 'bounced', fault = 'Bounced'
where o.organisation_id = (select sec.current_organisation()) and o.case_id = $1 and o.state = 'sent'
    and o.id = (select l.id from public.helpline_mail_out l
        where l.organisation_id = o.organisation_id and l.case_id = o.case_id and l.state = 'sent'
        order by l.sent_at desc, l.id desc limit 1)
returning o.id, o.entry_id
"""
ANOTHER: Final = "(From {sender}, another address than this caller's. Make sure who it is before you answer.)"
AGAIN: Final = "They wrote again by mail."
RETURNED: Final = "A mail to the caller came back: it was not delivered. Try another way."


class TooMany(Unavailable):
    """One address writes more than anybody reads; the mail server tries again later."""


async def take_mail(work: Work, profile: Profile, mail: Mail, token: str, *, ours: bool = False) -> UUID | None:
    """Keep a mail; the case that it opened or continued. `ours` says that it comes from the helpline itself.

    Safe to run twice. Raises `TooMany`, which changes nothing.
    """
    work.require(Permission.HELPLINE_WORK)
    await work.driver.execute(ONE_AT_A_TIME, mail.digest)
    if await work.driver.fetchval(KNOWN, mail.digest):
        return None
    case_id = await find_thread(work, token, mail.answers, mail.sender)
    if mail.circles or ours:
        return await _keep(work, mail, "loop", None, None)
    if mail.bounce:
        return await _take_bounce(work, mail, case_id)
    if mail.automatic == "replied":
        return await _take_automatic(work, mail, case_id)
    if (await work.driver.fetchval(LATELY, mail.sender) or 0) >= MOST_AN_HOUR:
        raise TooMany
    if case_id:
        return await _continue(work, mail, await get_case(work, case_id))
    return await _open(work, profile, mail)


async def _open(work: Work, profile: Profile, mail: Mail) -> UUID:
    facts = Facts(
        summary=_told(mail)[:SUMMARY], caller_name=mail.sender_name, caller_contact=mail.sender,
    )  # fmt: skip
    case = await take_case(work, profile, facts, Taken(channel="email", state=State.SUBMITTED, mine=False))
    rest = _told(mail)[SUMMARY:]
    entry = await write_entry(work, case.id, "contact", channel="email", words=rest) if rest else None
    await token_of(work, case.id)
    await _keep(work, mail, "case", case.id, entry.id if entry else None)
    if not (mail.automatic or mail.listed or mail.proof == "failed"):
        await post_received(work, case, mail.message_id)
    return case.id


async def _continue(work: Work, mail: Mail, case: Case) -> UUID:
    stranger = mail.sender != mail_of(case)
    words = f"{ANOTHER.format(sender=mail.sender or 'nobody')}\n\n{_told(mail)}" if stranger else _told(mail)
    entry_id = await hear(work, case, "email", words, AGAIN)
    await _keep(work, mail, "continued", case.id, entry_id)
    return case.id


async def _take_bounce(work: Work, mail: Mail, case_id: UUID | None) -> None:
    entry_id = None
    if case_id and (back := await work.driver.fetchrow(BOUNCED, case_id)):
        if back["entry_id"]:
            await take_back_answer(work, case_id, back["entry_id"])
        entry_id = await note_unsent(work, await get_case(work, case_id), RETURNED)
        work.record("desk_mail.returned", back["id"], version=2)
    await _keep(work, mail, "bounce", case_id, entry_id)


async def _take_automatic(work: Work, mail: Mail, case_id: UUID | None) -> None:
    """A machine's answer belongs to its case, wakes nobody, and opens none."""
    entry = await write_entry(work, case_id, "note", channel="email", words=_told(mail)) if case_id else None
    await _keep(work, mail, "automatic", case_id, entry.id if entry else None)


async def _keep(work: Work, mail: Mail, became: str, case_id: UUID | None, entry_id: UUID | None) -> None:
    mail_id = clock.new_id()
    await work.driver.execute(
        KEEP, mail_id, mail.digest, mail.message_id, became, case_id, entry_id, mail.sender,
        mail.subject[:LONGEST_SUBJECT], msgspec.json.encode(mail.files).decode(), mail.size, mail.proof, work.now(),
    )  # fmt: skip
    fields = {"became": became, "case": str(case_id or ""), "digest": mail.digest, "proof": mail.proof}
    work.record("desk_mail.received", mail_id, document=Document("desk_mail", mail_id, 1, fields))


def _told(mail: Mail) -> str:
    return f"{mail.subject}\n\n{mail.words}" if mail.subject else mail.words
