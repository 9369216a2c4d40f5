"""Threads: which case a mail belongs to, by the token in its address or by the mail of ours that it answers."""

import re
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.helpline.mail.addresses import new_token
from safeguard.work import Work

OPEN: Final = """
insert into public.helpline_threads (organisation_id, id, case_id, token, opened_at)
values ((select sec.current_organisation()), $1, $2, $3, $4) on conflict (organisation_id, case_id) do nothing
"""
OF_CASE: Final = """
select t.token from public.helpline_threads t
where t.organisation_id = (select sec.current_organisation()) and t.case_id = $1
"""
HOLDING: Final = """
select t.case_id from public.helpline_threads t
where t.organisation_id = (select sec.current_organisation()) and t.token = $1
"""
BY_ANSWERED: Final = """
select o.case_id from public.helpline_mail_out o
where o.organisation_id = (select sec.current_organisation()) and o.id = any ($1) and o.address = $2
order by o.created_at desc limit 1
"""
_OURS: Final = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@")


async def token_of(work: Work, case_id: UUID) -> str:
    """The token of a case, drawn when it is first needed."""
    await work.driver.execute(OPEN, clock.new_id(), case_id, new_token(), work.now())
    return str(await work.driver.fetchval(OF_CASE, case_id))


async def find_thread(work: Work, token: str, answers: tuple[str, ...], sender: str) -> UUID | None:
    """The case that a mail continues: whoever holds its token, or whoever answers what was sent to them."""
    if token:
        found: UUID | None = await work.driver.fetchval(HOLDING, token)
        if found:
            return found
    ours = [UUID(match[1]) for each in answers if (match := _OURS.match(each))]
    return await work.driver.fetchval(BY_ANSWERED, ours, sender) if ours else None
