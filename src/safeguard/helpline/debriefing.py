"""Debriefing: what the work does to those who do it is seen, and talked about. For supervisors."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.helpline.case import Debrief, debrief_document
from safeguard.work import Work

LOOKED_BACK: Final = timedelta(days=30)
TEAM: Final = """
select m.user_id, m.name,
    (select count(*) from public.helpline_cases c
        where c.organisation_id = m.organisation_id and c.assigned_to = m.user_id and c.ended_at is null) as open,
    (select count(*) from public.helpline_cases c
        where c.organisation_id = m.organisation_id and c.assigned_to = m.user_id and c.ended_at is null
            and c.heard_at is distinct from c.unsent_at) as heard_again,
    (select count(*) from public.helpline_entries e
        where e.organisation_id = m.organisation_id and e.written_by = m.user_id and e.distressing
            and e.written_at >= greatest($1, coalesce(
                (select max(d.held_at) from public.helpline_debriefs d
                    where d.organisation_id = m.organisation_id and d.practitioner_id = m.user_id), $1))) as heard,
    (select max(d.held_at) from public.helpline_debriefs d
        where d.organisation_id = m.organisation_id and d.practitioner_id = m.user_id) as debriefed_at
from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.state = 'active'
    and m.roles && array['practitioner', 'supervisor']
order by heard desc, m.name, m.user_id limit 500
"""
NAME: Final = """
select m.name from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.user_id = $1
    and m.roles && array['practitioner', 'supervisor']
"""
OTHERS: Final = """
select exists (select from public.memberships m
    where m.organisation_id = (select sec.current_organisation()) and m.state = 'active' and m.user_id <> $1
        and 'supervisor' = any (m.roles))
"""
OWN: Final = "You cannot note your own debrief. Ask another supervisor to talk with you and to note it."
ALONE: Final = (
    "You cannot note your own debrief, and you are the only supervisor here. Talk with somebody outside the desk, and"
    " ask whoever manages people to make a second supervisor, who can note it."
)
HOLD: Final = """
insert into public.helpline_debriefs (organisation_id, id, practitioner_id, practitioner_name, words, held_at, held_by,
    held_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7)
"""


class Colleague(msgspec.Struct, frozen=True, kw_only=True):
    """One person of the desk, and what they carry."""

    id: UUID
    name: str
    open: int
    heard_again: int
    """Cases of theirs whose caller wrote and has no answer yet."""
    heard: int
    """Entries that they marked as distressing, since their last debrief and in the last thirty days."""
    debriefed_at: datetime | None


async def read_team(work: Work) -> tuple[Colleague, ...]:
    """Everybody of the desk, who has heard most first."""
    work.require(Permission.HELPLINE_SUPERVISE)
    rows = await work.driver.fetch(TEAM, work.now() - LOOKED_BACK)
    return tuple(
        Colleague(id=row["user_id"], name=row["name"], open=row["open"], heard=row["heard"],
                  heard_again=row["heard_again"], debriefed_at=row["debriefed_at"])
        for row in rows
    )  # fmt: skip


async def hold_debrief(work: Work, practitioner_id: UUID, words: str) -> Debrief:
    """Note that somebody talked about what they had heard and seen; raises `Invalid` for nobody of the desk.

    Nobody notes their own: what the work does to a supervisor is for somebody else to ask about.
    """
    work.require(Permission.HELPLINE_SUPERVISE)
    name = await work.driver.fetchval(NAME, practitioner_id)
    if name is None:
        raise Invalid(FieldError("practitioner", "Choose somebody who works at the desk."))
    if practitioner_id == work.actor.user_id:
        others = await work.driver.fetchval(OTHERS, practitioner_id)
        raise Invalid(FieldError("practitioner", OWN if others else ALONE))
    debrief = Debrief(
        id=clock.new_id(), practitioner_id=practitioner_id, practitioner_name=name, words=words, held_at=work.now(),
        held_by_name=work.actor.name,
    )  # fmt: skip
    await work.driver.execute(
        HOLD, debrief.id, practitioner_id, name, words, debrief.held_at, work.actor.user_id, debrief.held_by_name
    )
    work.record("debrief.held", debrief.id, document=debrief_document(debrief))
    return debrief
