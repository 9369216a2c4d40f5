"""A referral as it was sent, kept with the case that it became: the page shows it from here, and from nothing else.

The lead saw that same page before they sent it (`referrals/shown.py`). It is the helpline's own copy, and goes with the
case when that is disposed of. Cases that came before there was such a copy have none.
"""

from typing import Final, NamedTuple, cast
from uuid import UUID

from msgspec import UNSET, UnsetType

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.channel import bodies
from safeguard.channel.bodies import Opened
from safeguard.work import Work

KEEP: Final = """
insert into public.helpline_referrals (organisation_id, id, case_id, body, arrived_at, closings, reference)
values ((select sec.current_organisation()), $1, $2, $3, $4, 0, upper(btrim($5)))
"""
SENT: Final = """
select r.body from public.helpline_referrals r
where r.organisation_id = (select sec.current_organisation()) and r.case_id = $1
"""
NAMED_TO: Final = """
select r.body from public.helpline_referrals r
where r.organisation_id = (select sec.current_organisation()) and r.case_id = any ($1::uuid[])
    and r.body like '%"real_name":"%'
order by r.arrived_at, r.id
"""
TURN: Final = """
update public.helpline_referrals r set turns = r.turns + 1
where r.organisation_id = (select sec.current_organisation()) and r.case_id = $1
"""
CLOSING: Final = """
update public.helpline_referrals r set closings = r.closings + 1
where r.organisation_id = (select sec.current_organisation()) and r.case_id = $1
"""
TURNS: Final = """
select r.turns, r.closings from public.helpline_referrals r
where r.organisation_id = (select sec.current_organisation()) and r.case_id = $1
"""


class Heard(NamedTuple):
    """What was heard of whoever referred; nothing where no count is kept."""

    turns: int | UnsetType
    closings: int | UnsetType


async def keep_sent(work: Work, case_id: UUID, body: Opened) -> None:
    """Keep a referral as it came, with its case."""
    await work.driver.execute(KEEP, clock.new_id(), case_id, bodies.encode(body).decode(), work.now(), body.reference)


async def find_sent(work: Work, case_id: UUID) -> Opened | None:
    """The referral that a case came by; None for a case that came otherwise, or before this was kept."""
    work.require(Permission.HELPLINE_WORK)
    kept = await work.driver.fetchval(SENT, case_id)
    return _read(kept) if kept else None


async def names_agreed(work: Work, cases: list[UUID]) -> tuple[str, ...]:
    """Adults who were harmed and agreed that platforms are told their names, in the referrals of these cases."""
    work.require(Permission.HELPLINE_WORK)
    rows = await work.driver.fetch(NAMED_TO, cases)
    names = (person.real_name for row in rows for person in _read(row["body"]).people)
    return tuple(dict.fromkeys(name for name in names if name))


async def note_turn(work: Work, case_id: UUID) -> None:
    """Whoever referred has withdrawn it, or opened it again, and that was heard here."""
    await work.driver.execute(TURN, case_id)


async def note_closing(work: Work, case_id: UUID) -> None:
    """Whoever referred has closed it, and that was heard here."""
    await work.driver.execute(CLOSING, case_id)


async def turns_heard(work: Work, case_id: UUID) -> Heard:
    """How many such turns and closings were heard."""
    row = await work.driver.fetchrow(TURNS, case_id)
    turns, closings = (row["turns"], row["closings"]) if row else (None, None)
    return Heard(UNSET if turns is None else turns, UNSET if closings is None else closings)


def _read(kept: str) -> Opened:
    return cast("Opened", bodies.decode(kept.encode()))
