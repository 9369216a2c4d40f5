"""Acts that take two people: one asks, another agrees, and only then it happens.

Nobody agrees to what they asked for, nor to what is about themselves. Who may ask and who may agree is looked at again
when it is decided. So that an organisation of one person is never stuck, it names somebody outside (a chair, a trust, a
federation), who agrees by a one-time link that shows who asks for what kind of act, and no record. It is made, and
counts, only while nobody in the organisation can decide (`deciding`). Where the service sends mail it goes to the
address that was named; else whoever asked hands it over, and that it reached the person named is their word. The log
says that a link was made, and that one was used.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import ActorKind
from safeguard.access.roles import Role
from safeguard.audit.documents import Document, JSONValue
from safeguard.errors import Conflict, DomainError, FieldError, Forbidden, Invalid, NotFound
from safeguard.identity import acts
from safeguard.identity.acts import Act, Proposal, State
from safeguard.identity.deciding import HERE_BY_NOW, check_nobody_here
from safeguard.identity.renaming import check_not_renamed
from safeguard.identity.secret import new_secret
from safeguard.work import LogName, Work

LINK_LASTS: Final = timedelta(hours=72)
LONGEST_REASON: Final = 2_000

COLUMNS: Final = """id, act, subject_id, incident_id, concern_id, details::text, told, reason, log, state, version,
    proposed_at, proposed_by, proposed_by_name, expires_at, decided_at, decided_by, decided_by_name, decision_reason"""
ADD: Final = """
insert into proposals
    (organisation_id, id, act, subject_id, incident_id, details, told, reason, log, proposed_at, proposed_by,
     proposed_by_name, expires_at, concern_id)
values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10, $11, $12, $13, $14)
"""
LOCK: Final = f"select {COLUMNS} from proposals where id = $1 for update"  # noqa: S608  our own constants
ALREADY: Final = """
select exists (select from proposals where act = $1 and subject_id = $2 and state = 'open' and expires_at > $3)
"""
DECIDE: Final = """
update proposals set state = $2, version = version + 1, decided_at = $3, decided_by = $4, decided_by_name = $5,
    decision_reason = $6
