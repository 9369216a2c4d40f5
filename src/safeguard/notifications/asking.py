"""The daily look at what is read and signed: who is asked by themselves, and who is reminded.

Everybody is asked when an edition is published. Whoever comes later, by an invitation, a directory or a role more, and
whoever's reading or signature ran out, is found here on the next morning: no way of joining has to know of policies. A
reminder comes on the day by which they should and in each week after, four times. What somebody was told is never told
twice: a notice has a key, and the key is of the round.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from safeguard.access.actors import system
from safeguard.notifications.choosing import GATHERED_AT
from safeguard.notifications.telling import News, tell
from safeguard.registers.due import Waiting, list_waiting
from safeguard.tenancy.whereabouts import zone_here
from safeguard.work import Work, begin

ASKING: Final = "select id, time_zone from public.list_asking_organisations()"
ROUNDS: Final = 4
"""How often somebody is reminded in one round, a week apart; after that it goes on standing on their first page."""
A_WEEK: Final = timedelta(days=7)


async def ask_all(work: Work) -> int:
    """Ask each organisation for its look, on its morning; how many were asked. Safe to run twice a day."""
    rows = await work.driver.fetch(ASKING)
    for row in rows:
        zone = ZoneInfo(row["time_zone"])
        today = work.now().astimezone(zone).date()
        async with begin(system(row["id"])) as theirs:
            theirs.ask("notice.policies_due", row["id"], key=today.isoformat(), run_at=morning(today, zone))
    return len(rows)


async def ask_and_remind(work: Work, organisation_id: UUID, edition_id: UUID | None = None) -> None:
    """`notice.policies_due`: tell whoever is asked by themselves, and remind whoever is late; of one edition or all."""
    today = work.now().astimezone(await zone_here(work)).date()
    told: dict[News, set[UUID]] = {}
    for one in await list_waiting(work, today, edition_id):
        for news in _news(one, today):
            told.setdefault(news, set()).add(one.user_id)
    for news, people in told.items():
        await tell(work, people, news)


def _news(one: Waiting, today: date) -> tuple[News, ...]:
    began = f"{one.edition_id} {one.ran_out}" if one.ran_out else str(one.edition_id)
    asked = News("policy.published", one.policy_id, None, began)
    week = (today - one.due_on) // A_WEEK
    if not 0 <= week < ROUNDS:
        return (asked,)
    return asked, News("policy.unread", one.policy_id, None, f"{one.edition_id} {one.due_on} {week}")


def morning(day: date, zone: ZoneInfo) -> datetime:
    """When people are told of what is due on a day."""
    return datetime.combine(day, GATHERED_AT, zone).astimezone(UTC)
