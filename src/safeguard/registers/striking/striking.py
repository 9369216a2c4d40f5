"""Striking out what was recorded by mistake: it counts no longer, and what it said is on no page any more.

That it was there, of which day, who recorded it, who struck it out and why stays to be seen, and stands in the log. So
does the record itself: a pack vouches for it by the digests of what was withheld. It is then recorded anew; nothing is
written over. (The road not taken: a form for changing minutes. Who reads them could not tell what stood there before.)
"""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.audit.documents import Document
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.registers.due import last_review
from safeguard.registers.here import due_at
from safeguard.registers.rows import fetch, get
from safeguard.registers.striking.strikable import KINDS, Strikable, Struck, get_kind
from safeguard.standards.proving import strike_item
from safeguard.work import Work

REASON_LIMIT: Final = 2_000
WARNING: Final = timedelta(days=30)
"""How long before the next review of filtering whoever leads is told."""
NEXT: Final = """
select coalesce(max(d.version), 0) + 1 from audit.documents d
where d.organisation_id = (select sec.current_organisation()) and d.kind = $1 and d.id = $2
"""


async def strike_out(work: Work, register: str, row_id: UUID, reason: str, today: date) -> Struck:
    """It was recorded by mistake; raises `NotFound`, `Invalid` without a reason, `Conflict` when it was struck out."""
    work.require(Permission.REGISTER_KEEP)
    kind, before = get_kind(register), await get_row(work, register, row_id)
    if not reason:
        raise Invalid(FieldError("reason", "Say what is wrong with it."))
    if await work.driver.execute(kind.striking, row_id, today, reason, work.actor.name) != "UPDATE 1":
        raise Conflict("This was struck out before.")
    if before.item_id:
        await strike_item(work, before.item_id, reason)
    await _tell_the_log(work, kind, before, reason, today)
    if register == "reviews":
        await _ask_again(work, row_id)
    return msgspec.structs.replace(
        before, what="", struck_on=today, struck_reason=reason, struck_by_name=work.actor.name
    )


async def get_row(work: Work, register: str, row_id: UUID) -> Struck:
    """One row of a register, struck out or not; raises `NotFound`."""
    kind = get_kind(register)
    work.require(kind.reads)
    return await get(work, Struck, kind.reading, row_id)


async def list_struck(work: Work, *registers: str) -> tuple[Struck, ...]:
    """What was struck out of these registers, the latest first."""
    found: list[Struck] = []
    for register in registers:
        work.require(KINDS[register].reads)
        found += await fetch(work, Struck, KINDS[register].listing)
    return tuple(sorted(found, key=lambda one: (one.struck_on or date.min, one.id), reverse=True))


async def _tell_the_log(work: Work, kind: Strikable, row: Struck, reason: str, today: date) -> None:
    version = int(str(await work.driver.fetchval(NEXT, kind.kind, row.id)))
    said = {
        kind.day: row.day.isoformat(), "struck_on": today.isoformat(), "struck_reason": reason,
        "struck_by_name": work.actor.name,
    }  # fmt: skip
    work.record(kind.event, row.id, document=Document(kind.kind, row.id, version, said))


async def _ask_again(work: Work, struck_id: UUID) -> None:
    """The review before it is the last one again: whoever leads is told in time of the day that it set."""
    before = await last_review(work)
    if before and not work.dated:
        run_at = max(work.now() + timedelta(minutes=1), due_at(before.due_on) - WARNING)
        work.ask("notice.filtering_due", before.id, key=f"{before.id} {struck_id}", run_at=run_at)
