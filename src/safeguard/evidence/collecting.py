"""Collecting: from the frozen log, what a pack holds of each record and what its report tells of it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from safeguard.audit.events import EVENTS
from safeguard.errors import NotFound
from safeguard.evidence.freezing import Frozen
from safeguard.evidence.packs.chapters import Bundle, Chapter, ObjectRef, Part, Scope, Telling, Told
from safeguard.evidence.packs.contents import Disclosure, RecordContent
from safeguard.evidence.packs.counting import Tally
from safeguard.evidence.packs.reading import (
    Act,
    Extract,
    Kept,
    find_objects,
    read_acts,
    read_latest,
    read_names,
    read_records,
    read_staff,
    spool_entries,
)
from safeguard.evidence.packs.redacting import Redaction, redaction_of
from safeguard.evidence.packs.withholding import withhold_struck
from safeguard.evidence.queries import AskedPack
from safeguard.evidence.report.model import Case, Look, Section
from safeguard.tenancy.effective import own_profile
from safeguard.work import Work

Progress: TypeAlias = Callable[[int, int], Awaitable[None]]

SERVICE: Final = "Safeguard"
ERASED: Final = "Somebody whose name was erased"
OWN_NAMES: Final = ("given_name", "family_name", "known_as")


@dataclass(frozen=True, slots=True)
class Rooms:
    """Whoever puts something into packs: the stories, and the parts by their codes."""

    chapter: Chapter
    parts: Mapping[str, Part]


@dataclass(frozen=True, slots=True)
class Collected:
    """The records, cases and sections of a pack, and how many entries of the log it shows."""

    records: tuple[RecordContent, ...]
    cases: tuple[Case, ...]
    shown: int
    sections: tuple[Section, ...] = ()
    unsure: int = 0
    """How many names that are words too were left where they are written small."""


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What belongs to the pack, before the log was read."""

    bundles: Sequence[Bundle]
    parts: Mapping[str, Sequence[ObjectRef]]

    @property
    def refs(self) -> Iterable[ObjectRef]:
        """Every object once, stories first."""
        whole = [ref for bundle in self.bundles for ref in bundle.objects]
        return dict.fromkeys([*whole, *(ref for refs in self.parts.values() for ref in refs)])


async def collect(
    work: Work, pack: AskedPack, frozen: Frozen, rooms: Rooms, zone: ZoneInfo, entries: Path, progress: Progress
) -> Collected:
    """Read the log once, from its first entry, writing `entries` on the way."""
    gathered = await _gather(work, pack, rooms, scope_of(pack, zone))
    kept = await find_objects(work, gathered.refs)
    own = frozenset(each.handle for each in kept.values())
    extract = Extract(tally=_tally(pack, zone))
    async for done in spool_entries(work, frozen, Disclosure(pack.disclosure), own, entries, extract):
        await progress(done, frozen.size)
    records = withhold_struck(await read_records(work, kept, extract.acts))
    names = await read_names(work, extract.acts)
    redaction = await _redaction(work, records, _kept_names(pack, records)) if pack.redacted else None
    told = _Teller(kept, records, extract.acts, names, redaction)
    telling = await rooms.chapter.telling(work)
    known = [bundle for bundle in gathered.bundles if bundle.subject in records]
    if pack.incident_id and not known:
        raise NotFound
    sections = await _sections(work, pack, rooms, gathered, told)
    held = [records[ref] for ref in _Gathered(known, gathered.parts).refs if ref in records]
    shown = tuple(redaction.record(record) for record in held) if redaction else tuple(held)
    counted: tuple[Section, ...] = ()
    if tally := extract.tally:
        counted = (await rooms.chapter.figures(work, read_latest(work, tally.latest())), *tally.sections())
    unsure = redaction.unsure(redaction.record_texts(shown)) if redaction else ()
    cases = tuple(told.case(telling, bundle) for bundle in known)
    return Collected(shown, cases, extract.shown, (*sections, *counted), len(unsure))


async def _gather(work: Work, pack: AskedPack, rooms: Rooms, scope: Scope) -> _Gathered:
    bundles = await rooms.chapter.gather(work, scope) if pack.told.stories else ()
    return _Gathered(bundles, {code: await rooms.parts[code].gather(work, scope) for code in _codes(pack, rooms)})


def _codes(pack: AskedPack, rooms: Rooms) -> tuple[str, ...]:
    return (*pack.told.parts, *(code for code in pack.told.gone if code in rooms.parts))


async def _sections(
    work: Work, pack: AskedPack, rooms: Rooms, gathered: _Gathered, told: "_Teller"
) -> tuple[Section, ...]:
    found: list[Section] = []
    for code in _codes(pack, rooms):
        telling = await rooms.parts[code].telling(work)
        known = {ref: told.versions(ref) for ref in gathered.parts[code] if told.knows(ref)}
        found += telling.tell(known) if known or code in pack.told.parts else ()
    return tuple(found)


