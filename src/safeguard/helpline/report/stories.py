"""Complex cases in a report: one supervisor tells a case anew, and another agrees that nobody is in it.

The program shows what in the words may tell who somebody is: the names that the case holds (the caller's, and those of
adults who agreed that theirs is sent), the organisation, the reference, addresses and handles, days in figures and in
words, telephone numbers. It finds too much rather than too little, and people decide.
"""

import re
from calendar import month_name
from datetime import datetime
from functools import partial
from typing import Final, Literal
from uuid import UUID

import msgspec
from anyio import to_thread

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.helpline.as_sent import find_sent, names_agreed
from safeguard.helpline.case import Case
from safeguard.helpline.confiding import keep_confidence
from safeguard.helpline.queries import get_case, list_urls_of
from safeguard.helpline.report.annual import Annual
from safeguard.referrals.naming import Found, find
from safeguard.work import Work

State = Literal["written", "agreed", "dropped"]
_MONTHS: Final = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in month_name[1:])
WRITTEN_DAY: Final = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTHS})\b|\b(?:{_MONTHS})\s+\d{{1,2}}(?:st|nd|rd|th)?\b",
    re.IGNORECASE,
)
"""20 November, 3rd of May, Nov 20."""
LIST: Final = """
select s.id, s.report_id, s.case_id, c.reference, s.title, s.words, s.state, s.version, s.written_at, s.written_by,
    s.written_by_name, s.agreed_at, s.agreed_by_name,
    (c.received_at at time zone 'Europe/London')::date not between r.first_day and r.last_day
        or (r.theme_id is not null and r.theme_id <> all (c.themes)) as elsewhere
from public.helpline_stories s
join public.helpline_reports r on r.organisation_id = s.organisation_id and r.id = s.report_id
join public.helpline_cases c on c.organisation_id = s.organisation_id and c.id = s.case_id
where s.organisation_id = (select sec.current_organisation()) and s.report_id = $1 and s.state <> 'dropped'
order by s.written_at, s.id limit 50
"""
ADD: Final = """
insert into public.helpline_stories (organisation_id, id, report_id, case_id, title, words, written_at, written_by,
    written_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8)
"""
CHANGE: Final = """
update public.helpline_stories s set title = $3, words = $4, state = $5, written_at = $6, written_by = $7,
    written_by_name = $8, agreed_at = $9, agreed_by = $10, agreed_by_name = $11, version = s.version + 1
where s.organisation_id = (select sec.current_organisation()) and s.id = $1 and s.version = $2
"""
BY_REFERENCE: Final = """
select c.id from public.helpline_cases c
where c.organisation_id = (select sec.current_organisation()) and c.reference = upper($1)
"""
ANOTHER: Final = """
select exists (select from public.memberships m
    where m.organisation_id = (select sec.current_organisation()) and m.state = 'active' and m.user_id <> $1
        and 'supervisor' = any (m.roles))
"""


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """One case as it is told."""

    id: UUID
    report_id: UUID
    case_id: UUID
    reference: str
    title: str
    words: str
    state: State = "written"
    version: int = 1
    written_at: datetime
    written_by: UUID | None = None
    written_by_name: str
    agreed_at: datetime | None = None
    agreed_by_name: str = ""
    elsewhere: bool = False
    """Whether its case is none of those that the report counts: it came on another day, or is not of its theme."""


async def list_stories(work: Work, annual_id: UUID) -> tuple[Story, ...]:
    """The stories of a report, in the order in which they were written."""
    work.require(Permission.HELPLINE_SUPERVISE)
    return tuple(Story(**dict(row)) for row in await work.driver.fetch(LIST, annual_id))


async def get_story(work: Work, annual: Annual, story_id: UUID) -> Story:
    """One story of a report; raises `NotFound`."""
    found = next((story for story in await list_stories(work, annual.id) if story.id == story_id), None)
    if found is None:
        raise NotFound
    return found


