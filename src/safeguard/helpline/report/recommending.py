"""What a report recommends, to whom, and what became of it: the next reports go on telling of it."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document
from safeguard.errors import Conflict, NotFound
from safeguard.helpline.report.annual import Annual
from safeguard.work import Work

STATES: Final = ("made", "accepted", "done", "declined", "dropped")
_FIELDS: Final = "n.id, n.report_id, r.code, n.words, n.owner, n.state, n.became, n.version"
OF_REPORT: Final = f"""
select {_FIELDS} from public.helpline_recommendations n
join public.helpline_reports r on r.organisation_id = n.organisation_id and r.id = n.report_id
where n.organisation_id = (select sec.current_organisation()) and n.report_id = $1 order by n.made_at, n.id limit 100
"""  # noqa: S608  our own constants
OF_EARLIER: Final = f"""
select {_FIELDS} from public.helpline_recommendations n
join public.helpline_reports r on r.organisation_id = n.organisation_id and r.id = n.report_id
where n.organisation_id = (select sec.current_organisation()) and r.last_day < $1 and r.state = 'published'
    and n.state <> 'dropped'
order by r.last_day desc, n.made_at, n.id limit 100
"""  # noqa: S608  our own constants
MAKE: Final = """
insert into public.helpline_recommendations (organisation_id, id, report_id, words, owner, made_at, changed_at)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $5)
"""
CHANGE: Final = """
update public.helpline_recommendations n set state = $3, became = $4, version = n.version + 1, changed_at = $5
where n.organisation_id = (select sec.current_organisation()) and n.id = $1 and n.version = $2
"""


class Recommendation(msgspec.Struct, frozen=True, kw_only=True):
    """One recommendation."""

    id: UUID
    report_id: UUID
    code: str
    """By what the address of its report names that."""
    words: str
    owner: str
    state: str = "made"
    became: str = ""
    version: int = 1


async def list_recommendations(work: Work, annual_id: UUID) -> tuple[Recommendation, ...]:
    """What one report recommends."""
    work.require(Permission.HELPLINE_SUPERVISE)
    return tuple(Recommendation(**dict(row)) for row in await work.driver.fetch(OF_REPORT, annual_id))


async def list_earlier(work: Work, first: date) -> tuple[Recommendation, ...]:
    """What published reports of earlier periods recommended."""
    work.require(Permission.HELPLINE_SUPERVISE)
    return tuple(Recommendation(**dict(row)) for row in await work.driver.fetch(OF_EARLIER, first))


async def recommend(work: Work, annual: Annual, words: str, owner: str) -> Recommendation:
    """Recommend something to somebody; raises `Conflict` once the report is published."""
    work.require(Permission.HELPLINE_SUPERVISE)
    if annual.state != "draft":
        raise Conflict("This report is published. What was published stays as it is.")
    made = Recommendation(id=clock.new_id(), report_id=annual.id, code=annual.code, words=words, owner=owner)
    await work.driver.execute(MAKE, made.id, annual.id, words, owner, work.now())
    work.record("recommendation.made", made.id, document=_document(made))
    return made


async def note_outcome(
    work: Work, annual: Annual, recommendation_id: UUID, state: str, became: str, seen: int
) -> Recommendation:
    """Say what became of it; what was published is only dropped while its report is a draft."""
    found = {each.id: each for each in await list_recommendations(work, annual.id)}.get(recommendation_id)
    if found is None:
        raise NotFound
    if state == "dropped" and annual.state != "draft":
        raise Conflict("This was published. Say what became of it.")
    after = msgspec.structs.replace(found, state=state, became=became, version=seen + 1)
    if await work.driver.execute(CHANGE, found.id, seen, state, became, work.now()) != "UPDATE 1":
        raise Conflict("Somebody else noted something while you had this open. Look at theirs first.")
    work.record("recommendation.changed", after.id, document=_document(after))
    return after


def _document(made: Recommendation) -> Document:
    return Document("recommendation", made.id, made.version, {
        "report_id": str(made.report_id), "words": made.words, "owner": made.owner, "state": made.state,
        "became": made.became,
    })  # fmt: skip
