"""Telling everybody who referred an address of every step that it takes.

Each link of a case to an address counts the steps that its referrer was told of. The first are told with the step
itself; where a wave has brought hundreds, a worker tells the others, so many at once, in the order of the steps. Who
names an address that is known already is told how it stands: what the platform answered to others is not said to them.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, Final, cast
from uuid import UUID

from msgspec import UNSET

from safeguard.channel import bodies
from safeguard.channel.bodies import UrlStep
from safeguard.channel.sending import send, send_all
from safeguard.helpline.case import Case, Referrer, Step, Url, referrer_of
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.queries import get_url
from safeguard.work import Work

AT_ONCE: Final = 50
"""Referrers that are told in one transaction."""
MANY_AT_ONCE: Final = 1_000
"""Words to referrers of as many addresses as a referral may name, in one transaction."""
JOB: Final = "steps.tell"
SAID: Final = {
    UrlState.PASSED_IWF: "passed_to_iwf", UrlState.PASSED_POLICE: "passed_to_police",
    UrlState.GONE: "gone_before_report",
}  # fmt: skip
KEPT: Final = frozenset({UrlState.SELF_REPORTED})
"""Steps that callers took themselves: their reference and its answer stay here; others learn only that it was done."""
UNTOLD: Final = """
select l.id, l.told_steps, c.channel, c.origin from public.helpline_case_urls l
join public.helpline_cases c on c.organisation_id = l.organisation_id and c.id = l.case_id
where l.organisation_id = (select sec.current_organisation()) and l.url_id = $1 and l.told_steps < $2
    and c.channel = 'shared' and c.state <> 'withdrawn'
order by l.id limit $3 for update of l
"""
UNTOLD_OF_ALL: Final = """
select l.id, l.url_id, l.told_steps, c.channel, c.origin from public.helpline_case_urls l
join public.helpline_cases c on c.organisation_id = l.organisation_id and c.id = l.case_id
where l.organisation_id = (select sec.current_organisation()) and l.url_id = any ($1::uuid[])
    and c.channel = 'shared' and c.state <> 'withdrawn'
order by l.id limit $2 for update of l
"""
TOLD_OF_ALL: Final = """
update public.helpline_case_urls l set told_steps = n.steps
from unnest($1::uuid[], $2::integer[]) as n (id, steps)
where l.organisation_id = (select sec.current_organisation()) and l.id = n.id
"""
LEFT_OUT: Final = """
select l.id, l.case_id, l.told_steps, c.channel, c.origin from public.helpline_case_urls l
join public.helpline_cases c on c.organisation_id = l.organisation_id and c.id = l.case_id
where l.organisation_id = (select sec.current_organisation()) and l.url_id = $1 and l.told_steps < $2
    and c.channel = 'shared' and c.state <> 'withdrawn' and c.id = any ($3::uuid[])
order by l.id for update of l
"""
LEAVE_OUT: Final = """
update public.helpline_case_urls l set left_out = l.left_out || $2::uuid
where l.organisation_id = (select sec.current_organisation()) and l.id = any ($1::uuid[])
"""
BEHIND: Final = """
select l.url_id from public.helpline_case_urls l
where l.organisation_id = (select sec.current_organisation()) and l.case_id = $1 and l.told_steps < (
        select count(*) from public.helpline_url_steps s
        where s.organisation_id = l.organisation_id and s.url_id = l.url_id)
