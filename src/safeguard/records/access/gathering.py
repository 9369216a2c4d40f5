"""Gathering: everything that is kept about a person, copied into a working copy that can be redacted.

What is tied to them, and what only names them in its words, on every shelf of `sources`. The records themselves are not
touched. Gathering again makes the copy anew and keeps what was decided by hand: what is blacked out, what is left out
whole, which files go. What whoever gathers must not know
of is not found: it is for somebody else to answer of that.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from safeguard import clock
from safeguard.errors import Conflict
from safeguard.evidence.packs.names import NO_NAMES
from safeguard.evidence.queries import get_organisation
from safeguard.evidence.report.saying import day
from safeguard.records.access.asking import as_asked
from safeguard.records.access.folding import folded
from safeguard.records.access.handling import open_request
from safeguard.records.access.queries import Request, get_request, name_of
from safeguard.records.access.saying import Saying
from safeguard.records.access.searching import SHORTEST, Found, Subject, kept_since, names_of, search, turned_names_of
from safeguard.records.access.sources import SEARCHED
from safeguard.records.access.wording import BY_HAND, KINDS
from safeguard.tenancy.effective import own_profile
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
select p.id, p.user_id, p.given_name, p.family_name, p.known_as, p.former_names
from public.people p where p.organisation_id = (select sec.current_organisation()) and p.id = any ($1) order by p.id
"""
OTHERS: Final = """
select n.incident_id, n.name, coalesce(p.given_name, '') as given_name, coalesce(p.family_name, '') as family_name,
    coalesce(p.known_as, '') as known_as, coalesce(p.former_names, '{}') as former_names
from public.incident_people n
left join public.people p on p.organisation_id = n.organisation_id and p.id = n.person_id
where n.organisation_id = (select sec.current_organisation()) and n.incident_id = any ($1)
    and (n.person_id is null or n.person_id <> all ($2))
"""
IDENTIFYING: Final = """
select i.id as incident_id, a.said
from public.incidents i cross join jsonb_to_recordset(i.answers) a (said text, kind text, identifies boolean)
where i.organisation_id = (select sec.current_organisation()) and i.id = any ($1) and a.said <> ''
    and coalesce(a.identifies, true) and a.kind in ('text', 'choice')
"""
"""Answers to the organisation's own questions of which its form said, when they were given, that they may say who
somebody is. A long one is read by whoever releases the copy, with the names that the records know blacked out in it."""
CALLED_BEFORE: Final = """
select distinct f from public.memberships m cross join unnest(m.former_names) f
where m.organisation_id = (select sec.current_organisation()) and m.user_id = any ($1) and f like '% %'
"""
CONTACTS: Final = """
select c.name, c.phone, c.email from public.people p
cross join lateral jsonb_to_recordset(p.contacts) as c (name text, phone text, email text)
where p.organisation_id = (select sec.current_organisation()) and p.id = any ($1)
"""
KEPT: Final = """
select n.person_id, (array_agg(n.incident_id order by n.incident_id))[1] as incident_id
from public.incident_people n
join public.incidents i on i.organisation_id = n.organisation_id and i.id = n.incident_id
where n.organisation_id = (select sec.current_organisation()) and n.person_id = any ($1)
group by n.person_id having bool_and(i.restricted_at is not null)
"""
CLEAR_ITEMS: Final = """
delete from public.access_items
where organisation_id = (select sec.current_organisation()) and request_id = $1 and kind <> $2
returning kind, source_id, label, withheld, enclosed_by_name
"""
CLEAR_AUTOMATIC: Final = """
delete from public.access_redactions
where organisation_id = (select sec.current_organisation()) and request_id = $1 and automatic and undone_by_name is null
"""
ADD_ITEM: Final = """
insert into public.access_items (organisation_id, id, request_id, incident_id, position, kind, source_id, label,
    passages, by_words, found_in, place, withheld, enclosed_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11, $12, $13)
"""
ADD_REDACTION: Final = """
insert into public.access_redactions (organisation_id, id, request_id, incident_id, phrase, code, automatic)
select (select sec.current_organisation()), $1, $2, $3, $4, 'another', true
where not exists (
    select from public.access_redactions d where d.organisation_id = (select sec.current_organisation())
        and d.request_id = $2 and lower(d.phrase) = lower($4))
"""
SINCE: Final = ", kept since "
GATHERED: Final = """
update public.access_requests set gathered_at = $2, version = version + 1
where organisation_id = (select sec.current_organisation()) and id = $1
"""


async def gather(work: Work, request_id: UUID) -> int:
    """Make the working copy; how many things are in it. Raises `Conflict` once it is answered, or nobody is left."""
    request = await open_request(work, request_id)
    if request.person_id is None:
        raise Conflict("Nothing is kept of this person any more.")
    subject = await _subject(work, request.person_id, request.search_words)
    found = await find(work, subject)
    await _keep(work, request, found)
    await _redact_others(work, request, found, subject)
    await work.driver.execute(GATHERED, request.id, work.now())
    changed = await get_request(work, request.id)
    work.record("access.gathered", request.id, version=changed.version)
    await name_of(work, request.person_id)
    return len(found)


async def _subject(work: Work, person_id: UUID, words: Iterable[str]) -> Subject:
    """Whom it is about, with everybody who was found to be the same, and their account."""
    people: list[UUID] = list(await work.driver.fetchval(WHOLE, person_id) or [])
    rows = await work.driver.fetch(PEOPLE, people)
    users = tuple(row["user_id"] for row in rows if row["user_id"])
    before = {folded(row["f"]) for row in await work.driver.fetch(CALLED_BEFORE, list(users))}
    names = sorted({folded(name) for row in rows for name in names_of(row)} | before)
    turned = sorted({folded(name) for row in rows for name in turned_names_of(row)} - {*names})
    return Subject(tuple(people), users, tuple(names), tuple(map(folded, words)), tuple(turned))


