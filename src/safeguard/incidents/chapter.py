"""What this room puts into an evidence pack: incidents with their entries, told from what was committed to the log."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import msgspec

from safeguard.access.policy import Permission
from safeguard.attachments.queries import File
from safeguard.errors import NotFound
from safeguard.evidence.packs.chapters import Bundle, ObjectRef, Scope, Told
from safeguard.evidence.queries import get_organisation
from safeguard.evidence.report.model import Case, Look, Section
from safeguard.incidents.chronicle import Chronicle
from safeguard.incidents.controls import own_names
from safeguard.incidents.figuring import count
from safeguard.incidents.story import Entry, Facts, Story, people_of
from safeguard.tenancy.effective import own_profile
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.report_forms.history import History, read_history
from safeguard.work import Work

REFERENCE: Final = """
select i.reference from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.id = $1
"""
UNHEARD: Final = """
select d.version, d.commitment from audit.documents d
where d.organisation_id = (select sec.current_organisation()) and d.kind = 'incident' and d.id = $1 and not exists (
    select from audit.leaves l
    join audit.objects o on o.organisation_id = l.organisation_id and o.handle = l.object
    where l.organisation_id = d.organisation_id and l.log = 'restricted' and o.kind = d.kind and o.id = d.id
        and split_part(l.entry, E'\\n', 8) <> '-')
order by d.version desc limit 1
"""
GATHER: Final = """
select i.id, array(
    select e.id from public.entries e
    where e.organisation_id = i.organisation_id and e.incident_id = i.id order by e.written_at, e.id) as entries, array(
    select a.id from public.attachments a
    where a.organisation_id = i.organisation_id and a.incident_id = i.id order by a.attached_at, a.id) as files
from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and (i.restricted_at is null or i.id = $1)
    and ($1::uuid is null or i.id = $1)
    and ($2::timestamptz is null or i.recorded_at >= $2) and ($3::timestamptz is null or i.recorded_at < $3)
    and ($4::uuid[] is null or i.id = any ($4))
    and ($5::uuid is null or exists (
        select from public.incident_people n
        where n.organisation_id = i.organisation_id and n.incident_id = i.id and n.removed_at is null
            and n.person_id in (
                with recursive same (id) as (
                    select $5::uuid
                    union
                    select p.id from same s join public.people p
                        on p.organisation_id = (select sec.current_organisation()) and p.merged_into_id = s.id)
                select s.id from same s)))
order by i.recorded_at, i.id
"""


class IncidentChapter:
    """Offers incidents to packs."""

    async def title(self, work: Work, incident_id: UUID) -> str:
        """Incident K7Q-3MX; raises `NotFound`. A program may be there to make packs and nothing else."""
        if not work.may(Permission.EVIDENCE_EXPORT):
            work.require(Permission.INCIDENT_READ)
        row = await work.driver.fetchrow(REFERENCE, incident_id)
        if row is None:
            raise NotFound
        return f"Incident {row['reference']}"

    async def vouch(self, work: Work, incident_id: UUID) -> None:
        """How the incident stands, where it did not change since it was restricted: that log knows no version yet."""
        if row := await work.driver.fetchrow(UNHEARD, incident_id):
            work.record(
                "incident.retold", incident_id, version=row["version"], log="restricted", commitment=row["commitment"]
            )

    async def gather(self, work: Work, scope: Scope) -> Sequence[Bundle]:
        """The incidents within the scope, by the time they were recorded."""
        work.require(Permission.INCIDENT_READ)
        return await bundles_of(work, scope)

    async def telling(self, work: Work) -> "IncidentTelling":
        """In this organisation's words and time zone."""
        organisation = await get_organisation(work)
        profile = await own_profile(work)
        own, history = await own_names(work), await read_history(work, profile)
        return IncidentTelling(profile, organisation.zone, history, own)

    async def figures(self, work: Work, latest: AsyncIterator[Mapping[str, Any]]) -> Section:
        """How many of which kind, risk and state."""
        return await count(await own_profile(work), latest)


async def bundles_of(work: Work, scope: Scope) -> list[Bundle]:
    """The incidents within the scope, whoever asks: only for a room that has judged by itself that they may."""
    # A sample, and a person's file, name their incidents; only a period is of what was recorded in it.
    since, until = (None, None) if scope.sampled is not None else (scope.since, scope.until)
    sampled = None if scope.sampled is None else list(scope.sampled)
    rows = await work.driver.fetch(GATHER, scope.incident_id, since, until, sampled, scope.person_id)
    return [_bundle(row) for row in rows]


def _bundle(row: asyncpg.Record) -> Bundle:
    """An incident, its entries, and what is known of its files: the files themselves never leave in a pack."""
    entries = (ObjectRef("entry", entry) for entry in row["entries"])
    return Bundle(
        ObjectRef("incident", row["id"]), (*entries, *(ObjectRef("attachment", file) for file in row["files"]))
    )


@dataclass(frozen=True, slots=True)
class IncidentTelling:
    """Tells incidents from their committed versions."""

    profile: Profile
    zone: ZoneInfo
    forms: History
    own_controls: Mapping[str, str]
    in_pack: bool = True

    def tell(self, bundle: Bundle, versions: Mapping[ObjectRef, Sequence[Told]], looks: Sequence[Look]) -> Case:
        """The story of one incident as of the last version that the frozen log knows of."""
        told = versions[bundle.subject]
        known = [part for part in bundle.parts if part in versions]
        entries = tuple(entry_of(part.id, versions[part][-1]) for part in known if part.kind == "entry")
        files = tuple(file_of(part.id, versions[part][-1]) for part in known if part.kind == "attachment")
        first, last = (facts_of(bundle.subject.id, version) for version in (told[0], told[-1]))
        labels = self.forms.labels(last.form_version, last.recorded_at)
        people, own = people_of(told[-1].values), self.own_controls
        story = Story(last, people, entries, files=files, labels=labels, own_controls=own)
        return Chronicle(self.profile, self.zone, story, first, self.in_pack).case(looks)


def facts_of(identifier: UUID, told: Told) -> Facts:
    """The facts that a committed version holds. What was empty was left out, and is empty again."""
    values = {name: value for name, value in told.values.items() if not name.startswith(("people.", "answers."))}
    given: dict[str, Any] = {"recorded_by": None, "recorded_by_name": "", "last_activity_at": told.at}
    given["answers"] = answers_of(told.values)
    return msgspec.convert(given | values | {"id": identifier, "version": told.number}, Facts)


def answers_of(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The answers of a committed version: `answers.2.said` is what was said to the second."""
    found: dict[int, dict[str, Any]] = {}
    for name, value in values.items():
        if name.startswith("answers."):
            _, number, what = name.split(".", 2)
            found.setdefault(int(number), {"code": "", "asked": "", "said": ""})[what] = value
    return [found[number] for number in sorted(found)]


def entry_of(identifier: UUID, told: Told) -> Entry:
    """The entry that a committed version holds."""
    given: dict[str, Any] = {"author_name": ""} | dict(told.values) | {"id": identifier, "version": told.number}
    return msgspec.convert(given, Entry)


def file_of(identifier: UUID, told: Told) -> File:
    """What a committed version holds of a file: what it is called, what it is, its digest."""
    return msgspec.convert(dict(told.values) | {"id": identifier, "version": told.number}, File)
