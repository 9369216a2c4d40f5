"""Incidents for a scratch database, by the thousand: made by one statement, shaped like real ones, about nobody."""

from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec
import psycopg
from psycopg.types.json import Jsonb

from safeguard import clock
from safeguard.cli.bench.scratch import Scratch
from safeguard.insights.sharing import Figures, Objective

INCIDENTS = """
insert into incidents (organisation_id, id, reference, state, risk, recorded_at, recorded_by, recorded_by_name,
    happened_from, happened_precision, place, platforms, four_c, narrative, acknowledged_at, last_activity_at, tsv)
select %(organisation)s, gen_random_uuid(),
    translate(to_char(n / 9261, 'FM000'), '01', 'FG') || '-' || substr(a, n / 441 %% 21 + 1, 1)
        || substr(a, n / 21 %% 21 + 1, 1) || substr(a, n %% 21 + 1, 1),
    case when n %% 3 = 0 then 'new' else 'open' end, (array['low', 'medium', 'high', 'unassessed'])[n %% 4 + 1],
    now() - n * %(apart)s::interval, %(lead)s, 'Sample Lead', now() - n * %(apart)s::interval - interval '1 day',
    'day', 'online', '{tiktok}', array[(array['content', 'contact', 'conduct', 'commerce'])[n %% 4 + 1]], story,
    case when n %% 3 = 0 then null else now() end, now() - n * %(apart)s::interval, to_tsvector('english', story)
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
LISTED = """
insert into people (organisation_id, id, kind, given_name, family_name, recorded_at, changed_at, sort_key, found_by)
select %(organisation)s::uuid, md5(%(organisation)s::uuid::text || ' ' || n)::uuid, 'child', 'Listed', 'Person ' || n,
    now() - interval '3 years', now(), 'person ' || n || ' listed', ' listed person ' || n || ' '
from generate_series(0, %(count)s / 5) n
"""
"""One for every five incidents, so that many of them are involved again."""
PEOPLE = """
insert into incident_people (organisation_id, id, incident_id, position, role, kind, name, group_name, person_id)
select i.organisation_id, gen_random_uuid(), i.id, p.position, p.role, 'child', 'Sample ' || p.name,
    'Year ' || 7 + (i.n + p.position) %% 5,
    case when p.role = 'alleged' then md5(%(organisation)s::uuid::text || ' ' || i.n * 7 %% (%(count)s / 5))::uuid end
from (select o.*, row_number() over (order by o.recorded_at) as n from incidents o
      where o.organisation_id = %(organisation)s::uuid) i,
    (values (1, 'affected', 'Person One'), (2, 'alleged', 'Person Two')) p(position, role, name)
"""
LESSONS = """
insert into entries (organisation_id, id, incident_id, kind, written_at, author_id, author_name, words, controls)
select i.organisation_id, gen_random_uuid(), i.id, 'lesson', i.recorded_at + interval '1 day', %(lead)s, 'Sample Lead',
    'Said what to do when somebody else posts.', array[(array['M1', 'M5', 'L7', 'S2'])[i.n / 20 %% 4 + 1]]
from (select o.*, row_number() over (order by o.recorded_at desc) as n from incidents o
      where o.organisation_id = %(organisation)s) i where i.n %% 20 = 0
"""
"""From one of twenty incidents."""
ACTIONS = """
insert into entries (organisation_id, id, incident_id, kind, written_at, author_id, author_name, words, owner_name,
    due_on)
select i.organisation_id, gen_random_uuid(), i.id, 'action', i.recorded_at + interval '1 hour', %(lead)s, 'Sample Lead',
    'Talk with the family.', 'Sample Lead', current_date - 1
from incidents i where i.organisation_id = %(organisation)s order by i.recorded_at desc limit 50
"""
"""Whatever its size, an organisation has as many that are past their day."""
REFERRALS = """
insert into referrals (organisation_id, id, incident_id, helpline_id, helpline_name, reference, urgency, asked,
    lawful_basis, condition, reason, sent_at, sent_by, sent_by_name, last_activity_at)
select i.organisation_id, md5('referral ' || i.id)::uuid, i.id, md5('helpline')::uuid, 'Sample Helpline',
    'R-' || md5(i.id::text), 'routine', '{}', 'public_task', '', 'Sample', i.recorded_at + interval '1 hour', %(lead)s,
    'Sample Lead', i.recorded_at + interval '1 day'
from (select o.*, row_number() over (order by o.recorded_at desc) as n from incidents o
      where o.organisation_id = %(organisation)s) i where i.n %% 200 = 0