async def find(work: Work, subject: Subject) -> list[Found]:
    """What is tied to them, and what names them in its words, shelf by shelf."""
    found: list[Found] = []
    profile = await own_profile(work)
    saying = Saying(profile, (await get_organisation(work)).zone)
    for source in SEARCHED:
        tied = [each.incident_id for each in found if each.kind == "incident" and not each.named_in]
        found += await search(work, source, subject, [each for each in tied if each], saying)
    shelves = list(KINDS)
    found = await as_asked(work, found, profile)
    return sorted(found, key=lambda each: shelves.index(each.kind))


async def _keep(work: Work, request: Request, found: Iterable[Found]) -> None:
    rows = await work.driver.fetch(CLEAR_ITEMS, request.id, BY_HAND)
    before = {(row["kind"], row["source_id"], _undated(row["label"])): tuple(row[3:]) for row in rows}
    for position, each in enumerate(found, start=1):
        await work.driver.execute(
            ADD_ITEM, clock.new_id(), request.id, each.incident_id, position, each.kind, each.id, _label(each),
            json.dumps(each.passages), bool(each.named_in), each.named_in, each.place,
            *before.get((each.kind, each.id, _undated(_label(each))), ("another" if each.is_anothers else None, None)),
        )  # fmt: skip


def _label(found: Found) -> str:
    """What it is called in the copy: its shelf, its own name, since when it is kept."""
    since = kept_since(found.id)
    dated = f"{SINCE}{day(since)}" if since else ""
    return f"{KINDS[found.kind]}{': ' * bool(found.about)}{found.about.replace('_', ' ')}{dated}"


def _undated(label: str) -> str:
    """What it is called, however a release wrote its day: what was decided by hand is found by it."""
    return label.rpartition(SINCE)[0] or label


async def _redact_others(work: Work, request: Request, found: list[Found], subject: Subject) -> None:
    """Everybody else who is tied to what was found, by their whole names and by each part of them."""
    await work.driver.execute(CLEAR_AUTOMATIC, request.id)
    own = {part for name in subject.called for part in name.replace(",", " ").split()}
    incidents = sorted({each.incident_id for each in found if each.incident_id})
    rows = [dict(row) for row in await work.driver.fetch(OTHERS, incidents, list(subject.people))]
    for row in (*rows, *await _met(work, found), *_named(found)):
        if folded(row["name"]) in subject.names:
            continue
        for phrase in sorted(_phrases(row, own)):
            await work.driver.execute(ADD_REDACTION, clock.new_id(), request.id, row["incident_id"], phrase)
    for phrase in await _reached_by(work, request, subject, own):
        await work.driver.execute(ADD_REDACTION, clock.new_id(), request.id, None, phrase)
    for row in await work.driver.fetch(IDENTIFYING, incidents):
        if not set(folded(row["said"]).split()) <= own:  # who this one is themselves is theirs to read
            await work.driver.execute(ADD_REDACTION, clock.new_id(), request.id, row["incident_id"], row["said"])


async def _reached_by(work: Work, request: Request, subject: Subject, own: set[str]) -> list[str]:
    """Who their own entry says to turn to, by name, telephone and address; but for whoever asks."""
    phrases: set[str] = set()
    for row in await work.driver.fetch(CONTACTS, list(subject.people)):
        name = row["name"] or ""
        if folded(name) != folded(request.asker_name):
            empty = {"given_name": "", "family_name": "", "known_as": "", "former_names": ()}
            phrases |= _phrases(empty | {"name": name}, own) | {row[each] for each in ("phone", "email") if row[each]}
    return sorted(phrases)


async def _met(work: Work, found: Iterable[Found]) -> list[dict[str, Any]]:
    """Others of the list of people, in whose own lines this one is named: a parent, a brother, a carer.

    Who is here because of a restricted incident alone hides with it, and so do the words that black them out.
    """
    ids = [each.id for each in found if each.kind == "person" and each.named_in]
    rows = [dict(row) for row in await work.driver.fetch(PEOPLE, ids)]
    kept = {row["person_id"]: row["incident_id"] for row in await work.driver.fetch(KEPT, ids)}
    return [
        row | {"incident_id": kept.get(row["id"]), "name": f"{row['given_name']} {row['family_name']}".strip()}
        for row in rows
    ]


def _named(found: Iterable[Found]) -> list[dict[str, Any]]:
    """Others whom a column names that is made for it: who signed, who was present, who complains."""
    empty = {"given_name": "", "family_name": "", "known_as": "", "former_names": ()}
    return [empty | {"incident_id": each.incident_id, "name": name} for each in found for name in each.others]


def _phrases(row: Mapping[str, Any], own: set[str]) -> set[str]:
    called = {row["name"], *names_of(row), *([row["known_as"]] if row["known_as"] else [])}
    parts = {part.strip(".,;:()'\"") for name in called for part in name.split()}
    return {phrase for phrase in called | parts if _tells(phrase) and folded(phrase) not in own}


def _tells(phrase: str) -> bool:
    """Of two letters, "Mo" and "Li", what is written as a name is; of those that begin every other sentence none."""
    return len(phrase) >= SHORTEST or (len(phrase) == 2 and phrase[0].isupper() and phrase not in NO_NAMES)
