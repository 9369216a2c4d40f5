"""What a caller reported themselves, of many addresses at once: one step of each, written by a few statements.

A referral may name 500. Noted one by one, as `takedown.step_on` does, they would hold its transaction for seconds.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict
from safeguard.helpline.case import Step, Url, url_document
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.takedown import SECOND, STEP, moved
from safeguard.helpline.telling_steps import tell_all_stepped
from safeguard.work import Work

MOVE: Final = """
update public.helpline_urls u set state = 'self_reported', platform = n.platform, self_reported_at = n.at,
    version = u.version + 1
from unnest($1::uuid[], $2::integer[], $3::text[], $4::timestamptz[]) as n (id, seen, platform, at)
where u.organisation_id = (select sec.current_organisation()) and u.id = n.id and u.version = n.seen
    and u.state = 'listed'
"""


async def step_all(
    work: Work, listed: Sequence[Url], at: datetime, reference: str, answer: str, *,
    day_known: bool, answered: bool | None,
) -> None:  # fmt: skip
    """Note of addresses that are listed that their caller reported them, as `step_on` would of each; by its day alone.

    Raises `Conflict` where somebody moved one meanwhile: then none is noted.
    """
    work.require(Permission.HELPLINE_WORK)
    if not listed:
        return
    urls = [_stepped(work, url, at, reference, answer, day_known=day_known, answered=answered) for url in listed]
    done = await work.driver.execute(
        MOVE, [url.id for url in urls], [url.version for url in listed], [url.platform for url in urls],
        [url.self_reported_at for url in urls],
    )  # fmt: skip
    if done != f"UPDATE {len(urls)}":
        raise Conflict(SECOND)
    rows = [
        (step.id, url.id, step.state, step.happened_at, step.platform_reference, step.answer, step.written_at,
         work.actor.user_id, step.written_by_name, step.day_only, step.undated, step.answered, None)
        for url in urls for step in url.steps[-1:]
    ]  # fmt: skip
    await work.driver.executemany(STEP, rows)
    for url in urls:
        work.record("url.moved", url.id, document=url_document(url, url.steps[-1]))
    await tell_all_stepped(work, urls)


def _stepped(
    work: Work, before: Url, at: datetime, reference: str, answer: str, *, day_known: bool, answered: bool | None
) -> Url:
    url = moved(before, UrlState.SELF_REPORTED, at, "", before.version, day_only=True)
    if not day_known:
        url = msgspec.structs.replace(url, self_reported_at=before.self_reported_at)
    step = Step(
        id=clock.new_id(), state=UrlState.SELF_REPORTED, happened_at=at, day_only=True, undated=not day_known,
        answered=answered, platform_reference=reference, answer=answer, written_at=work.now(),
        written_by_name=work.actor.name,
    )  # fmt: skip
    return msgspec.structs.replace(url, steps=(*before.steps, step))
