"""Posting a mail to a caller: a row and a job of the transaction that asks for it. It leaves once that has committed.

What is mailed to a caller is an answer of the desk, word for word, the word that a mail was received, and the question
whether it helped. Unlike notices to members these may hold words: whoever wrote to the helpline by mail chose that way.
"""

from datetime import timedelta
from typing import Final, Literal
from uuid import UUID

from safeguard import clock
from safeguard.helpline.case import Case
from safeguard.helpline.mail.addresses import is_mail_address
from safeguard.helpline.mail.threads import token_of
from safeguard.work import Work

ADD: Final = """
insert into public.helpline_mail_out (organisation_id, id, case_id, entry_id, what, address, answers, created_at)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7)
"""
LATEST_FROM: Final = """
select m.message_id from public.helpline_mail_in m
where m.organisation_id = (select sec.current_organisation()) and m.case_id = $1 and m.message_id <> ''
order by m.received_at desc, m.id desc limit 1
"""
LATELY: Final = """
select count(*) from public.helpline_mail_out o
where o.organisation_id = (select sec.current_organisation()) and o.address = $1 and o.what = $2 and o.created_at > $3
"""
ASKED: Final = """
select exists (select from public.helpline_mail_out o
    where o.organisation_id = (select sec.current_organisation()) and o.case_id = $1 and o.what = 'feedback')
"""
ONCE: Final = timedelta(hours=24)
"""One address is told once in this time that its mail was received, however often it writes (RFC 3834 §2)."""

What = Literal["answer", "received", "feedback"]


def mail_of(case: Case) -> str:
    """The address to which this case's caller is written; empty where they gave none."""
    contact = case.caller_contact.strip().lower()
    return contact if is_mail_address(contact) else ""


async def post_answer(work: Work, case: Case, entry_id: UUID) -> UUID | None:
    """Mail an answer of the desk, as it stands in the case; None where there is no address."""
    address = mail_of(case)
    return await _post(work, case, "answer", address, entry_id) if address else None


async def post_received(work: Work, case: Case, answers: str) -> UUID | None:
    """Mail that a mail was received and when somebody answers; None where that was said lately."""
    address = mail_of(case)
    if not address or await work.driver.fetchval(LATELY, address, "received", work.now() - ONCE):
        return None
    return await _post(work, case, "received", address, answers=answers)


async def post_feedback(work: Work, case: Case) -> UUID | None:
    """Ask by mail whether it helped, once for each case."""
    address = mail_of(case)
    if not address or await work.driver.fetchval(ASKED, case.id):
        return None
    return await _post(work, case, "feedback", address)


async def _post(
    work: Work, case: Case, what: What, address: str, entry_id: UUID | None = None, answers: str | None = None
) -> UUID:
    await token_of(work, case.id)
    mail_id = clock.new_id()
    answered = answers if answers is not None else str(await work.driver.fetchval(LATEST_FROM, case.id) or "")
    await work.driver.execute(ADD, mail_id, case.id, entry_id, what, address, answered, work.now())
    work.ask("desk_mail.send", mail_id, key=f"desk mail {mail_id}")
    return mail_id
