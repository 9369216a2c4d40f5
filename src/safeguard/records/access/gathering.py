"""Gathering: everything that is kept about a person, copied into a working copy that can be redacted.

What is tied to them, and what only names them in its words. The records themselves are not touched. Gathering again
makes the copy anew and keeps what was blacked out by hand. What whoever gathers must not know of is not found: it is
for somebody else to answer of that.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from safeguard import clock
from safeguard.errors import Conflict
from safeguard.people.queries import get_person
from safeguard.records.access.handling import open_request
from safeguard.records.access.queries import Request, get_request
from safeguard.work import Work

WHOLE: Final = """
with recursive up as (
    select p.id from public.people p where p.organisation_id = (select sec.current_organisation()) and p.id = $1
    union
    select p.id from public.people p join up on p.merged_into_id = up.id
    where p.organisation_id = (select sec.current_organisation()))
select array_agg(id) from up
"""
PEOPLE: Final = """
select p.id, p.given_name, p.family_name, p.known_as, p.former_names, p.born_on::text as born_on, p.group_name,
    p.identifiers::text as identifiers, p.contacts::text as contacts, p.address, p.notes
from public.people p where p.organisation_id = (select sec.current_organisation()) and p.id = any ($1) order by p.id
"""
INCIDENTS: Final = """
select i.id, i.reference, i.recorded_at::date::text as recorded, i.recorded_by_name, i.happened_words,
    i.place_detail, i.accounts, i.narrative, i.child_words, i.immediate_action, i.parents_reason, i.closing_summary,
    i.closing_follow_up, i.closing_decision, i.closing_outcome, i.answers::text as answers,
    exists (select from public.incident_people n where n.organisation_id = i.organisation_id and n.incident_id = i.id
        and n.removed_at is null and (n.person_id = any ($1) or lower(n.name) = any ($3))) as tied,
    (select string_agg(n.role || ': ' || n.name || case when n.notes <> '' then ' (' || n.notes || ')' else '' end,
        E'\n' order by n.position) from public.incident_people n
     where n.organisation_id = i.organisation_id and n.incident_id = i.id and n.removed_at is null) as people
from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and (
    exists (select from public.incident_people n where n.organisation_id = i.organisation_id and n.incident_id = i.id
        and (n.person_id = any ($1) or lower(n.name) = any ($3)))
    or lower(concat_ws(' ', i.narrative, i.child_words, i.immediate_action, i.place_detail, i.accounts,
        i.happened_words, i.parents_reason, i.closing_summary, i.closing_follow_up, i.closing_decision,
        i.closing_outcome, i.answers::text)) like any ($2))
order by i.recorded_at, i.id
"""
ENTRIES: Final = """
select e.id, e.incident_id, i.reference, e.kind, e.written_at::date::text as written, e.author_name, e.words, e.reason,
    e.follow_up, e.decision, e.outcome, e.contact_name, e.attendees, e.person_name, e.changes::text as changes
from public.entries e join public.incidents i on i.organisation_id = e.organisation_id and i.id = e.incident_id
where e.organisation_id = (select sec.current_organisation()) and (
    e.incident_id = any ($1)
    or lower(concat_ws(' ', e.words, e.reason, e.follow_up, e.decision, e.outcome, e.contact_name, e.attendees,
        e.person_name, e.changes::text)) like any ($2))
order by i.recorded_at, e.written_at, e.id
"""
FILES: Final = """
select a.id, a.incident_id, i.reference, a.name, a.note from public.attachments a
join public.incidents i on i.organisation_id = a.organisation_id and i.id = a.incident_id
where a.organisation_id = (select sec.current_organisation())
    and (a.incident_id = any ($1) or lower(a.name || ' ' || a.note) like any ($2))
order by a.attached_at, a.id
"""
REFERRALS: Final = """
select s.id, s.incident_id, r.reference, s.at::date::text as day, s.body::text as body from public.referral_steps s
join public.referrals r on r.organisation_id = s.organisation_id and r.id = s.referral_id
where s.organisation_id = (select sec.current_organisation())
    and (s.incident_id = any ($1) or lower(s.body::text) like any ($2))
