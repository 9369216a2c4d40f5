"""What this room adds to an evidence pack: beside an incident, what is held against it by whoever it tells of.

It wraps the chapter of the incidents. A disagreement is told from its committed version among the other moments, so
that nobody reads a contested record as one that is not.

The general log hears of a disagreement, because it is of a person and not of one incident, and the restricted log
vouches for nothing that it did not hear. So whoever asks for a pack of a restricted incident has that log told what is
held against it, word for word, as an object that hides with the incident: to tell it that the disagreement itself was
touched would tell everybody who knows of the disagreement that there is something to hide.
"""

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from safeguard.audit.documents import Document, JSONValue
from safeguard.evidence.packs.chapters import Bundle, Chapter, ObjectRef, Scope, Telling, Told
from safeguard.evidence.report.model import Case, Look, Mark, Moment, Passage, Section
from safeguard.incidents.disagreed import OF_INCIDENT, list_disagreed
from safeguard.work import Work

KIND: Final = "disagreement"
HELD: Final = "objection"
"""What is held against one restricted incident: the object has the incident's own id, each version says all of it."""
LAST: Final = """
select d.version, d.fields from audit.documents d
where d.organisation_id = (select sec.current_organisation()) and d.kind = 'objection' and d.id = $1
order by d.version desc limit 1
"""
ONE_AT_A_TIME: Final = "select pg_advisory_xact_lock(hashtextextended('objection ' || $1::uuid, 0))"
PARTS: Final = f"""
select distinct n.incident_id, d.written_at, d.id {OF_INCIDENT} order by n.incident_id, d.written_at, d.id
"""
BATCH: Final = 1_000
SAID: Final = ("by_name", "words", "answer", "written_at", "written_by_name")


@dataclass(frozen=True, slots=True)
class WithDisagreements:
    """A chapter, and beside its incidents what is held against them."""

    inner: Chapter

    async def title(self, work: Work, incident_id: UUID) -> str:
        """As the incident's own."""
        return await self.inner.title(work, incident_id)

    async def vouch(self, work: Work, incident_id: UUID) -> None:
        """Tell the restricted log what is held against this incident now, unless that is what it heard last."""
        await self.inner.vouch(work, incident_id)
        await work.driver.execute(ONE_AT_A_TIME, incident_id)
        last, fields = await work.driver.fetchrow(LAST, incident_id), await _held_now(work, incident_id)
        if fields == _heard(last["fields"] if last else "{}"):
            return
        version = last["version"] + 1 if last else 1
        document = Document(HELD, incident_id, version, {"count": len(fields) // len(SAID), **fields})
        work.record("objection.told", incident_id, document=document, log="restricted")

    async def gather(self, work: Work, scope: Scope) -> Sequence[Bundle]:
        """The same records, each with what is held against it."""
        bundles = await self.inner.gather(work, scope)
        if scope.log == "general":
            return await with_disagreements(work, bundles)
        return [replace(each, parts=(*each.parts, ObjectRef(HELD, each.subject.id))) for each in bundles]

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


async def _held_now(work: Work, incident_id: UUID) -> dict[str, JSONValue]:
    """`held.1.words` are the words of the earliest."""
    held = {one.id: one for one in await list_disagreed(work, incident_id)}
    return {
        f"held.{place}.{name}": value
        for place, one in enumerate(held.values(), start=1)
        for name, value in zip(
            SAID, (one.by_name, one.words, one.answer, one.written_at.isoformat(), one.written_by_name), strict=True
        )
    }


def _heard(fields: str) -> dict[str, JSONValue]:
    """What a version said, but for how many there are."""
    said: dict[str, list[str]] = json.loads(fields)
    return {name: json.loads(value) for name, (value, _) in said.items() if name != "count"}


@dataclass(frozen=True, slots=True)
class TellingDisagreements:
    """Tells an incident, and among its moments what somebody holds against it."""

    inner: Telling

    def tell(self, bundle: Bundle, versions: Mapping[ObjectRef, Sequence[Told]], looks: Sequence[Look]) -> Case:
        """The story of one record, from committed versions alone."""
        case = self.inner.tell(bundle, versions, looks)
        told = [_moment(each) for part in bundle.parts if part.kind == KIND for each in versions.get(part, ())]
        heard = versions.get(ObjectRef(HELD, bundle.subject.id), ())[-1:]
        told += [moment for each in heard for moment in _moments(each)]
        return replace(case, moments=tuple(sorted((*case.moments, *told), key=lambda moment: moment.at)))


def _moments(told: Told) -> Iterator[Moment]:
    """Each of those that a version of the restricted log tells, at the moment at which it was written down."""
    for place in range(1, int(told.values["count"]) + 1):
        held = {name: told.values.get(f"held.{place}.{name}", "") for name in SAID}
        yield _moment(replace(told, at=datetime.fromisoformat(str(held["written_at"])), values=held))


def _moment(told: Told) -> Moment:
    values = told.values
    by = str(values.get("by_name") or "somebody whose name is withheld")
    said = [Passage("In their words", str(values.get("words", "")))]
    said += [Passage("Our answer", str(values["answer"]))] if values.get("answer") else []
    author = str(values.get("written_by_name") or told.author)
    return Moment(told.at, Mark.WORDS, f"Disagreement with this record, by {by}", author, tuple(said),
                  is_turning_point=True)  # fmt: skip