where id = $1
"""
ROLES_NOW: Final = """
select sec.roles_held(roles, deputy_from, deputy_until) from memberships where user_id = $1 and state = 'active'
"""
SECOND_PERSON: Final = "select second_person_name, second_person_email from organisations where id = $1"
ADD_LINK: Final = """
insert into approval_links (organisation_id, id, proposal_id, token_hash, email, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7)
"""
EVENTS: Final[dict[str, str]] = {
    "approved": "approval.given",
    "declined": "approval.declined",
    "withdrawn": "approval.withdrawn",
}


async def propose(
    work: Work,
    act: str,
    subject_id: UUID,
    reason: str,
    *,
    told: str = "",
    details: Mapping[str, Any] | None = None,
    incident_id: UUID | None = None,
    concern_id: UUID | None = None,
    log: Literal["general", "restricted"] = "general",
) -> Proposal:
    """Ask for an act on `subject_id`; raises `Forbidden` for whoever may not ask for it.

    What is about an incident or a concern names it, and hides with it. `told` is what others read of it, the outside
    second person too: a kind of act, and never content of a record.
    """
    kind = acts.get(act)
    if work.actor.kind is not ActorKind.SYSTEM and kind.proposers.isdisjoint(work.actor.roles):
        raise Forbidden
    why = _read_reason(reason, "Say why: the person who decides reads it.")
    if await work.driver.fetchval(ALREADY, act, subject_id, work.now()):
        raise Conflict("This was asked for already, and waits for approval. You find it under Approvals.")
    proposal = Proposal(
        clock.new_id(), act, subject_id, incident_id, concern_id, details or {}, told or kind.name, why, log, "open", 1,
        work.now(), work.actor.user_id, work.actor.name, work.now() + kind.lasts,
    )  # fmt: skip
    await work.driver.execute(
        ADD, work.organisation_id, proposal.id, act, subject_id, incident_id, json.dumps(proposal.details),
        proposal.told, why, log, proposal.proposed_at, proposal.proposed_by, proposal.proposed_by_name,
        proposal.expires_at, concern_id,
    )  # fmt: skip
    _tell(work, "approval.proposed", proposal)
    return proposal


async def approve(work: Work, proposal_id: UUID, reason: str = "") -> Proposal:
    """Agree, as another member with the right to; the act happens in this unit of work.

    Raises what the act refuses with. Nothing of it is done then, and the unit of work still reads: for the page that
    says why, also where it was the database that refused.
    """
    proposal, act = await _to_decide(work, proposal_id)
    await _check_proposer(work, act, proposal)
    await work.driver.execute("savepoint agreed")
    try:
        await act.perform(work, proposal)
    except DomainError:
        await work.driver.execute("rollback to savepoint agreed")
        raise
    return await _close(work, proposal, "approved", reason)


async def decline(work: Work, proposal_id: UUID, reason: str) -> Proposal:
    """Do not agree, and say why; nothing happens."""
    proposal, act = await _to_decide(work, proposal_id)
    why = _read_reason(reason, "Say why not: whoever asked reads it.")
    await act.dropped(work, proposal)
    return await _close(work, proposal, "declined", why)


async def withdraw(work: Work, proposal_id: UUID) -> Proposal:
    """Take back what one asked for; raises `NotFound` for what somebody else did."""
    proposal = await _lock(work, proposal_id)
    if proposal.proposed_by is None or proposal.proposed_by != work.actor.user_id:
        raise NotFound
    return await _withdraw(work, proposal)


async def lapse(work: Work, proposal_id: UUID) -> Proposal:
    """Take back what nobody asks for any more, whoever did: a group stands for it no longer. Never for a page."""
    return await _withdraw(work, await _lock(work, proposal_id))


async def _withdraw(work: Work, proposal: Proposal) -> Proposal:
    _check_open(work, proposal)
    await acts.get(proposal.act).dropped(work, proposal)
    return await _close(work, proposal, "withdrawn", "")


class OutsideLink(NamedTuple):
    """A one-time link for the outside second person."""

    path: str
    email: str


async def make_link(work: Work, proposal_id: UUID) -> OutsideLink:
    """A fresh one-time link for the outside second person; an earlier link stops working.

    Raises `Conflict` when nobody outside is named or somebody here can decide, `NotFound` for what another asked for.
    """
    proposal = await _lock(work, proposal_id)
    if work.actor.kind is not ActorKind.SYSTEM and proposal.proposed_by != work.actor.user_id:
        raise NotFound
    _check_open(work, proposal)
    row = await work.driver.fetchrow(SECOND_PERSON, work.organisation_id)
    act = acts.get(proposal.act)
    if row is None or not row["second_person_email"] or not act.outside:
        raise Conflict("No outside second person is named. Name one under Settings, Change details.")
    await check_nobody_here(work, act, proposal)
    await check_not_renamed(work)
    secret = new_secret(16)
    await work.driver.execute(
        ADD_LINK, work.organisation_id, clock.new_id(), proposal.id, secret.hash, row["second_person_email"],
        work.now(), min(work.now() + LINK_LASTS, proposal.expires_at),
    )  # fmt: skip
    work.record("approval.link_made", proposal.id, version=proposal.version, log=proposal.log)
    return OutsideLink(f"/approve/{secret.text}", row["second_person_email"])


async def may_decide(work: Work, act: Act, proposal: Proposal) -> bool:
    """Whether the actor is another person with the right to decide this."""
    if work.actor.kind is ActorKind.OUTSIDE:
        return act.outside
    if work.actor.user_id is None or work.actor.user_id == proposal.proposed_by:
        return False
    return not act.approvers.isdisjoint(work.actor.roles) and not await _is_kept_from(work, act, proposal)


async def may_see(work: Work, proposal: Proposal) -> bool:
    """Whether the actor may know of this: whoever asked, and whoever might decide."""
    act = acts.find(proposal.act)
    if act is None or await _is_kept_from(work, act, proposal):
        return False
    return work.actor.user_id == proposal.proposed_by or not act.approvers.isdisjoint(work.actor.roles)


async def _is_kept_from(work: Work, act: Act, proposal: Proposal) -> bool:
    if work.actor.user_id == proposal.proposed_by:
        return False
    return work.actor.user_id in await act.kept_from(work, proposal)


async def _to_decide(work: Work, proposal_id: UUID) -> tuple[Proposal, Act]:
    proposal = await _lock(work, proposal_id)
    act = acts.get(proposal.act)
    if work.actor.kind is not ActorKind.OUTSIDE and not await may_see(work, proposal):
        raise NotFound
    if proposal.proposed_by is not None and proposal.proposed_by == work.actor.user_id:
        raise Forbidden("You asked for this yourself: somebody else decides it.")
    if not await may_decide(work, act, proposal):
        raise Forbidden
    _check_open(work, proposal)
    if work.actor.kind is ActorKind.OUTSIDE:
        await check_nobody_here(work, act, proposal, HERE_BY_NOW)
    return proposal, act


async def _lock(work: Work, proposal_id: UUID) -> Proposal:
    row = await work.driver.fetchrow(LOCK, proposal_id)
    if row is None:
        raise NotFound
    return proposal_of(row)


def proposal_of(row: Any) -> Proposal:
    """The proposal in a row of `COLUMNS`."""
    fields = dict(row)
    return Proposal(**{**fields, "details": json.loads(fields["details"])})


def _check_open(work: Work, proposal: Proposal) -> None:
    if proposal.state != "open":
        raise Conflict("This was decided already. Open it again to see how.")
    if not proposal.is_open(work.now()):
        raise Conflict("Nobody decided this in time, so it has run out. Whoever needs it can ask again.")


async def _check_proposer(work: Work, act: Act, proposal: Proposal) -> None:
    """Whoever asked must still be somebody who may: they may have left, or lost the role."""
    if proposal.proposed_by is None:
        return
    held: list[str] | None = await work.driver.fetchval(ROLES_NOW, proposal.proposed_by)
    if held is None or act.proposers.isdisjoint(map(Role, held)):
        raise Conflict("Whoever asked for this may no longer do so, so it cannot be approved. Decline it.")


async def _close(work: Work, proposal: Proposal, state: State, reason: str) -> Proposal:
    decided = replace(
        proposal, state=state, version=proposal.version + 1, decided_at=work.now(), decided_by=work.actor.user_id,
        decided_by_name=work.actor.name, decision_reason=reason.strip(),
    )  # fmt: skip
    await work.driver.execute(
        DECIDE, proposal.id, state, decided.decided_at, decided.decided_by, decided.decided_by_name,
        decided.decision_reason,
    )  # fmt: skip
    _tell(work, EVENTS[state], decided)
    return decided


def _tell(work: Work, event: str, proposal: Proposal) -> None:
    log: LogName = proposal.log
    work.record(event, proposal.id, document=_document(proposal), log=log)


def _document(proposal: Proposal) -> Document:
    fields: dict[str, JSONValue] = {
        "act": proposal.act, "subject": str(proposal.subject_id), "told": proposal.told, "reason": proposal.reason,
        "state": proposal.state, "proposed_by_name": proposal.proposed_by_name,
        "decided_by_name": proposal.decided_by_name, "decision_reason": proposal.decision_reason,
    }  # fmt: skip
    return Document("approval", proposal.id, proposal.version, fields)


def _read_reason(reason: str, missing: str) -> str:
    said = reason.strip()
    if not said:
        raise Invalid(FieldError("reason", missing))
    if len(said) > LONGEST_REASON:
        raise Invalid(FieldError("reason", f"The most is {LONGEST_REASON:,} characters."))
    return said
