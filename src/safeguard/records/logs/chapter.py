"""What this room adds to an evidence pack: beside an incident, what is held against it by whoever it tells of.

It wraps the chapter of the incidents. A disagreement is told from its committed version among the other moments, so
that nobody reads a contested record as one that is not. One that only the general log heard of is in no pack of the
restricted log, which vouches for nothing that it did not hear.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from safeguard.evidence.packs.chapters import Bundle, Chapter, ObjectRef, Scope, Telling, Told
from safeguard.evidence.report.model import Case, Look, Mark, Moment, Passage, Section
from safeguard.incidents.disagreed import OF_INCIDENT
from safeguard.work import Work

KIND: Final = "disagreement"
PARTS: Final = f"""
select distinct n.incident_id, d.written_at, d.id {OF_INCIDENT} order by n.incident_id, d.written_at, d.id
"""
BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class WithDisagreements:
    """A chapter, and beside its incidents what is held against them."""

    inner: Chapter

    async def title(self, work: Work, incident_id: UUID) -> str:
        """As the incident's own."""
        return await self.inner.title(work, incident_id)

    async def gather(self, work: Work, scope: Scope) -> Sequence[Bundle]:
        """The same records, each with what is held against it."""
        bundles = await self.inner.gather(work, scope)
        return await with_disagreements(work, bundles) if scope.log == "general" else bundles

    async def telling(self, work: Work) -> Telling:
        """As the incident's own, with what is held against it among its moments."""
        return TellingDisagreements(await self.inner.telling(work))

    async def figures(self, work: Work, latest: AsyncIterator[Mapping[str, Any]]) -> Section:
        """As the incidents' own."""
        return await self.inner.figures(work, latest)


async def with_disagreements(work: Work, bundles: Sequence[Bundle]) -> list[Bundle]:
    """Incidents, each with what is held against it."""
    found: dict[UUID, list[ObjectRef]] = {}
    ids = [bundle.subject.id for bundle in bundles]
    for start in range(0, len(ids), BATCH):
        for row in await work.driver.fetch(PARTS, ids[start : start + BATCH]):
            found.setdefault(row["incident_id"], []).append(ObjectRef(KIND, row["id"]))
    return [replace(each, parts=(*each.parts, *found.get(each.subject.id, ()))) for each in bundles]


@dataclass(frozen=True, slots=True)
class TellingDisagreements:
    """Tells an incident, and among its moments what somebody holds against it."""

    inner: Telling

    def tell(self, bundle: Bundle, versions: Mapping[ObjectRef, Sequence[Told]], looks: Sequence[Look]) -> Case:
        """The story of one record, from committed versions alone."""
        case = self.inner.tell(bundle, versions, looks)
        told = [_moment(each) for part in bundle.parts if part.kind == KIND for each in versions.get(part, ())]
        return replace(case, moments=tuple(sorted((*case.moments, *told), key=lambda moment: moment.at)))


def _moment(told: Told) -> Moment:
    values = told.values
    by = str(values.get("by_name", "somebody whose name is withheld"))
    said = [Passage("In their words", str(values.get("words", "")))]
    said += [Passage("Our answer", str(values["answer"]))] if values.get("answer") else []
    author = str(values.get("written_by_name") or told.author)
    return Moment(told.at, Mark.WORDS, f"Disagreement with this record, by {by}", author, tuple(said),
                  is_turning_point=True)  # fmt: skip
