"""Reports that nobody asks for: once a quarter for whoever governs, and of every review as soon as it is signed off.

So a standard that comes round each year leaves a report each year, on the day on which those who answer for it agreed.
"""

from typing import Final
from uuid import UUID

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.insights.reporting.queries import ask_for_report
from safeguard.standards.queries import get_review
from safeguard.work import Work, begin

MEASURING: Final = "select id from public.list_measuring_organisations()"
GOVERNED: Final = """
select exists (select from public.memberships m
    where m.organisation_id = (select sec.current_organisation()) and m.state = 'active' and $1 = any (m.roles))
"""
DUE_ALREADY: Final = """
select exists (select from public.reports r
    where r.organisation_id = (select sec.current_organisation()) and r.asked_by is null and r.asked_at > $1
        and r.kind = 'governors')
"""
OF_REVIEW: Final = """
select exists (select from public.reports r
    where r.organisation_id = (select sec.current_organisation()) and r.review_id = $1 and r.asked_by is null)
"""
SEPTEMBER: Final = 9


async def ask_for_all(work: Work) -> int:
    """Ask for the report of the quarter that is over, wherever somebody governs; how many that were. Safe to repeat."""
    members = [row["id"] for row in await work.driver.fetch(MEASURING)]
    asked = 0
    for member in members:
        async with begin(system(member)) as theirs:
            asked += await _ask(theirs)
    return asked


async def ask_for_review(work: Work, review_id: UUID) -> bool:
    """Ask for the report of a review that was signed off; False where that was done. Safe to repeat.

    Nobody asks for it: whoever governs may sign a review off, and not ask for reports.
    """
    async with begin(system(work.actor.organisation_id)) as unasked:
        review = await get_review(unasked, review_id)
        if review.state != "signed" or await unasked.driver.fetchval(OF_REVIEW, review_id):
            return False
        await ask_for_report(unasked, "review", "", review_id)
    return True


async def _ask(work: Work) -> bool:
    now = work.now()
    quarter_began = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if not await work.driver.fetchval(GOVERNED, str(Role.GOVERNOR)):
        return False
    if await work.driver.fetchval(DUE_ALREADY, quarter_began):
        return False
    await ask_for_report(work, "governors", "last-year" if now.month == SEPTEMBER else "year")
    return True
