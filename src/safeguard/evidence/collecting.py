"""Collecting: from the frozen log, what a pack holds of each record and what its report tells of it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from safeguard.audit.events import EVENTS
from safeguard.errors import NotFound
from safeguard.evidence.freezing import Frozen
from safeguard.evidence.packs.chapters import Bundle, Chapter, ObjectRef, Scope, Telling, Told
from safeguard.evidence.packs.contents import Disclosure, RecordContent
from safeguard.evidence.packs.reading import (
    Act,
    Extract,
    Kept,
    find_objects,
    read_names,
    read_records,
    spool_entries,
)
from safeguard.evidence.queries import AskedPack
from safeguard.evidence.report.model import Case, Look
from safeguard.work import Work

Progress: TypeAlias = Callable[[int, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Collected:
    """The records and cases of a pack, and how many entries of the log it shows."""

    records: tuple[RecordContent, ...]
    cases: tuple[Case, ...]
    shown: int


async def collect(
    work: Work, pack: AskedPack, frozen: Frozen, chapter: Chapter, zone: ZoneInfo, entries: Path, progress: Progress
) -> Collected:
    """Read the log once, from its first entry, writing `entries` on the way."""
    bundles = await chapter.gather(work, scope_of(pack, zone))
    kept = await find_objects(work, (ref for bundle in bundles for ref in bundle.objects))
    own = frozenset(each.handle for each in kept.values())
    extract = Extract()
    async for done in spool_entries(work, frozen.size, Disclosure(pack.disclosure), own, entries, extract):
        await progress(done, frozen.size)
    records = await read_records(work, kept, extract.acts)
    told = _Teller(kept, records, extract.acts, await read_names(work, extract.acts), await chapter.telling(work))
    known = [bundle for bundle in bundles if bundle.subject in records]
    if pack.incident_id and not known:
        raise NotFound
    ordered = tuple(records[ref] for bundle in known for ref in bundle.objects if ref in records)
    return Collected(ordered, tuple(told.case(bundle) for bundle in known), extract.shown)


def scope_of(pack: AskedPack, zone: ZoneInfo) -> Scope:
    """The record, or the days of the period from midnight to midnight where the organisation is."""
    if pack.from_on is None or pack.until_on is None:
        return Scope(pack.incident_id)
    return Scope(None, _midnight(pack.from_on, zone), _midnight(pack.until_on + timedelta(days=1), zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


class _Teller:
    """Hands each bundle to the chapter with its committed versions and with who acted on it."""

    def __init__(
        self,
        kept: Mapping[ObjectRef, Kept],
        records: Mapping[ObjectRef, RecordContent],
        acts: Sequence[Act],
        names: Mapping[bytes, str],
        telling: Telling,
    ) -> None:
        self._kept, self._records, self._names, self._telling = kept, records, names, telling
        self._acts: dict[bytes, list[Act]] = {}
        for act in acts:
            self._acts.setdefault(act.handle, []).append(act)

    def case(self, bundle: Bundle) -> Case:
        """One record's story."""
        present = [ref for ref in bundle.objects if ref in self._records]
        looks = [self._look(act) for ref in present for act in self._acts.get(self._kept[ref].handle, [])]
        versions = {ref: self._told(ref) for ref in present}
        return self._telling.tell(bundle, versions, sorted(looks, key=lambda look: look.index))

    def _told(self, ref: ObjectRef) -> list[Told]:
        logged = {act.version: act for act in self._acts[self._kept[ref].handle] if act.commitment != "-"}
        return [
            Told(version.number, act.at, act.event, self._names.get(act.actor, ""), _values(version.fields))
            for version in self._records[ref].versions
            for act in (logged[version.number],)
        ]

    def _look(self, act: Act) -> Look:
        return Look(
            act.index, act.at, self._names.get(act.actor, "") or "Erased", act.role, EVENTS.get(act.event, act.event)
        )


def _values(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: msgspec.json.decode(field.value) for name, field in fields.items() if field.value is not None}