order by l.url_id
"""
TOLD: Final = """
update public.helpline_case_urls l set told_steps = $2
where l.organisation_id = (select sec.current_organisation()) and l.id = any ($1::uuid[])
"""
STANDING: Final = """
select u.id from public.helpline_urls u
where u.organisation_id = (select sec.current_organisation()) and u.id = any ($1::uuid[])
order by u.id for share
"""
"""A step that is noted at this moment waits until the joining is done, and is told of by itself."""
JOINED: Final = """
select l.id from public.helpline_case_urls l
where l.organisation_id = (select sec.current_organisation()) and l.case_id = $1 and l.url_id = $2
"""


async def tell_stepped(work: Work, url: Url, without: Collection[UUID] = ()) -> tuple[UUID, ...]:
    """Say what happened to an address to everybody who referred it and does not know; a worker goes on with the rest.

    Safe to ask for twice: nobody is told of a step a second time. Cases `without` are not told of the latest one; those
    of them that would have been are returned, and keep that they were left out of it. Who took their referral back is
    told of nothing.
    """
    left = await work.driver.fetch(LEFT_OUT, url.id, len(url.steps), list(without)) if without else []
    if left:
        await _tell_each(work, left, url, url.steps[:-1])
        await work.driver.execute(LEAVE_OUT, [row["id"] for row in left], url.steps[-1].id)
    rows = await work.driver.fetch(UNTOLD, url.id, len(url.steps), AT_ONCE + 1)
    await _tell_each(work, rows[:AT_ONCE], url, url.steps)
    if len(rows) > AT_ONCE:
        work.ask(JOB, url.id)
    return tuple(row["case_id"] for row in left)


async def _tell_each(work: Work, rows: Sequence[Any], url: Url, steps: Sequence[Step]) -> None:
    """Tell whoever is behind those of these steps that they do not know; they know of all of the address's then."""
    for row in rows:
        if told := referrer_of(row["channel"], row["origin"]):
            for step in steps[row["told_steps"] :]:
                await _tell(work, told, url, step, words=step.answer, reference=step.platform_reference)
    await work.driver.execute(TOLD, [row["id"] for row in rows], len(url.steps))


async def tell_the_others(work: Work, url_id: UUID) -> None:
    """Go on telling of an address: what the worker does."""
    await tell_stepped(work, await get_url(work, url_id))


async def tell_caught_up(work: Work, case: Case) -> None:
    """Say to whoever goes on with what they had taken back how each address stands that has moved meanwhile."""
    if case.referrer:
        await tell_standing(work, case, [row["url_id"] for row in await work.driver.fetch(BEHIND, case.id)])


async def tell_standing(work: Work, case: Case, joined: Sequence[UUID]) -> None:
    """Say to whoever named addresses that others had named before how each stands, where it has gone a step."""
    told = case.referrer
    if told is None or not joined:
        return
    for row in await work.driver.fetch(STANDING, list(joined)):
        url = await get_url(work, row["id"])
        if url.standing:
            await _tell(work, told, url, url.standing[-1], words="", reference="")
        if url.steps:
            link = await work.driver.fetchval(JOINED, case.id, url.id)
            await work.driver.execute(TOLD, [link], len(url.steps))


async def tell_all_stepped(work: Work, urls: Sequence[Url]) -> None:
    """As `tell_stepped` for each of many addresses; where they are too many, a worker tells all of those."""
    by = {url.id: url for url in urls}
    rows = await work.driver.fetch(UNTOLD_OF_ALL, list(by), MANY_AT_ONCE + 1)
    if len(rows) > MANY_AT_ONCE:
        for url_id in by:
            work.ask(JOB, url_id)
        return
    said: dict[UUID, list[UrlStep]] = defaultdict(list)
    for row in rows:
        if told := referrer_of(row["channel"], row["origin"]):
            url = by[row["url_id"]]
            said[told.sender] += [_said(told, url, step, words=step.answer, reference=step.platform_reference)
                                  for step in url.steps[row["told_steps"] :]]  # fmt: skip
    for sender, each in said.items():
        await send_all(work, sender, each)
    counts = [len(by[row["url_id"]].steps) for row in rows]
    await work.driver.execute(TOLD_OF_ALL, [row["id"] for row in rows], counts)


async def _tell(work: Work, told: Referrer, url: Url, step: Step, *, words: str, reference: str) -> None:
    await send(work, told.sender, _said(told, url, step, words=words, reference=reference))


def _said(told: Referrer, url: Url, step: Step, *, words: str, reference: str) -> UrlStep:
    state = cast("bodies.UrlState", SAID.get(step.state, str(step.state)))
    if step.state in KEPT:
        words, reference = (words if step.undoes else ""), ""
    return UrlStep(
        referral=told.referral, url=url.address, state=state, at=step.happened_at, words=words,
        platform_reference=reference, day_only=step.day_only or UNSET, undated=step.undated or UNSET,
        platform=url.platform or None, taken_back=True if step.undoes else UNSET,
    )  # fmt: skip
