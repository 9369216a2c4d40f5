"""Questions of inspectors that nobody has answered, for the home page and the inbox: their access ends by itself."""

from typing import Final

from safeguard.access.policy import Permission
from safeguard.incidents.beside import MOST, Queue
from safeguard.inspection.queries import UNANSWERED
from safeguard.work import Work

WAITING: Final = f"""
select count(*) from (
    select from public.inspections i join public.inspection_notes n
        on n.organisation_id = i.organisation_id and n.inspection_id = i.id
    where i.organisation_id = (select sec.current_organisation()) and i.ended_at is null and i.expires_at > sec.clock()
        and {UNANSWERED}
    limit $1) w
"""  # noqa: S608  our own constants


async def count_unanswered(work: Work) -> int:
    """How many, up to 99, as long as an answer would be read; none for whoever may not answer."""
    if not work.may(Permission.INSPECTION_MANAGE):
        return 0
    return int(await work.driver.fetchval(WAITING, MOST) or 0)


INSPECTORS_QUESTIONS: Final = Queue(
    "/inspections",
    "Questions of inspectors",
    count_unanswered,
    "An inspector asks something, and nobody has answered yet",
    always=False,
)