order by s.at, s.id
"""
ALERTS: Final = """
select a.id, a.incident_id, a.source, a.raised_at::date::text as day, a.category, a.user_name, a.device, a.address,
    a.words
from public.alerts a where a.organisation_id = (select sec.current_organisation())
    and lower(concat_ws(' ', a.user_name, a.words, a.address)) like any ($1)
order by a.raised_at, a.id
"""
DISAGREEMENTS: Final = """
select d.id, d.by_name, d.words, d.answer from public.disagreements d
where d.organisation_id = (select sec.current_organisation()) and d.person_id = any ($1) order by d.written_at, d.id
"""
OTHERS: Final = """
select n.incident_id, n.name, coalesce(p.given_name, '') as given_name, coalesce(p.family_name, '') as family_name,
    coalesce(p.known_as, '') as known_as, coalesce(p.former_names, '{}') as former_names
from public.incident_people n
left join public.people p on p.organisation_id = n.organisation_id and p.id = n.person_id
where n.organisation_id = (select sec.current_organisation()) and n.incident_id = any ($1)
    and (n.person_id is null or n.person_id <> all ($2))
"""
CLEAR_ITEMS: Final = """
delete from public.access_items where organisation_id = (select sec.current_organisation()) and request_id = $1
"""
CLEAR_AUTOMATIC: Final = """
delete from public.access_redactions
where organisation_id = (select sec.current_organisation()) and request_id = $1 and automatic and undone_by_name is null
"""
ADD_ITEM: Final = """
insert into public.access_items (organisation_id, id, request_id, incident_id, position, kind, source_id, label,
    passages, by_words)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9)
"""
ADD_REDACTION: Final = """
insert into public.access_redactions (organisation_id, id, request_id, incident_id, phrase, code, automatic)
select (select sec.current_organisation()), $1, $2, $3, $4, 'another', true
where not exists (
    select from public.access_redactions d where d.organisation_id = (select sec.current_organisation())
        and d.request_id = $2 and lower(d.phrase) = lower($4))
"""
GATHERED: Final = """
update public.access_requests set gathered_at = $2, version = version + 1
where organisation_id = (select sec.current_organisation()) and id = $1
"""
SHORTEST: Final = 3
"""Letters of a part of a name that is looked for by itself."""
LEFT_OUT: Final = frozenset({"id", "incident_id", "reference", "tied", "kind", "written", "day", "recorded"})


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found."""

    kind: str
    id: UUID
    incident_id: UUID | None
    label: str
    passages: tuple[tuple[str, str], ...]
    by_words: bool = False


async def gather(work: Work, request_id: UUID) -> int:
    """Make the working copy; how many things are in it. Raises `Conflict` once it is answered, or nobody is left."""
    request = await open_request(work, request_id)
    if request.person_id is None:
        raise Conflict("Nothing is kept of this person any more.")
    whole: list[UUID] = list(await work.driver.fetchval(WHOLE, request.person_id) or [])
    people = await work.driver.fetch(PEOPLE, whole)
    names = sorted({name.lower() for row in people for name in names_of(row)})
    found = await _find(work, people, whole, names)
    await _keep(work, request, found)
    incidents = sorted({each.incident_id for each in found if each.incident_id})
    await _redact_others(work, request, incidents, whole, names)
    await work.driver.execute(GATHERED, request.id, work.now())
    changed = await get_request(work, request.id)
    work.record("access.gathered", request.id, version=changed.version)
    await get_person(work, request.person_id)
    return len(found)


def names_of(row: Mapping[str, Any]) -> Iterator[str]:
    """What somebody is called in full: given and family name, the name they are known by, earlier ones."""
    given, family, known = row["given_name"], row["family_name"], row["known_as"]
    for name in (f"{given} {family}", f"{known} {family}" if known else "", *row["former_names"]):
        if len(name.strip()) >= SHORTEST and " " in name.strip():
            yield name.strip()
    if not (given and family) and (given or family or known):
        yield (given or family or known).strip()


