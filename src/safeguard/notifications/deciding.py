"""Packs that are ready, concerns that were raised, approvals that wait: who asked, who reads, who can agree."""

from typing import Final
from uuid import UUID

from safeguard.access.roles import Role
from safeguard.identity import acts
from safeguard.identity.approving import proposal_of
from safeguard.identity.proposals import GET
from safeguard.notifications.finding import (
    ABOVE,
    ASKED_FOR_PACK,
    ASKED_FOR_REPORT,
    BROKE_GLASS,
    CONCERN_MESSAGES,
    HANDLERS,
    INSPECTION_NOTE,
    RAISED_BY,
    belonging,
    holding,
)
from safeguard.notifications.onward import ask_outside, vault_readers
from safeguard.notifications.telling import News, tell
from safeguard.tenancy.whereabouts import zone_here
from safeguard.work import Work

FLOODS: Final = "select $1::uuid = any (public.list_flooding_concerns())"
AT_RISK: Final = """
select c.child_at_risk is true or exists (
    select from public.public_reports r
    where r.organisation_id = c.organisation_id and r.concern_id = c.id and r.urgent)
from public.concerns c
where c.organisation_id = (select sec.current_organisation()) and c.id = $1
"""


async def tell_of_pack(work: Work, pack_id: UUID) -> None:
    """`pack.made`: whoever asked for it."""
    row = await work.driver.fetchrow(ASKED_FOR_PACK, pack_id)
    if row:
        asker = await belonging(work, row["requested_by"])
        await tell(work, asker, News("pack.made", pack_id, row["incident_id"]))


async def tell_of_finished_report(work: Work, report_id: UUID) -> None:
    """`report.made`: whoever asked for it; one that the schedule made, those who lead and those who govern."""
    row = await work.driver.fetchrow(ASKED_FOR_REPORT, report_id)
    if row:
        asker = row["asked_by"]
        people = await belonging(work, asker) if asker else await holding(work, (*ABOVE, *HANDLERS, Role.GOVERNOR))
        await tell(work, people, News("report.made", report_id, None))


async def tell_of_access_report(work: Work, report_id: UUID) -> None:
    """`access_report.made`: those who lead on safeguarding."""
    await tell(work, await holding(work, HANDLERS), News("access_report.made", report_id, None))


async def tell_of_inspection(work: Work, note_id: UUID) -> None:
    """`inspection_note.written`: the lead who let the inspector in of a question, the inspector of an answer."""
    row = await work.driver.fetchrow(INSPECTION_NOTE, note_id)
    if row is None:
        return
    if row["kind"] == "question":
        lead = await belonging(work, row["lead"])
        people = lead or await holding(work, HANDLERS)
        await tell(work, people, News("inspection.asked", row["inspection_id"], None, str(note_id)))
    elif row["asker"]:
        asker = await belonging(work, row["asker"])
        await tell(work, asker, News("inspection.answered", row["inspection_id"], None, str(note_id)))


async def tell_of_concern(work: Work, concern_id: UUID) -> None:
    """`concern.raised`: whoever reads the vault, the person concerned never; and in words that say nothing.

    Where that is nobody, the person outside is asked to see to it. Of a flood somebody hears once a day, and every
    quarter of an hour while somebody may be in danger: a notice for each would be the flood again.
    """
    raised_by = await work.driver.fetchval(RAISED_BY, concern_id)
    readers = await vault_readers(work)
    others = readers - {raised_by}
    flooded = await work.among(others, FLOODS, concern_id)
    told = await tell(work, others - flooded, News("concern.raised", concern_id, None))
    told |= await tell(work, flooded, News("vault.flood", work.organisation_id, None, await _moment(work, concern_id)))
    if not told and raised_by not in readers:
        await ask_outside(work, concern_id)


async def _moment(work: Work, concern_id: UUID) -> str:
    """Within what a reader is told of a flood once."""
    here = work.now().astimezone(await zone_here(work))
    in_danger = await work.driver.fetchval(AT_RISK, concern_id)
    return f"{here:%Y-%m-%d %H}:{here.minute // 15 * 15:02}" if in_danger else f"{here:%Y-%m-%d}"


async def tell_of_message(work: Work, concern_id: UUID) -> None:
    """`concern.written_to`: whoever reads the vault, once for each message; the person concerned never."""
    count = await work.driver.fetchval(CONCERN_MESSAGES, concern_id)
    await tell(work, await vault_readers(work), News("concern.written_to", concern_id, None, str(count)))


async def tell_of_glass(work: Work, opened_id: UUID) -> None:
    """`glass.broken`: everybody who could have been asked instead, and not whoever reads."""
    reader = await work.driver.fetchval(BROKE_GLASS, opened_id)
    others = await holding(work, (*HANDLERS, *ABOVE), without=reader)
    await tell(work, others, News("glass.broken", opened_id, None))


async def tell_of_proposal(work: Work, proposal_id: UUID) -> None:
    """`approval.proposed`: every member who can agree, and never whom it is about."""
    row = await work.driver.fetchrow(GET, proposal_id)
    if row is None:
        return
    proposal = proposal_of(row)
    act = acts.find(proposal.act)
    if act is None or not proposal.is_open(work.now()):
        return
    approvers = await holding(work, act.approvers, without=proposal.proposed_by)
    people = approvers - await act.kept_from(work, proposal)
    await tell(work, people, News("approval.proposed", proposal.id, proposal.incident_id))
