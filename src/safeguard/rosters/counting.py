"""How many of what a file says, as far as the reader may know: counted of the rows that are there for them.

Totals that were counted when the file was looked at would tell of people whom the reader may not know of. So whoever is
not there for them reads as unchanged, which is a number that no list stands behind.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from safeguard.rosters.runs import Run
from safeguard.work import Work

COUNTED: Final = frozenset({"reading", "ready", "applying", "done"})
"""In other states the rows are gone, or going."""
COUNT: Final = """
select r.run_id, count(*) filter (where r.kind = 'new') as new, count(*) filter (where r.kind = 'changed') as changed,
    count(*) filter (where r.kind = 'gone') as gone, count(*) filter (where r.kind = 'asked') as asked
from public.roster_rows r
where r.organisation_id = (select sec.current_organisation()) and r.run_id = any ($1) group by r.run_id
"""


class Seen(Run, frozen=True, kw_only=True):
    """A file as one reader may know it."""

    is_counted: bool
    """False once its rows are gone: it was taken back, or the next file of its system was taken over."""


async def seen(work: Work, run: Run) -> Seen:
    """One file, with the reader's own counts."""
    return (await all_seen(work, [run]))[0]


async def all_seen(work: Work, runs: Sequence[Run]) -> list[Seen]:
    """Files, with the reader's own counts."""
    rows = await work.driver.fetch(COUNT, [run.id for run in runs if run.state in COUNTED])
    counts = {row["run_id"]: row for row in rows}
    return [_seen(run, counts.get(run.id)) for run in runs]


def _seen(run: Run, row: Any) -> Seen:
    new, changed, gone, asked = (row["new"], row["changed"], row["gone"], row["asked"]) if row else (0, 0, 0, 0)
    hidden = run.new_count + run.changed_count + run.asked_count - new - changed - asked
    said = {name: getattr(run, name) for name in Run.__struct_fields__}
    counts = {
        "new_count": new, "changed_count": changed, "gone_count": gone, "asked_count": asked,
        "same_count": run.same_count + hidden, "is_counted": row is not None or run.state in ("reading", "ready"),
    }  # fmt: skip
    if run.state in ("applying", "undoing"):
        counts["done_count"] = min(run.done_count, new + changed + gone + asked)
    return msgspec.convert(said | counts, Seen)
