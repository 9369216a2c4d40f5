"""The end of a membership, and its beginning anew: the one place of both, whichever way somebody leaves or comes back.

What hangs on it ends with it, in the database (86_belonging.sql): sessions, programs and webhooks that they answer for,
the vault, restricted circles, assigned incidents, their calendar's address, a named way in. So coming back never gives
back what leaving took: whoever comes back reports, and everything else is given anew by whoever gives it then.
"""

from typing import Final
from uuid import UUID

from safeguard.access.roles import Role
from safeguard.identity import parting
from safeguard.work import Work

HANGING: Final = """
select 'token.revoked' as event, t.id from tokens t where $1 in (t.sponsor_id, t.user_id) and t.revoked_at is null
union all
select 'webhook.ended', w.id from webhooks w where w.made_by = $1 and w.ended_at is null
union all
select 'calendar.closed', f.id from calendar_feeds f where f.user_id = $1 and f.revoked_at is null
"""
PROGRAMS: Final = """
select t.user_id from tokens t join memberships m on m.organisation_id = t.organisation_id and m.user_id = t.user_id
where t.sponsor_id = $1 and t.revoked_at is null and m.state = 'active'
group by t.user_id
"""
GONE: Final = "select user_id from memberships where user_id = any ($1) and state = 'ended'"
END: Final = "update memberships set state = 'ended' where user_id = $1 and state = 'active'"
RESUME: Final = """
update memberships set state = 'active', roles = $2 where user_id = $1 and state = 'ended' returning user_id
"""


async def end(work: Work, user_id: UUID, successor: UUID | None = None) -> None:
    """Out at once, with all that hangs on it. Whoever calls this has asked who may, and that somebody still answers.

    What they had in hand goes to `successor`, where they may have it, else to nobody, and others are told.
    """
    hanging = await work.driver.fetch(HANGING, user_id)
    programs = [row["user_id"] for row in await work.driver.fetch(PROGRAMS, user_id)]
    await work.driver.execute(END, user_id)
    for row in hanging:
        work.record(row["event"], row["id"])
    for row in await work.driver.fetch(GONE, [user_id, *programs]):
        work.record("membership.ended", row["user_id"])
    await parting.hand_on(work, user_id, successor)


async def resume(work: Work, user_id: UUID) -> bool:
    """Somebody who left is back, to report; false when they had not left."""
    back = bool(await work.driver.fetch(RESUME, user_id, [Role.REPORTER]))
    if back:
        work.record("membership.resumed", user_id)
    return back