async def read_case(work: Work, telling: Telling, bundle: Bundle, *, redacted: bool) -> Case:
    """One record of the general log as it stands now, without who looked; raises `NotFound` for what it knows not."""
    kept = await find_objects(work, bundle.objects)
    acts = await read_acts(work, [each.handle for each in kept.values()])
    records = await read_records(work, kept, acts)
    if bundle.subject not in records:
        raise NotFound
    redaction = await _redaction(work, records) if redacted else None
    return replace(
        _Teller(kept, records, acts, await read_names(work, acts), redaction).case(telling, bundle), looks=()
    )


def _tally(pack: AskedPack, zone: ZoneInfo) -> Tally | None:
    if not pack.told.figures or pack.from_on is None or pack.until_on is None:
        return None
    return Tally(_midnight(pack.from_on, zone), _midnight(pack.until_on + timedelta(days=1), zone))


async def _redaction(
    work: Work, records: Mapping[ObjectRef, RecordContent], keep: Sequence[str] = ()
) -> Redaction:  # fmt: skip
    profile = await own_profile(work)
    asked, services = profile.questions.values(), [each.name for each in profile.platforms.values()]
    return redaction_of(records.values(), keep, await read_staff(work), asked=asked, services=services)


def _kept_names(pack: AskedPack, records: Mapping[ObjectRef, RecordContent]) -> list[str]:
    """Of a person's file their own names, which stay."""
    keep: list[str] = []
    subject = records.get(ObjectRef("person", pack.person_id)) if pack.person_id else None
    for version in subject.versions if subject else ():
        values = _values(version.fields)
        given = [str(values[name]) for name in OWN_NAMES if values.get(name)]
        keep += [*given, " ".join(given[:2]), *map(str, values.get("former_names", ()))]
    return keep


def scope_of(pack: AskedPack, zone: ZoneInfo) -> Scope:
    """The record, or the days of the period from midnight to midnight where the organisation is."""
    dated = pack.from_on is not None and pack.until_on is not None
    return Scope(
        pack.incident_id,
        _midnight(pack.from_on, zone) if dated and pack.from_on else None,
        _midnight(pack.until_on + timedelta(days=1), zone) if dated and pack.until_on else None,
        person_id=pack.person_id,
        review_id=pack.review_id,
        sampled=None if pack.sampled is None else tuple(pack.sampled),
        log=pack.log,
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


class _Teller:
    """Hands what was committed to whoever tells it, with who acted on it; redacted, where the pack is."""

    def __init__(
        self,
        kept: Mapping[ObjectRef, Kept],
        records: Mapping[ObjectRef, RecordContent],
        acts: Sequence[Act],
        names: Mapping[bytes, str],
        redaction: Redaction | None,
    ) -> None:
        self._kept, self._records, self._redaction = kept, records, redaction
        self._names = {handle: redaction.author(name) for handle, name in names.items()} if redaction else names
        self._acts: dict[bytes, list[Act]] = {}
        for act in acts:
            self._acts.setdefault(act.handle, []).append(act)

    def knows(self, ref: ObjectRef) -> bool:
        """Whether the frozen log holds a version of it."""
        return ref in self._records

    def case(self, telling: Telling, bundle: Bundle) -> Case:
        """One record's story."""
        present = [ref for ref in bundle.objects if ref in self._records]
        looks = [self._look(act, ref) for ref in present for act in self._acts.get(self._kept[ref].handle, [])]
        versions = {ref: self.versions(ref) for ref in present}
        return telling.tell(bundle, versions, sorted(looks, key=lambda look: look.index))

    def versions(self, ref: ObjectRef) -> list[Told]:
        """Its committed versions, each with when it was logged and by whom."""
        logged = {act.version: act for act in self._acts[self._kept[ref].handle] if act.commitment != "-"}
        return [
            Told(version.number, act.at, act.event, self._names.get(act.actor, ""), self._said(ref, version.fields))
            for version in self._records[ref].versions
            for act in (logged[version.number],)
        ]

    def _said(self, ref: ObjectRef, fields: Mapping[str, Any]) -> dict[str, Any]:
        values = _values(fields)
        return self._redaction.told(ref.kind, values) if self._redaction else values

    def _look(self, act: Act, ref: ObjectRef) -> Look:
        who = SERVICE if act.role == "system" else self._names.get(act.actor, "") or ERASED
        return Look(act.index, act.at, who, act.role, EVENTS.get(act.event, act.event), act.event, ref.id)


def _values(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: msgspec.json.decode(field.value) for name, field in fields.items() if field.value is not None}