async def _find(work: Work, people: Iterable[Any], whole: list[UUID], names: list[str]) -> list[Found]:
    """What is tied to them, and what names them in its words, in the order in which it is read."""
    like = [f"%{_escaped(name)}%" for name in names]
    found = [Found("person", row["id"], None, "What the list of people holds", passages_of(row)) for row in people]
    incidents = await work.driver.fetch(INCIDENTS, whole, like, names)
    tied: list[UUID] = [row["id"] for row in incidents if row["tied"]]
    found += [
        Found("incident", row["id"], row["id"], f"Incident {row['reference']}, {row['recorded']}", passages_of(row),
              not row["tied"])
        for row in incidents
    ]  # fmt: skip
    for kind, statement in (("entry", ENTRIES), ("attachment", FILES), ("referral", REFERRALS)):
        rows = await work.driver.fetch(statement, tied, like)
        found += [_below(kind, row, tied) for row in rows]
    for row in await work.driver.fetch(ALERTS, like):
        found.append(Found("alert", row["id"], row["incident_id"], f"Alert, {row['day']}", passages_of(row), True))
    for row in await work.driver.fetch(DISAGREEMENTS, whole):
        found.append(Found("disagreement", row["id"], None, "A disagreement with the record", passages_of(row)))
    return found


def _below(kind: str, row: Mapping[str, Any], tied: list[UUID]) -> Found:
    """Something that stands in an incident."""
    labels = {
        "entry": f"Incident {row['reference']}: {str(row.get('kind')).replace('_', ' ')}, {row.get('written')}",
        "attachment": f"Incident {row['reference']}: a file",
        "referral": f"Referral {row['reference']}, {row.get('day')}",
    }
    incident = row["incident_id"]
    return Found(kind, row["id"], incident, labels[kind], passages_of(row), incident not in tied)


def passages_of(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Every column that says something, under its name in words."""
    said = ((name, _words(value)) for name, value in dict(row).items() if name not in LEFT_OUT)
    return tuple((name.replace("_", " ").capitalize(), words) for name, words in said if words)


def _words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    text = "" if value is None else str(value)
    if not text.startswith(("[", "{")):
        return text
    try:
        parsed = json.loads(text)
    except ValueError:
        return text
    return "\n".join(_lines(parsed))


def _lines(value: Any) -> Iterator[str]:
    match value:
        case dict():
            yield "; ".join(
                f"{name.replace('_', ' ')}: {', '.join(_lines(each))}" for name, each in value.items() if each
            )
        case list():
            for each in value:
                yield from _lines(each)
        case None:
            return
        case _:
            yield str(value)


async def _keep(work: Work, request: Request, found: Iterable[Found]) -> None:
    await work.driver.execute(CLEAR_ITEMS, request.id)
    for position, each in enumerate(found, start=1):
        await work.driver.execute(
            ADD_ITEM, clock.new_id(), request.id, each.incident_id, position, each.kind, each.id, each.label,
            json.dumps(each.passages), each.by_words,
        )  # fmt: skip


async def _redact_others(
    work: Work, request: Request, incidents: list[UUID], whole: list[UUID], names: list[str]
) -> None:
    """Everybody else who is tied to these incidents, by their whole names and by each part of them."""
    await work.driver.execute(CLEAR_AUTOMATIC, request.id)
    own = {part for name in names for part in name.split()}
    for row in await work.driver.fetch(OTHERS, incidents, whole):
        if row["name"].lower() in names:
            continue
        for phrase in sorted(_phrases(row, own)):
            await work.driver.execute(ADD_REDACTION, clock.new_id(), request.id, row["incident_id"], phrase)


def _phrases(row: Mapping[str, Any], own: set[str]) -> set[str]:
    called = {row["name"], *names_of(row), *([row["known_as"]] if row["known_as"] else [])}
    parts = {part.strip(".,;:()'\"") for name in called for part in name.split()}
    return {phrase for phrase in called | parts if len(phrase) >= SHORTEST and phrase.lower() not in own}


def _escaped(name: str) -> str:
    return name.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
