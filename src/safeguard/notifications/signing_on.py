"""Sign-on: whoever has not linked an account is told when the provider becomes the only way in, and again near the end.

Two weeks after it became the rule, or after they joined, a password lets them in no more (`sec.needs_provider`), and
then they could link nothing by themselves. And whoever can name somebody hears when the last one has left who gets in
while the provider is down.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from safeguard.access.policy import ALLOWED, Permission
from safeguard.notifications.finding import holding
from safeguard.notifications.telling import News, tell
from safeguard.sign_on.worst_day import nobody_gets_in
from safeguard.work import Work

UNLINKED: Final = """
select c.id, m.user_id, greatest(c.required_from, m.created_at) as since
from public.sign_on_connections c join public.memberships m on m.organisation_id = c.organisation_id
where c.organisation_id = (select sec.current_organisation()) and c.state = 'open' and c.required_from is not null
    and m.state = 'active' and m.kind = 'person'
    and (c.id = $1 or m.user_id = $1)
    and not exists (select from public.sign_on_accounts a
                    where a.organisation_id = c.organisation_id and a.connection_id = c.id
                        and a.user_id = m.user_id and a.subject is not null)
    and not exists (select from public.sign_on_exemptions e
                    where e.organisation_id = c.organisation_id and e.user_id = m.user_id)
"""
AGAIN: Final = timedelta(days=11)
"""Three days before the two weeks are over."""


async def tell_unlinked(work: Work, subject_id: UUID) -> None:
    """`sign_on.required` of a connection, `notice.sign_on_joined` of somebody: who has to link one, told twice."""
    for row in await work.driver.fetch(UNLINKED, subject_id):
        await tell(work, {row["user_id"]}, News("sign_on.required", row["id"], None, row["since"].isoformat()))
        work.ask(
            "notice.sign_on_unlinked", row["user_id"], key=f"{row['id']} {row['user_id']} {row['since'].isoformat()}",
            run_at=row["since"] + AGAIN,
        )  # fmt: skip


async def tell_still_unlinked(work: Work, person: UUID) -> None:
    """`notice.sign_on_unlinked`: whoever has it still to do."""
    for row in await work.driver.fetch(UNLINKED, person):
        if work.now() >= row["since"] + AGAIN:
            await tell(work, {person}, News("sign_on.ending", row["id"], None, row["since"].isoformat()))


async def tell_that_nobody_gets_in(work: Work, left: UUID) -> None:
    """`notice.sign_on_alone`: whoever may name somebody, while nobody gets in without the provider."""
    if connection_id := await nobody_gets_in(work):
        naming = await holding(work, ALLOWED[Permission.USERS_MANAGE])
        await tell(work, naming, News("sign_on.alone", connection_id, None, str(left)))
