"""What was disposed of, as a part of packs: each act that the log holds, told from the certificate that was left."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from safeguard.access.policy import Permission
from safeguard.evidence.packs.chapters import ObjectRef, PartTelling, Scope, Told, require_to_ask
from safeguard.evidence.queries import get_organisation
from safeguard.evidence.report.model import Fact, Section
from safeguard.evidence.report.saying import minute, short_day
from safeguard.evidence.report.sheets import Column, Sheets, merged, said
from safeguard.records.certificate import COUNTED
from safeguard.records.wording import GROUNDS, KINDS, has_run
from safeguard.work import Work

ALL: Final = """
select d.kind, d.id from audit.documents d
left join public.disposals p on p.organisation_id = d.organisation_id and p.id = d.id
where d.organisation_id = (select sec.current_organisation()) and d.kind = 'record'
    and ($1::timestamptz is null or coalesce(p.done_at, $1) >= $1)
group by d.kind, d.id order by d.id
"""
"""The certificates: what `record.disposed` committed to."""
SAYS: Final = (
    "A record is disposed of by two people, on the ground that stands beside it: its values, salts and keys are gone,"
    " and what the log holds of it stays and still verifies. So what was recorded of it stands in no pack that was made"
    " since, whichever days that is of. What is left of each stands here; a pack that begins on a day tells of those"
    " disposed of since that day. The hashes of the packs that went with it stand in the records of this pack."
)
COLUMNS: Final = (
    Column("When", "when"), Column("What it was", "what"), Column("Why", "why", wide=True),
    Column("Asked for, agreed to", "by"), Column("Erased", "erased", wide=True),
)  # fmt: skip


class DisposedPart:
    """Certificates of disposal."""

    async def settle(self, work: Work, scope: Scope) -> Scope:
        """Nothing is chosen."""
        require_to_ask(work, Permission.EVIDENCE_READ)
        return scope

    async def gather(self, work: Work, scope: Scope) -> Sequence[ObjectRef]:
        """Every certificate, the earliest first; where the pack has a first day, of that day and since."""
        require_to_ask(work, Permission.EVIDENCE_READ)
        return [ObjectRef(row["kind"], row["id"]) for row in await work.driver.fetch(ALL, scope.since)]

    async def telling(self, work: Work) -> PartTelling:
        """In the organisation's time."""
        return Telling((await get_organisation(work)).zone)


@dataclass(frozen=True, slots=True)
class Telling:
    """A row for each certificate."""

    zone: ZoneInfo

    def tell(self, told: Mapping[ObjectRef, Sequence[Told]]) -> Sequence[Section]:
        """One section, also where nothing was disposed of."""
        rows = [self._row(versions) for versions in told.values()]
        grounds = Counter(str(merged(versions).get("ground", "")) for versions in told.values())
        facts = tuple(Fact(GROUNDS.get(ground, said(ground)), f"{many:,}") for ground, many in sorted(grounds.items()))
        facts = (Fact("Records disposed of", f"{len(rows):,}"), *facts) if rows else ()
        table = Sheets(self.zone)("", COLUMNS, rows, "Nothing yet.")
        return (Section("disposals", "What was disposed of", SAYS, facts, sheets=(table,)),)

    def _row(self, versions: Sequence[Told]) -> dict[str, str]:
        values = merged(versions)
        kind, agreed = str(values.get("kind", "")), values.get("agreed_by_name") or versions[-1].author
        return {
            "when": minute(versions[-1].at, self.zone),
            "what": "\n".join(filter(None, (KINDS.get(kind, said(kind)), str(values.get("reference", ""))))),
            "why": "\n".join(_why(values, versions[-1].at.astimezone(self.zone).date())),
            "by": "\n".join(dict.fromkeys(map(str, filter(None, (values.get("asked_by_name"), agreed))))),
            "erased": "\n".join(_erased(values)),
        }


def _why(values: Mapping[str, Any], done_on: date) -> Iterator[str]:
    """The ground; how long it was kept only of what was kept so long, and of the rest the time that it had left."""
    ground, years = str(values.get("ground", "")), values.get("years")
    due = date.fromisoformat(str(values["due_on"])) if values.get("due_on") else None
    yield GROUNDS.get(ground, said(ground))
    if has_run(ground, due, done_on):
        if years:
            yield f"Kept for {years} years"
        if due:
            yield f"Period over on {short_day(due)}"
    elif due:
        yield f"Before its period was over, which ran until {short_day(due)}"
    elif years:
        yield "Before its period was over"


def _erased(values: Mapping[str, Any]) -> Iterator[str]:
    for name, label in COUNTED.items():
        if number := values.get(f"erased.{name}"):
            yield f"{label}: {number}"
    if packs := values.get("erased.packs"):
        yield f"Evidence packs: {len(packs)}"
