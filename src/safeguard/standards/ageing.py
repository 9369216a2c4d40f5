"""Evidence that grows old: what is to be renewed, and who is told of it, once ahead and once when its day is over."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal
from uuid import UUID

from safeguard.standards.cycle import NEAR, due_at
from safeguard.standards.review import Item
from safeguard.work import Work

RENEWED: Final = """
select e.renew_on, e.added_by from public.evidence_items e
where e.organisation_id = (select sec.current_organisation()) and e.id = $1 and e.withdrawn_at is null
    and e.renew_on is not null
"""


@dataclass(frozen=True, slots=True)
class Old:
    """An item that is to be renewed soon, or should have been."""

    renew_on: date
    state: Literal["near", "late"]
    added_by: UUID | None


def ask_to_look_at(work: Work, item: Item) -> None:
    """Have somebody told when this item is nearly out of date, and once when it is.

    Whoever types a day that is near, or over, knows it: that is told of no more.
    """
    if work.dated or item.renew_on is None or item.withdrawn_at:
        return
    for day in (item.renew_on - NEAR, item.renew_on + timedelta(days=1)):
        if day > work.now().date():
            work.ask("notice.proof_due", item.id, key=f"{item.id} {day.isoformat()}", run_at=due_at(day))


async def how_old(work: Work, item_id: UUID, today: date) -> Old | None:
    """How old an item is; None for one that is fresh, withdrawn, or for always."""
    row = await work.driver.fetchrow(RENEWED, item_id)
    if row is None or row["renew_on"] - NEAR > today:
        return None
    return Old(row["renew_on"], "late" if row["renew_on"] < today else "near", row["added_by"])
