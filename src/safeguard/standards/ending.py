"""Ending a standard of one's own: it is offered no more, and every review, item and improvement keeps it.

Nothing is deleted: reviews were made with it. Its next edition, once imported, is offered again by itself.
"""

from typing import Final

from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid, NotFound
from safeguard.standards.framework import Framework
from safeguard.standards.owning import ended_frameworks
from safeguard.work import Work

END: Final = """
update public.own_frameworks f set ended_at = $2
where f.organisation_id = (select sec.current_organisation()) and f.code = $1 and f.ended_at is null returning f.id
"""
RESUME: Final = """
update public.own_frameworks f set ended_at = null
where f.organisation_id = (select sec.current_organisation()) and f.code = $1 and f.ended_at is not null returning f.id
"""
OVER: Final = "This standard is offered no more. Choose another, or offer it again on its own page."


async def end_framework(work: Work, code: str) -> None:
    """Offer it no more; raises `NotFound` where there is none of one's own that is offered."""
    await _change(work, END, "framework.ended", code, work.now())


async def resume_framework(work: Work, code: str) -> None:
    """Offer it again; raises `NotFound` where none was ended."""
    await _change(work, RESUME, "framework.resumed", code)


async def require_offered(work: Work, framework: Framework) -> Framework:
    """The framework, where a new review of it may begin; raises `Invalid`."""
    if framework.code in await ended_frameworks(work):
        raise Invalid(FieldError("framework", OVER))
    return framework


async def _change(work: Work, statement: str, event: str, code: str, *values: object) -> None:
    work.require(Permission.STANDARDS_REVIEW)
    changed = await work.driver.fetch(statement, code, *values)
    if not changed:
        raise NotFound
    for row in changed:
        work.record(event, row["id"], version=2)
