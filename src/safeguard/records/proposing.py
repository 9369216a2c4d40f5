"""Asking for a disposal: what would go, what stands in the way, and the request that somebody else decides.

Nothing is ever disposed of because a day has come: somebody looks at the record and asks, somebody else agrees, and
only then is it gone. The reason is one of a few, never words of one's own: what is kept of a disposal for good must
not say of whom it was.
"""

from datetime import date
from typing import Any, Final
from uuid import UUID

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.identity import approving
from safeguard.identity.acts import Proposal
from safeguard.people.twins import ROOTS
from safeguard.records.holding import About, log_of
from safeguard.records.people_due import IS_THEIRS, RULE, person_due_on, years_of_people
from safeguard.records.schedule import HOLDS_PART, find_dated, period_of_incidents
from safeguard.records.wording import GROUNDS, OBSTACLES, TOLD
from safeguard.work import Work

DISPOSE: Final = "record.dispose"
ADD: Final = """
insert into public.disposals (organisation_id, id, kind, subject_id, incident_id, reference, ground, rule, years,
    due_on, restricted, asked_at, asked_by, asked_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""
INCIDENT: Final = f"""
{ROOTS}
select i.reference, i.state, i.restricted_at is not null as restricted,
    exists (select from public.record_holds h
            where h.organisation_id = i.organisation_id and h.lifted_at is null
                and (h.incident_id = i.id or {HOLDS_PART})) as held,
    exists (select from public.referrals r where r.organisation_id = i.organisation_id and r.incident_id = i.id
            and r.closed_at is null) as referred,
    exists (select from public.attachments a where a.organisation_id = i.organisation_id and a.incident_id = i.id
            and a.locked_at is not null) as locked,
    exists (select from public.disposals d where d.organisation_id = i.organisation_id and d.kind = 'incident'
            and d.subject_id = i.id and d.state = 'asked') as asked
from public.incidents i where i.organisation_id = (select sec.current_organisation()) and i.id = $1
"""  # noqa: S608  our own constants
PERSON: Final = f"""
{ROOTS}
select exists (select from public.record_holds h where h.organisation_id = p.organisation_id and h.lifted_at is null
            and {IS_THEIRS.format("h")}) as held,
    exists (select from public.incident_people n where n.organisation_id = p.organisation_id and {IS_THEIRS.format("n")}
            and n.role = 'affected' and n.removed_at is null) as affected,
    exists (select from public.disposals d where d.organisation_id = p.organisation_id and d.kind = 'person'
            and d.subject_id = p.id and d.state = 'asked') as asked,
    p.merged_into_id is not null as gone
from public.people p where p.organisation_id = (select sec.current_organisation()) and p.id = $1
"""  # noqa: S608  our own constants
SIGNED_FOR: Final = """
select exists (select from public.transfers t
    where t.organisation_id = (select sec.current_organisation()) and t.state = 'received' and t.policy = 'none'
        and coalesce(t.receipt, '') <> '' and (t.person_id = $1 or exists (
            select from public.transfer_items i
            where i.organisation_id = t.organisation_id and i.transfer_id = t.id and i.incident_id = $1)))
"""
IN_THE_WAY: Final = ("asked", "held", "gone", "referred", "affected")
"""What stands in the way whatever the ground; `open` and `locked` are told apart by more than a flag."""


async def find_obstacles(work: Work, about: About) -> tuple[str, ...]:
    """Codes of `OBSTACLES` that stand in the way now; raises `NotFound`."""
    work.require(Permission.RECORDS_MANAGE)
    if (found := await _read(work, about)) is None:
        raise NotFound
    return _standing(found)


async def find_standing(work: Work, about: About, ground: str) -> tuple[str, ...]:
    """Codes of what would stop a disposal that was asked for on this ground, for whoever is to agree to it."""
    if (found := await _read(work, about)) is None:
        return ("gone",)
    return tuple(code for code in _on(ground, _standing(found)) if code != "asked")


async def _read(work: Work, about: About) -> dict[str, Any] | None:
    row = await work.driver.fetchrow(INCIDENT if about.kind == "incident" else PERSON, about.id)
    return None if row is None else dict(row)


def _standing(found: dict[str, Any]) -> tuple[str, ...]:
    return tuple(
        code
        for code in (*IN_THE_WAY, "open", "locked")
        if (found.get("state", "closed") != "closed" if code == "open" else found.get(code))
    )


def _on(ground: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    """What stands on this ground: files that are locked go when the police have said so."""
    return tuple(code for code in codes if not (code == "locked" and ground == "police"))


async def ask(work: Work, about: About, ground: str, today: date) -> Proposal:
    """Ask that a record be disposed of; raises `NotFound`, `Invalid` where the ground does not hold, `Conflict`."""
    if standing := _on(ground, await find_obstacles(work, about)):
        raise Conflict(" ".join(OBSTACLES[code] for code in standing))
    row = await work.driver.fetchrow(INCIDENT, about.id) if about.kind == "incident" else None
    due = await _due_on(work, about)
    if ground == "period" and (due is None or due > today):
        raise Invalid(FieldError("why", OBSTACLES["early"]))
    if ground == "transferred" and not await is_signed_for(work, about):
        raise Invalid(FieldError("why", OBSTACLES["not_sent"]))
    rule, years = await _rule(work, about)
    disposal_id, actor = clock.new_id(), work.actor
    restricted = bool(row and row["restricted"])
    await work.driver.execute(
        ADD, disposal_id, about.kind, about.id, about.incident_id, row["reference"] if row else "", ground,
        rule, years, due, restricted, work.now(), actor.user_id,
        actor.name,
    )  # fmt: skip
    log = await log_of(work, about.incident_id)
    work.record("record.asked", disposal_id, log=log)
    return await approving.propose(
        work, DISPOSE, disposal_id, f"{GROUNDS[ground]}.", told=TOLD, incident_id=about.incident_id,
        log="restricted" if log == "restricted" else "general",
    )  # fmt: skip


async def is_signed_for(work: Work, about: About) -> bool:
    """Whether it went to another place that signed for it, and no copy of it is to be kept."""
    return bool(await work.driver.fetchval(SIGNED_FOR, about.id))


async def _rule(work: Work, about: About) -> tuple[str, int]:
    if about.kind == "person":
        return RULE, await years_of_people(work)
    rule, years = await period_of_incidents(work)
    return rule.code, years


async def _due_on(work: Work, about: About) -> date | None:
    if about.kind != "incident":
        return await person_due_on(work, about.id)
    dated = await find_dated(work, about.id)
    return dated.due_on if dated else None


async def subject_of(work: Work, about: About) -> UUID:
    """The id, once it is sure that the record is there; raises `NotFound`."""
    if await work.driver.fetchrow(INCIDENT if about.kind == "incident" else PERSON, about.id) is None:
        raise NotFound
    return about.id