"""
"""Of one of two hundred incidents."""
ADDRESSES = """
insert into referral_steps (organisation_id, id, referral_id, incident_id, direction, kind, body, at, author_name)
select r.organisation_id, gen_random_uuid(), r.id, r.incident_id, 'in', 'url.step',
    jsonb_build_object('url', 'https://example.org/' || u.n, 'state', s.state), r.sent_at + s.after, 'Sample Helpline'
from referrals r, generate_series(1, 3) u(n),
    (values ('reported', interval '1 hour'), ('removed', interval '2 days')) s(state, after)
where r.organisation_id = %(organisation)s
"""
"""Three addresses of each, reported and then removed."""
GOVERNOR = """
with person as (
    insert into users (id, email, name) values (gen_random_uuid(), %(address)s, 'Sample Governor') returning id
), member as (
    insert into memberships (organisation_id, user_id, name, email, roles)
    select %(organisation)s, id, 'Sample Governor', %(address)s, '{governor}' from person
)
insert into sessions (token_hash, id, user_id, organisation_id, created_at, authenticated_at, factors, last_seen_at,
    browser)
select %(hash)s, gen_random_uuid(), id, %(organisation)s, now(), now(), '{password,totp}', now(), 'bench' from person
"""
TOLD = """
insert into group_figures (organisation_id, id, member_id, member_name, period, body, received_at)
select %(organisation)s, gen_random_uuid(), md5('member ' || n)::uuid, 'Sample School ' || n, '2025/26', %(body)s, now()
from generate_series(1, %(members)s) n
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
REVIEW = """
insert into reviews (organisation_id, id, framework, framework_version, scope, started_at, started_by, started_by_name)
values (%(organisation)s, gen_random_uuid(), 'pies', '1', 'full', now(), %(lead)s, 'Sample Lead') returning id
"""
FOLD = "select public.fold_incident_counts() + public.fold_involvement()"
ENTRIES = """
insert into entries (organisation_id, id, incident_id, kind, written_at, author_id, author_name, words)
select organisation_id, gen_random_uuid(), id, 'note', now() - n * interval '1 hour', %(lead)s, 'Sample Lead',
    'Spoke with the year team about it. Sample text ' || n
from incidents, generate_series(1, 12) n where organisation_id = %(organisation)s and id = %(incident)s
"""


OBJECTIVES = tuple(Objective(code, code, 2.5, 8, 8, 1, 0) for code in ("P", "I", "E", "S"))


class Filled(NamedTuple):
    """What can be asked for by its id."""

    newest: UUID
    """The newest incident, with twelve entries."""
    known: UUID
    """Somebody with two dozen incidents."""
    review: UUID
    """A review that is under way."""
    month: str
    """The last month that is over: full at every size."""


APART = timedelta(minutes=9)
"""From one incident to the next."""


def fill(scratch: Scratch, count: int, apart: timedelta = APART) -> Filled:
    """Add `count` incidents with two people each, lessons, referrals with what came of them, and a chronology."""
    values = {"organisation": scratch.organisation_id, "lead": scratch.lead_id, "count": count, "apart": apart}
    with scratch.as_owner() as owner:
        owner.execute(INCIDENTS, values)
        owner.execute("analyze incidents")
        owner.execute(LISTED, values)
        owner.execute("analyze people")
        owner.execute(PEOPLE, values)
        for statement in (LESSONS, ACTIONS, REFERRALS, ADDRESSES):
            owner.execute(statement, values)
        [newest] = owner.execute(NEWEST, values).fetchall()
        owner.execute(ENTRIES, values | {"incident": newest[0]})
        [known] = owner.execute(KNOWN, values).fetchall()
        [review] = owner.execute(REVIEW, values).fetchall()
    with psycopg.connect(scratch.addresses.owner, autocommit=True) as owner:
        owner.execute("analyze")  # as the server does by itself within a minute; here everything came at once
        while owner.execute(FOLD).fetchone() != (0,):
            pass  # as the schedule does
        owner.execute("vacuum analyze")
    over = clock.now().replace(day=1) - timedelta(days=1)
    return Filled(newest[0], known[0], review[0], f"{over:%Y-%m}")


def governor_of(scratch: Scratch) -> Scratch:
    """Whoever governs the organisation, with a session of their own."""
    theirs = replace(scratch, session=clock.new_token(32))
    address = f"governor@{scratch.organisation_id}.example"
    with scratch.as_owner() as owner:
        owner.execute(
            GOVERNOR, {"organisation": scratch.organisation_id, "address": address, "hash": theirs.session_hash}
        )
    return theirs


def tell(scratch: Scratch, members: int) -> None:
    """What so many organisations told the group of this one."""
    body = msgspec.json.encode(Figures("school", "2026-08", 40, (), OBJECTIVES, "2026-07-01")).decode()
    with scratch.as_owner() as owner:
        owner.execute(TOLD, {"organisation": scratch.organisation_id, "members": members, "body": body})


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
