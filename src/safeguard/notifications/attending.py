"""The helpline's desk: a case that nobody took, one that was given to somebody, one whose caller wrote again or had
no answer by mail.

A notice names neither caller nor issue. Where nobody works at the desk, those who can let somebody in are told that
something waits there, and nothing of what.
"""

from typing import Any, Final
from uuid import UUID

from safeguard.access.roles import Role
from safeguard.notifications.finding import belonging, holding
from safeguard.notifications.telling import News, tell
from safeguard.work import Work

DESK: Final = (Role.PRACTITIONER, Role.SUPERVISOR)
ABOVE_DESK: Final = (Role.ADMINISTRATOR, Role.HEAD, Role.LEAD)
CASE: Final = """
select c.id, c.assigned_to, c.unsent_at, c.ended_at is not null as ended, c.at_risk or c.priority = 'urgent' as urgent,
    c.received_by
from public.helpline_cases c where c.organisation_id = (select sec.current_organisation()) and c.id = $1
"""
BY_ORIGIN: Final = """
select c.id from public.helpline_cases c
where c.organisation_id = (select sec.current_organisation()) and c.origin = $1
"""
GIVEN_BACK: Final = """
select e.id, e.written_by, exists (
    select from public.helpline_cases w
    where w.organisation_id = (select sec.current_organisation()) and w.ended_at is null and w.assigned_to is null
        and (w.at_risk or w.priority = 'urgent')) as urgent
from public.helpline_entries e
where e.organisation_id = (select sec.current_organisation()) and e.case_id = $1 and e.kind = 'handover'
order by e.written_at desc, e.id desc limit 1
"""
"""The note with which the first of somebody's cases became nobody's, and whether anything urgent waits with nobody."""
OF_FILES: Final = ("case_file.refused", "case_file.infected", "case_file.locked")
FILE: Final = """
select f.case_id, f.state, f.locked_at, f.locked_why from public.helpline_files f
where f.organisation_id = (select sec.current_organisation()) and f.id = $1
"""
HEARD: Final = """
select e.id from public.helpline_entries e
where e.organisation_id = (select sec.current_organisation()) and e.case_id = $1 and e.kind = 'contact'
    and e.written_by is null
order by e.written_at desc, e.id desc limit 1
"""


async def tell_of_case(work: Work, case_id: UUID) -> None:
    """`case.opened`: everybody of the desk but who took it, while nobody has it."""
    case = await work.driver.fetchrow(CASE, case_id)
    if case is None or case["ended"] or case["assigned_to"]:
        return
    code = "case.urgent" if case["urgent"] else "case.opened"
    await _tell_desk(work, News(code, case_id, None), without=case["received_by"])


async def tell_that_they_wrote(work: Work, case_id: UUID) -> None:
    """`case.heard`: whoever has it, or else the desk. Once for each time that somebody wrote."""
    case = await work.driver.fetchrow(CASE, case_id)
    if case is None:
        return
    news = News("case.heard", case_id, None, str(await work.driver.fetchval(HEARD, case_id)))
    await _tell_owner(work, case, news)


async def tell_that_it_was_not_delivered(work: Work, case_id: UUID) -> None:
    """`case.unsent`: whoever has it, or else the desk, unless it is answered meanwhile. Once for each time."""
    case = await work.driver.fetchrow(CASE, case_id)
    if case is None or case["unsent_at"] is None:
        return
    await _tell_owner(work, case, News("case.unsent", case_id, None, case["unsent_at"].isoformat()))


async def tell_practitioner(work: Work, case_id: UUID) -> None:
    """`case.assigned`: whoever has it now, unless they took it themselves. Once for each time that it is given."""
    case = await work.driver.fetchrow(CASE, case_id)
    if case is None:
        return
    owner = await belonging(work, case["assigned_to"], without=work.actor.user_id)
    await tell(work, owner, News("case.assigned", case_id, None, str(case["assigned_to"])))


async def tell_that_nobody_has_theirs(work: Work, case_id: UUID) -> None:
    """`notice.practitioner_left`: the supervisors, else the desk, once however many cases they were.

    Whoever did it knows. Whether the first of them has somebody by now says nothing of the others.
    """
    given_back = await work.driver.fetchrow(GIVEN_BACK, case_id)
    if given_back is None:
        return
    code = "practitioner.left_urgent" if given_back["urgent"] else "practitioner.left"
    news, by = News(code, work.organisation_id, None, str(given_back["id"])), given_back["written_by"]
    supervisors = await holding(work, (Role.SUPERVISOR,))
    if supervisors:
        await tell(work, supervisors - {by}, news)
    else:
        await _tell_desk(work, news, without=by)


async def tell_of_file(work: Work, file_id: UUID) -> None:
    """A file was not taken in, or its sender locked it: whoever has the case, or else the desk.

    What the desk locked itself stands in the case. Many that were locked at once are told of once.
    """
    file = await work.driver.fetchrow(FILE, file_id)
    case = await work.driver.fetchrow(CASE, file["case_id"]) if file else None
    if file is None or case is None:
        return
    if file["locked_why"] == "sender":
        await _tell_owner(work, case, News("case.file_locked", case["id"], None, file["locked_at"].isoformat()))
    elif file["state"] in {"refused", "infected"}:
        await _tell_owner(work, case, News("case.file_refused", case["id"], None, str(file_id)))


async def tell_undelivered(work: Work, origin: str, key: str) -> None:
    """What the desk sent by the channel has no receipt: whoever has the case, or else the desk."""
    case_id: UUID | None = await work.driver.fetchval(BY_ORIGIN, origin)
    case = await work.driver.fetchrow(CASE, case_id) if case_id else None
    if case_id and case:
        await _tell_owner(work, case, News("case.undelivered", case_id, None, key))


async def _tell_owner(work: Work, case: Any, news: News) -> None:
    if owner := await belonging(work, case["assigned_to"]):
        await tell(work, owner, news)
    else:
        await _tell_desk(work, news)


async def _tell_desk(work: Work, news: News, without: UUID | None = None) -> None:
    desk = await holding(work, DESK)
    if desk:
        await tell(work, desk - {without}, news)
    else:
        await tell(
            work, await holding(work, ABOVE_DESK), News("desk.unattended", work.organisation_id, None, news.once)
        )
