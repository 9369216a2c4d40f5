"""Ending an exclusion: one person asks, because the excluded was told on record or another of that name is meant.

Somebody else agrees, and only then they see it: what was read cannot be taken back. Whom it is about neither sees nor
decides what is asked, and the database asks for the two people again (migrations/sql/85_circles.sql).
"""

from typing import Final, Literal
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.identity import approving
from safeguard.identity.acts import Act, Proposal, Shown
from safeguard.incidents.entering import too_long
from safeguard.incidents.hiding.retelling import RETELL
from safeguard.incidents.reports import tidy
from safeguard.work import Work

Ground = Literal["told", "mistaken"]

LIFT: Final = "exclusion.lift"
TOLD: Final = "Let somebody know of a record that is kept from them"
"""All that anybody reads of it who may not know of the record."""
GROUNDS: Final[dict[str, str]] = {
    "told": "They were told of it",
    "mistaken": "Another person of that name is meant",
}

FIND: Final = """
select x.id, i.version from public.exclusions x
join public.incidents i on i.organisation_id = x.organisation_id and i.id = x.incident_id
where x.organisation_id = (select sec.current_organisation()) and x.incident_id = $1 and x.user_id = $2
    and x.lifted_at is null
for update of i
"""
END: Final = """
update public.exclusions x set lifted_at = $2, lifted_by = $3, lifted_by_name = $4, ground = $5, told_how = $6,
    reason = $7, approval_id = $8
where x.organisation_id = (select sec.current_organisation()) and x.id = $1 and x.lifted_at is null
"""
HEADING: Final = """
select i.reference, i.version, coalesce(m.name, '') from public.incidents i
left join public.exclusions x on x.organisation_id = i.organisation_id and x.id = $2
left join public.memberships m on m.organisation_id = i.organisation_id and m.user_id = x.user_id
where i.organisation_id = (select sec.current_organisation()) and i.id = $1
"""
HOLD: Final = """
select from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.id = $1 for no key update
"""
WHO_NOT: Final = """
select m.user_id from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.user_id <> all (sec.who_may_know($1, array(
    select o.user_id from public.memberships o where o.organisation_id = m.organisation_id)))
"""


class _Grounds(msgspec.Struct, frozen=True):
    """What was said of why it ends."""

    ground: Ground
    told_how: str = ""


async def ask(work: Work, incident_id: UUID, user_id: UUID, ground: Ground, told_how: str, reason: str) -> Proposal:
    """Ask that somebody may know; raises `Invalid` without grounds, `NotFound` when nothing keeps them from it."""
    work.require(Permission.INCIDENT_RESTRICT)
    told_how, reason = tidy(told_how), tidy(reason)
    if errors := _wrong(ground, told_how, reason):
        raise Invalid(*errors)
    row = await work.driver.fetchrow(FIND, incident_id, user_id)
    if row is None:
        raise NotFound
    work.restrict()
    return await approving.propose(
        work, LIFT, row["id"], reason, told=TOLD, details={"ground": ground, "told_how": told_how},
        incident_id=incident_id, log="restricted",
    )  # fmt: skip


def _wrong(ground: Ground, told_how: str, reason: str) -> list[FieldError]:
    errors = list(too_long({"told_how": told_how}))
    if ground == "told" and not told_how:
        errors.append(FieldError("told_how", "Say who told them, when and how."))
    if not reason:
        errors.append(FieldError("reason", "Say why they may know of it now."))
    elif len(reason) > approving.LONGEST_REASON:
        errors.append(FieldError("reason", f"The most is {approving.LONGEST_REASON:,} characters."))
    return errors


async def end_exclusion(work: Work, proposal: Proposal, ground: Ground, told_how: str) -> None:
    """Write into the exclusion why it ends, and by whom; raises `Conflict` when it ended already."""
    work.restrict()
    done = await work.driver.execute(
        END, proposal.subject_id, work.now(), proposal.proposed_by, proposal.proposed_by_name, ground, told_how,
        proposal.reason, proposal.id,
    )  # fmt: skip
    if done != "UPDATE 1":
        raise Conflict("They may know of it already. Decline this.")


async def _perform(work: Work, proposal: Proposal) -> None:
    said = msgspec.convert(dict(proposal.details), _Grounds)
    row = await work.driver.fetchrow(HEADING, proposal.incident_id, proposal.subject_id)
    if row is None or proposal.incident_id is None:
        raise NotFound
    await work.driver.execute(HOLD, proposal.incident_id)  # before the exclusion, as whoever makes another does
    await end_exclusion(work, proposal, said.ground, said.told_how)
    work.record("exclusion.lifted", proposal.incident_id, kind="incident", version=row["version"])
    if said.ground == "mistaken":  # perhaps of the last: then it is restricted no more
        work.ask(RETELL, proposal.incident_id)


async def _kept_from(work: Work, proposal: Proposal) -> frozenset[UUID]:
    """Whoever must not know of the incident: the excluded above all."""
    return frozenset(row["user_id"] for row in await work.driver.fetch(WHO_NOT, proposal.incident_id))


async def _shown(work: Work, proposal: Proposal) -> tuple[Shown, ...]:
    row = await work.driver.fetchrow(HEADING, proposal.incident_id, proposal.subject_id)
    if row is None:
        return ()
    said = msgspec.convert(dict(proposal.details), _Grounds)
    below = "/incidents" if work.may(Permission.INCIDENT_READ) else "/concerns/incidents"
    lines = (
        Shown("Record", row[0], f"{below}/{proposal.incident_id}"),
        Shown("Kept from it until now", row[2]),
        Shown("On what ground", GROUNDS[said.ground]),
        Shown("Who told them, when and how", said.told_how),
    )
    return tuple(line for line in lines if line.value)


_HANDLE: Final = frozenset({Role.LEAD, Role.DEPUTY})

ACTS: Final = (
    Act(
        LIFT,
        TOLD,
        proposers=_HANDLE | {Role.HEAD},
        approvers=_HANDLE | {Role.HEAD},
        perform=_perform,
        kept_from=_kept_from,
        shown=_shown,
    ),
)
