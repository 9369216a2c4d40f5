"""Telling: one notice for each person, written as that person, so that nobody is told of what they could not open.

The row security that hides an incident from whoever must not know of it stands between them and the notice too: seen
with their eyes there is no such incident, and nothing is written. (The road not taken: a list of exceptions kept beside
every rule.)
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from safeguard import clock
from safeguard.notifications.choosing import gathered_at, read_choices
from safeguard.notifications.gathering import mail_together
from safeguard.notifications.rules import rule_of
from safeguard.post.posting import post_mail
from safeguard.tenancy.whereabouts import zone_here
from safeguard.work import Work

KNOWS_INCIDENT: Final = """
select exists (select from public.incidents i
               where i.organisation_id = (select sec.current_organisation()) and i.id = $1)
"""
KNOWS_CONCERN: Final = """
select exists (select from public.concerns c
               where c.organisation_id = (select sec.current_organisation()) and c.id = $1)
"""
KNOWS_PROPOSAL: Final = """
select exists (select from public.proposals p
               where p.organisation_id = (select sec.current_organisation()) and p.id = $1)
"""
KNOWS_TRANSFER: Final = """
select exists (select from public.transfers t
               where t.organisation_id = (select sec.current_organisation()) and t.id = $1)
"""
KNOWS_REQUEST: Final = """
select exists (select from public.access_requests r
               where r.organisation_id = (select sec.current_organisation()) and r.id = $1)
"""
KNOWS_ALERT: Final = """
select exists (select from public.alerts a
               where a.organisation_id = (select sec.current_organisation()) and a.id = $1)
"""
KNOWS_IMPROVEMENT: Final = """
select exists (select from public.improvements m
               where m.organisation_id = (select sec.current_organisation()) and m.id = $1)
"""
TELL: Final = """
insert into public.notices (organisation_id, id, recipient_id, event, subject_id, incident_id, key, created_at)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7)
on conflict (organisation_id, recipient_id, key) do nothing
returning id
"""


@dataclass(frozen=True, slots=True)
class News:
    """What is told: the code of a notice, what it is about, and what makes it one of a kind."""

    code: str
    subject_id: UUID
    incident_id: UUID | None
    key: str = ""

    @property
    def once(self) -> str:
        """Telling the same again tells nobody anything."""
        return f"{self.code} {self.subject_id} {self.key}".strip()


async def tell(work: Work, people: Collection[UUID], news: News) -> frozenset[UUID]:
    """Tell these people; who of them may know of it. Safe to run twice."""
    told: dict[UUID, UUID | None] = {}
    for person in sorted(people):
        await work.see_as(person)
        if await _may_know(work, news):
            told[person] = await work.driver.fetchval(TELL, *_values(work, person, news))
    await work.see_as(work.actor.user_id)
    zone = await zone_here(work)
    for person, notice_id in told.items():
        if notice_id:
            await _mail(work, person, notice_id, news, zone)
    return frozenset(told)


async def _may_know(work: Work, news: News) -> bool:
    if news.code.startswith("concern."):
        return bool(await work.driver.fetchval(KNOWS_CONCERN, news.subject_id))
    if news.code.startswith("alert."):
        return bool(await work.driver.fetchval(KNOWS_ALERT, news.subject_id))
    if news.code.startswith("approval."):
        return bool(await work.driver.fetchval(KNOWS_PROPOSAL, news.subject_id))
    if news.code.startswith("transfer."):
        return bool(await work.driver.fetchval(KNOWS_TRANSFER, news.subject_id))
    if news.code.startswith("request."):
        return bool(await work.driver.fetchval(KNOWS_REQUEST, news.subject_id))
    if news.code.startswith("improvement."):
        return bool(await work.driver.fetchval(KNOWS_IMPROVEMENT, news.subject_id))
    return news.incident_id is None or bool(await work.driver.fetchval(KNOWS_INCIDENT, news.incident_id))


def _values(work: Work, person: UUID, news: News) -> tuple[object, ...]:
    return clock.new_id(), person, news.code, news.subject_id, news.incident_id, news.once, work.now()


async def _mail(work: Work, person: UUID, notice_id: UUID, news: News, zone: ZoneInfo) -> None:
    """By mail too, as they chose: at once, when the night is over, with the day's others, or not."""
    rule, choices = rule_of(news.code), await read_choices(work, person)
    if rule.together:
        await mail_together(work, person, notice_id)
        return
    match choices.way_of(rule):
        case "each":
            later = choices.loud_at(work.now(), zone, rule)
            await post_mail(
                work, person, rule.template, notice_id=notice_id, key=f"notice {notice_id}", not_before=later
            )
        case "digest":
            when = gathered_at(work.now(), zone)
            work.ask("notice.digest", person, key=f"{person} {when.isoformat()}", run_at=when)
        case "none":
            pass
