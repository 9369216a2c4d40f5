"""Incidents for a scratch database, by the thousand: made by one statement, shaped like real ones, about nobody."""

from typing import NamedTuple
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from safeguard.cli.bench.scratch import Scratch

INCIDENTS = """
insert into incidents (organisation_id, id, reference, state, risk, recorded_at, recorded_by, recorded_by_name,
    happened_from, happened_precision, place, platforms, four_c, narrative, acknowledged_at, last_activity_at, tsv)
select %(organisation)s, gen_random_uuid(),
    translate(to_char(n / 9261, 'FM000'), '01', 'FG') || '-' || substr(a, n / 441 %% 21 + 1, 1)
        || substr(a, n / 21 %% 21 + 1, 1) || substr(a, n %% 21 + 1, 1),
    case when n %% 3 = 0 then 'new' else 'open' end, (array['low', 'medium', 'high', 'unassessed'])[n %% 4 + 1],
    now() - n * interval '9 minutes', %(lead)s, 'Sample Lead', now() - n * interval '9 minutes' - interval '1 day',
    'day', 'online', '{tiktok}', array[(array['content', 'contact', 'conduct', 'commerce'])[n %% 4 + 1]], story,
    case when n %% 3 = 0 then null else now() end, now() - n * interval '9 minutes', to_tsvector('english', story)
from generate_series(1, %(count)s) n, (values ('23456789CFGHJKMPQRVWX')) letters(a),
    lateral (select 'In lesson ' || n || ' a group chat was shown to a member of staff. Messages about another person '
        || 'had been sent over several evenings, and two of them had been copied to an account that nobody knew. '
        || 'Sample text ' || md5(n::text)
        || case when n %% 100 = 7 then ' trampoline' else '' end
        || case when n %% 1000 = 7 then ' harpsichord' else '' end
        || case when n %% 100000 = 7 then ' quetzal' else '' end as story) stories
"""
TERMS = {
    "common": "group",
    "1 %": "trampoline",
    "0.1 %": "harpsichord",
    "ten in a million": "quetzal",
    "absent": "zyzzyva",
}
"""Words to look for, and how often they stand in the narratives above."""
PEOPLE = """
insert into incident_people (organisation_id, id, incident_id, position, role, kind, name)
select i.organisation_id, gen_random_uuid(), i.id, p.position, p.role, 'child', 'Sample ' || p.name
from incidents i, (values (1, 'affected', 'Person One'), (2, 'alleged', 'Person Two')) p(position, role, name)
where i.organisation_id = %(organisation)s
"""
NEWEST = "select id from incidents where organisation_id = %(organisation)s order by recorded_at desc limit 1"
KNOWN = """
with person as (
    insert into people (organisation_id, id, kind, given_name, family_name, recorded_at, changed_at, sort_key, found_by)
    values (%(organisation)s, gen_random_uuid(), 'child', 'Sample', 'Person One', now() - interval '3 years', now(),
        'person one sample', ' sample person one ')
    returning organisation_id, id
), newest as (
    select i.id from incidents i where i.organisation_id = %(organisation)s order by i.recorded_at desc limit 24
), tied as (
    update incident_people n set person_id = person.id from person, newest
    where n.organisation_id = person.organisation_id and n.incident_id = newest.id and n.role = 'affected'
)
select id from person
"""
"""Somebody on the list of people, who was affected in two dozen incidents."""
FOLD = "select public.fold_incident_counts()"
ENTRIES = """
insert into entries (organisation_id, id, incident_id, kind, written_at, author_id, author_name, words)
select organisation_id, gen_random_uuid(), id, 'note', now() - n * interval '1 hour', %(lead)s, 'Sample Lead',
    'Spoke with the year team about it. Sample text ' || n
from incidents, generate_series(1, 12) n where organisation_id = %(organisation)s and id = %(incident)s
"""


class Filled(NamedTuple):
    """What can be asked for by its id."""

    newest: UUID
    """The newest incident, with twelve entries."""
    known: UUID
    """Somebody with two dozen incidents."""


def fill(scratch: Scratch, count: int) -> Filled:
    """Add `count` incidents with two people each, twelve entries to the newest, and one chronology."""
    values = {"organisation": scratch.organisation_id, "lead": scratch.lead_id, "count": count}
    with scratch.as_owner() as owner:
        owner.execute(INCIDENTS, values)
        owner.execute(PEOPLE, values)
        [newest] = owner.execute(NEWEST, values).fetchall()
        owner.execute(ENTRIES, values | {"incident": newest[0]})
        [known] = owner.execute(KNOWN, values).fetchall()
    with psycopg.connect(scratch.addresses.owner, autocommit=True) as owner:
        while owner.execute(FOLD).fetchone() != (0,):
            pass  # as the schedule does; here everything came at once
        owner.execute("vacuum analyze")
    return Filled(newest[0], known[0])


def lengthen(owner: psycopg.Connection, scratch: Scratch, count: int) -> None:
    """More entries in the log, by the function that appends them: some hundreds at a time."""
    act = {"event": "incident.viewed", "kind": "incident", "version": 1}
    owner.execute(
        "select audit.append_at(now(), jsonb_build_object('request', gen_random_uuid(), 'role', 'lead',"
        " 'actor', %s::text, 'acts', jsonb_build_object('general', (select jsonb_agg(%s::jsonb"
        " || jsonb_build_object('object', gen_random_uuid(),"
        " 'fresh_actor', encode(uuid_send(gen_random_uuid()), 'base64'),"
        " 'fresh_object', encode(sha256(n::text::bytea), 'base64'))) from generate_series(1, %s::integer) n))))",
        (str(scratch.lead_id), Jsonb(act), count),
    )