async def tell_story(work: Work, annual: Annual, reference: str, title: str, words: str) -> Story:
    """Tell a case for a report; raises `Invalid` where no case has that reference."""
    work.require(Permission.HELPLINE_SUPERVISE)
    _refuse_published(annual)
    case_id = await work.driver.fetchval(BY_REFERENCE, reference.strip())
    if case_id is None:
        raise Invalid(FieldError("reference", "No case has this reference. Copy it from the case's page."))
    await keep_confidence(work, (case_id,), f"{title}\n{words}", "words")
    story = Story(
        id=clock.new_id(), report_id=annual.id, case_id=case_id, reference=reference.strip().upper(), title=title,
        words=words, written_at=work.now(), written_by=work.actor.user_id, written_by_name=work.actor.name,
    )  # fmt: skip
    values = (story.id, annual.id, case_id, title, words, story.written_at, story.written_by, story.written_by_name)
    await work.driver.execute(ADD, *values)
    work.record("story.written", story.id, document=story_document(story))
    return story


async def retell_story(work: Work, annual: Annual, before: Story, title: str, words: str, seen: int) -> Story:
    """Write it anew: whoever agreed to the words before has not agreed to these."""
    await keep_confidence(work, (before.case_id,), f"{title}\n{words}", "words")
    after = msgspec.structs.replace(
        before, title=title, words=words, state="written", version=seen + 1, written_at=work.now(),
        written_by=work.actor.user_id, written_by_name=work.actor.name, agreed_at=None, agreed_by_name="",
    )  # fmt: skip
    return await _save(work, annual, before, after, seen, "story.written")


async def agree_story(work: Work, annual: Annual, before: Story, looked: bool, seen: int) -> Story:
    """Agree that nobody is in it: another supervisor than the one who wrote it, wherever there is another."""
    work.require(Permission.HELPLINE_SUPERVISE)
    if before.written_by == work.actor.user_id and await work.driver.fetchval(ANOTHER, work.actor.user_id):
        raise Conflict("You wrote this yourself. Another supervisor reads it, and agrees.")
    if await flagged(work, before) and not looked:
        raise Invalid(FieldError("looked", "Say that you have looked at what was found, or change the words."))
    after = msgspec.structs.replace(
        before, state="agreed", version=seen + 1, agreed_at=work.now(), agreed_by_name=work.actor.name
    )
    return await _save(work, annual, before, after, seen, "story.agreed")


async def drop_story(work: Work, annual: Annual, before: Story, seen: int) -> Story:
    """Leave it out of the report."""
    after = msgspec.structs.replace(before, state="dropped", version=seen + 1, agreed_at=None, agreed_by_name="")
    return await _save(work, annual, before, after, seen, "story.dropped")


async def flagged(work: Work, story: Story) -> tuple[Found, ...]:
    """What in a story may tell who somebody is; looked for in a thread of its own, as a long text takes its time."""
    case = await get_case(work, story.case_id)
    urls, sent = await list_urls_of(work, case.id), await find_sent(work, case.id)
    handles = sent.handles if sent else ()
    known = " ".join((*_facts(case), *handles, *(part for url in urls for part in url.address.split("/")[2:])))
    names = (case.caller_name, *await names_agreed(work, [case.id]))
    texts = {"title": story.title, "words": story.words}
    return await to_thread.run_sync(partial(find, texts, (), known, named=names, more=(("day", WRITTEN_DAY),)))


def _facts(case: Case) -> tuple[str, ...]:
    return case.reference, case.caller_organisation, case.caller_contact


async def _save(work: Work, annual: Annual, before: Story, after: Story, seen: int, event: str) -> Story:
    work.require(Permission.HELPLINE_SUPERVISE)
    _refuse_published(annual)
    agreed_by = work.actor.user_id if after.state == "agreed" else None
    done = await work.driver.execute(
        CHANGE, before.id, seen, after.title, after.words, after.state, after.written_at, after.written_by,
        after.written_by_name, after.agreed_at, agreed_by, after.agreed_by_name,
    )  # fmt: skip
    if done != "UPDATE 1":
        raise Conflict("Somebody else changed this while you had it open. Look at theirs first.")
    work.record(event, after.id, document=story_document(after))
    return after


def _refuse_published(annual: Annual) -> None:
    if annual.state != "draft":
        raise Conflict("This report is published. What was published stays as it is.")


def story_document(story: Story) -> Document:
    """What of this version is bound into the log."""
    return Document("story", story.id, story.version, {
        "report_id": str(story.report_id), "case_id": str(story.case_id), "title": story.title, "words": story.words,
        "state": story.state, "written_by_name": story.written_by_name, "agreed_by_name": story.agreed_by_name,
    })  # fmt: skip
