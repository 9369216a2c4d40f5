"""An incident, and a person's chronology, as PDF: what the reader may see now, to print or to send.

Each is set when it is asked for, by a process of its own that holds this document alone, and goes straight to whoever
asked: no copy is kept here that would have to be guarded, found again and thrown away. The road not taken is a job and
an object in the store, as an evidence pack has them; a pack is large, and meant to be kept. Only so many are set at
once, and one that takes too long is given up, so that printing never holds up recording. A record that is too long to
wait for is not begun: an evidence pack holds the same report, is made in the background, and says how far it is.

A print proves nothing, and says so: whoever has to prove something makes an evidence pack.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from anyio import CapacityLimiter, to_thread

from safeguard import __version__, clock
from safeguard.access.policy import Permission
from safeguard.errors import TooLarge
from safeguard.evidence.report.model import Case
from safeguard.evidence.report.saying import minute
from safeguard.evidence.report.setting import set_pages
from safeguard.evidence.report.visible import visible_all
from safeguard.evidence.report.wording import case_data
from safeguard.incidents.asking import as_asked
from safeguard.incidents.chronicle import STATES, Chronicle
from safeguard.incidents.moments import NOT_ASSESSED
from safeguard.incidents.queries import read_incident
from safeguard.incidents.story import Facts, Story
from safeguard.incidents.versions import read_version
from safeguard.people.involving import Part, list_mentions, list_parts
from safeguard.people.queries import get_person, list_absorbed
from safeguard.people.showing import Shown, shown
from safeguard.tenancy.profile import Profile
from safeguard.web.times import written_day
from safeguard.web.viewing import Organisation
from safeguard.work import Work

AT_ONCE: Final = 2
PATIENCE: Final = 60.0
"""Seconds after which a print is given up; a thousand entries take about six."""
MOST: Final = 2_000
"""Entries, or incidents of a chronology, that are set while somebody waits: about a quarter of a minute. A chronology
of five hundred incidents took 2.4 seconds on a busy machine of two cores, and 237 MB in the process that sets it."""
TOO_LONG: Final = (
    "This record has {count:,} entries, which is too long to wait for. Make an evidence pack of it: that holds the same"
    " report, is made in the background, and shows how far it is."
)
TOO_MANY: Final = (
    "This person stands in {count:,} incidents, which is too long to wait for. Download the chronology as a table."
)
NOTE: Final = "The record may have changed since. To show that nothing was altered, make an evidence pack."
OWN_PARTS: Final = (
    "Their own part in each incident to which they were tied and that the person who printed this may know of. The"
    " parts of others are not here."
)
WITH_BEGINNINGS: Final = (
    "Their own part in each incident to which they were tied and that the person who printed this may know of. The"
    " first words of the reports may name others."
)
UNTIED: Final = " {count} more name somebody like them, whom nobody tied to this record: they are not here."
_presses: Final[list[CapacityLimiter]] = []


async def incident_pdf(
    work: Work, incident_id: UUID, organisation: Organisation, profile: Profile
) -> tuple[str, bytes]:
    """Its reference and the document, told to the log as an export; raises `NotFound`, `Unavailable`."""
    work.require(Permission.EVIDENCE_EXPORT)
    work.require(Permission.INCIDENT_READ)
    story = await as_asked(work, await read_incident(work, incident_id), profile)
    _refuse_above(len(story.entries), TOO_LONG)
    zone, at = ZoneInfo(organisation.time_zone), clock.now()
    case = _case(story, await _first(work, story), profile, zone)
    title = f"Incident {story.facts.reference}"
    data = _head(work, title, organisation, at) | {"case": case_data(case, zone)}
    work.record("incident.exported", incident_id, version=story.facts.version)
    return story.facts.reference, await _set("print", data, at)


async def chronology_pdf(
    work: Work, person_id: UUID, organisation: Organisation, profile: Profile, *, beginnings: bool
) -> bytes:
    """One person's part in each incident, told to the log as an export; raises `NotFound`, `Unavailable`."""
    work.require(Permission.EVIDENCE_EXPORT)
    person, at = await get_person(work, person_id), clock.now()
    zone = ZoneInfo(organisation.time_zone)
    today = at.astimezone(zone).date()
    parts = await list_parts(work, person_id, organisation)
    untied = () if person.merged_into_id else await list_mentions(work, person_id)
    _refuse_above(len(parts), TOO_MANY)
    said = {
        "facts": _person_facts(shown(person, profile, today, await list_absorbed(work, person_id))),
        "says": (WITH_BEGINNINGS if beginnings else OWN_PARTS) + (UNTIED.format(count=len(untied)) if untied else ""),
        "parts": [_part(part, profile, zone, beginnings=beginnings) for part in parts],
    }
    data = _head(work, person.name, organisation, at) | visible_all(said)
    work.record("person.exported", person_id, version=person.version)
    return await _set("chronology", data, at)


def _refuse_above(count: int, sentence: str) -> None:
    if count > MOST:
        raise TooLarge(sentence.format(count=count))


async def _set(name: str, data: Mapping[str, Any], at: datetime) -> bytes:
    return await to_thread.run_sync(set_pages, name, data, at, PATIENCE, limiter=_limit())


def _limit() -> CapacityLimiter:
    if not _presses:
        _presses.append(CapacityLimiter(AT_ONCE))
    return _presses[0]


async def _first(work: Work, story: Story) -> Facts:
    """The facts as they were first reported."""
    facts = story.facts
    return facts if facts.version == 1 else (await read_version(work, facts.id, 1, facts)).facts


def _case(story: Story, first: Facts, profile: Profile, zone: ZoneInfo) -> Case:
    """The story as a pack tells it, but for what a pack alone holds."""
    named = msgspec.structs.replace(first, recorded_by_name=story.facts.recorded_by_name)
    return Chronicle(profile, zone, story, named).case(())


def _head(work: Work, title: str, organisation: Organisation, at: datetime) -> dict[str, Any]:
    zone = ZoneInfo(organisation.time_zone)
    said = {
        "title": title, "organisation": organisation.name, "as_of": minute(at, zone), "zone": organisation.time_zone,
        "by": work.actor.name, "release": __version__, "note": NOTE,
    }  # fmt: skip
    return visible_all(said)


def _person_facts(of: Shown) -> list[dict[str, str]]:
    person = of.person
    born = "; ".join(f"{written_day(day)} ({age})" for day, age, _ in of.born) or "Not known"
    belongs = ", ".join(part for part in (of.belongs, person.group_name) if part)
    return _facts([("Also known as", of.person.also), ("Born", born), ("How they belong here", belongs)])


def _part(part: Part, profile: Profile, zone: ZoneInfo, *, beginnings: bool) -> dict[str, Any]:
    level = profile.risk_levels.get(part.risk)
    passages = [("Notes about them", part.notes), ("How it ended for them", part.outcome_words)]
    passages += [("First words of the report", part.beginning)] if beginnings else []
    facts = [
        ("Their part", part.role), ("Named as", part.name), ("Happened", part.dated),
        ("Recorded", minute(part.recorded_at, zone)), ("About", "; ".join(part.kinds)), ("Outcome", part.outcome),
    ]  # fmt: skip
    return {
        "reference": part.reference,
        "state": STATES[part.state],
        "risk": part.risk,
        "risk_label": level.name if level else NOT_ASSESSED,
        "facts": _facts(facts),
        "passages": [{"label": label, "words": words} for label, words in passages if words],
    }


def _facts(rows: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"label": label, "value": value} for label, value in rows if value]
