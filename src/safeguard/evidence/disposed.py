"""What was disposed of, as a part of packs: each act that the log holds, and the certificate that was left."""

from collections.abc import Mapping, Sequence
from typing import Final

from safeguard.access.policy import Permission
from safeguard.evidence.packs.chapters import ObjectRef, PartTelling, Scope, Told, require_to_ask
from safeguard.evidence.report.model import Section
from safeguard.evidence.report.sheets import Column, merged, sheet
from safeguard.work import Work

ALL: Final = """
select d.kind, d.id from audit.documents d
where d.organisation_id = (select sec.current_organisation()) and d.kind = 'record'
group by d.kind, d.id order by d.id
"""
"""The certificates: what `record.disposed` committed to."""
SAYS: Final = (
    "A record that was kept for as long as it had to be is disposed of by two people: its values, salts and keys"
    " are gone, and what the log holds of it stays and still verifies. This is all that is left of each."
)


class DisposedPart:
    """Certificates of disposal, with every field that they hold."""

    async def settle(self, work: Work, scope: Scope) -> Scope:
        """Nothing is chosen."""
        require_to_ask(work, Permission.EVIDENCE_READ)
        return scope

    async def gather(self, work: Work, scope: Scope) -> Sequence[ObjectRef]:
        """Every certificate, the earliest first."""
        work.require(Permission.EVIDENCE_READ)
        return [ObjectRef(row["kind"], row["id"]) for row in await work.driver.fetch(ALL)]

    async def telling(self, work: Work) -> PartTelling:
        """In words of its own."""
        return _Telling()


class _Telling:
    def tell(self, told: Mapping[ObjectRef, Sequence[Told]]) -> Sequence[Section]:
        """One row for each."""
        rows = [
            {
                "at": f"{versions[-1].at:%Y-%m-%d %H:%M} UTC",
                "by": versions[-1].author,
                "what": "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in merged(versions).items()),
            }
            for versions in told.values()
        ]
        columns = (Column("When", "at"), Column("By", "by"), Column("What the certificate says", "what", wide=True))
        return (Section("disposals", "What was disposed of", SAYS, sheets=(sheet("", columns, rows, "Nothing yet."),)),)
