"""Posting: a mail is a row and a job of the transaction that asks for it, and leaves only when that has committed.

A mail tells nobody anything but that something waits, and where: there is no way to hand words over, only the name of a
template (`templates/messages/`) and the path of a one-time link, which is sealed until it has left.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.post import secrets
from safeguard.work import Work

ADD: Final = """
insert into public.outbox
    (organisation_id, id, recipient_id, address, template, notice_id, secret, key, created_at, about_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (organisation_id, key) do nothing
returning id
"""


async def post_mail(
    work: Work,
    recipient_id: UUID,
    template: str,
    *,
    link: str | None = None,
    notice_id: UUID | None = None,
    key: str | None = None,
    not_before: datetime | None = None,
) -> UUID | None:
    """Post a mail to a member. `key` makes it one of a kind: None when such a one was posted before."""
    return await _post(work, recipient_id, None, template, link, notice_id, key, not_before)


async def post_mail_to(
    work: Work,
    address: str,
    template: str,
    *,
    link: str | None = None,
    key: str | None = None,
    about_id: UUID | None = None,
) -> UUID | None:
    """Post a mail to somebody without an account, whose address an administrator or lead has written down.

    Whoever must not know of `about_id` does not find the mail either.
    """
    return await _post(work, None, address.lower(), template, link, None, key, None, about_id)


async def _post(
    work: Work,
    recipient_id: UUID | None,
    address: str | None,
    template: str,
    link: str | None,
    notice_id: UUID | None,
    key: str | None,
    not_before: datetime | None,
    about_id: UUID | None = None,
) -> UUID | None:
    mail_id = clock.new_id()
    posted: UUID | None = await work.driver.fetchval(
        ADD, work.organisation_id, mail_id, recipient_id, address, template, notice_id,
        secrets.seal(link) if link else None, key or str(mail_id), work.now(), about_id,
    )  # fmt: skip
    if posted:
        work.ask("mail.send", posted, key=str(posted), run_at=not_before)
    return posted
