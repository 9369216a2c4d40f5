-- Incidents: who may touch the tables, and the one way to search them.
--
-- What is written about a person is never deleted, and what was said is never edited: the app holds no DELETE at all,
-- and UPDATE only on the columns named here. A correction to an incident changes its columns and leaves every earlier
-- version in audit.documents; a correction to an entry is another row.

select sec.isolate('public.incidents', 'owned');
revoke update, delete on public.incidents from safeguard_app;
grant update (
    version, state, risk, happened_from, happened_until, happened_precision, happened_words, discovered_at, place,
    place_detail, platforms, device, accounts, four_c, risk_areas, issue_types, narrative, child_words,
    immediate_action, danger_now, lead_told, parents_informed, parents_reason, acknowledged_at, acknowledged_by,
    closed_at, closed_by, closing_summary, closing_follow_up, closing_decision, closing_outcome, last_activity_at, tsv,
    imported_at, heard_at, heard_urgent
) on public.incidents to safeguard_app;

select sec.isolate('public.incident_people', 'owned');
revoke update, delete on public.incident_people from safeguard_app;
grant update (position, role, kind, connection, name, group_name, notes, removed_at) on public.incident_people to safeguard_app;

select sec.isolate('public.entries', 'owned');
revoke update, delete on public.entries from safeguard_app;
grant update (version, done_at, shared) on public.entries to safeguard_app;

-- Search. `@@` is not leakproof, so under row security the planner may not use the index of words: at a million
-- incidents an absent term would take seconds. This function runs as safeguard_search, which may read every row, and so
-- takes the organisation from the verified context and from nothing else, and asks for the caller's rights itself.
-- The roles that read every incident are those of `incident:read`; everybody else finds their own submissions only.
--
-- Two steps keep every kind of term cheap: look through the newest 5,000 in the order of the list (a term in one of a
-- hundred incidents fills a page there, and a common one stops after a few rows), and only if they do not, fetch all
-- matches from the index of words at once.
select sec.policy('public.incidents', 'search_read', 'select', 'safeguard_search', 'true');
select sec.policy('public.memberships', 'search_read', 'select', 'safeguard_search', 'true');
grant select on public.incidents, public.memberships to safeguard_search;
select sec.policy('public.incident_people', 'search_read', 'select', 'safeguard_search', 'true');
grant select on public.incident_people to safeguard_search;

-- Which lexemes somebody's words ask for. As they stand, stemmed and not: names and accounts are kept as they are, and
-- "not" has one meaning only. And where nothing is asked by quotes, a minus or an "or": a word of three letters or more
-- asks also for what it begins, "insta" for Instagram, and "insta bullying" for somebody bullied there. More than eight
-- words are an account of something, and nobody's beginning of a name.
create or replace function public.words_asked(terms text) returns tsquery
    language sql immutable
    set search_path = pg_catalog, pg_temp
as $$
    select websearch_to_tsquery('pg_catalog.english', terms)
        || case when terms ~ '(^|\s)-' then '' else websearch_to_tsquery('pg_catalog.simple', terms) end
        || case when terms ~* '(^|\s)-|"|\mor\M' or count(w.stem) > 8 then ''
            else coalesce(string_agg(format('(%s)', case when w.word ~ '[[:alnum:]]{3}'
                    then w.stem || to_tsquery('pg_catalog.simple', format('''%s'':*', w.word))
                    else w.stem || plainto_tsquery('pg_catalog.simple', w.word) end), ' & '
                order by w.place), '')::tsquery end
    from (
        select word, place, plainto_tsquery('pg_catalog.english', word) as stem
        from regexp_split_to_table(translate(left(terms, 500), '''\', '  '), '\s+') with ordinality t(word, place)
        where word ~ '[[:alnum:]]'
    ) w
    where numnode(w.stem) > 0  -- "the" stands in no account that was stemmed
$$;
revoke all on function public.words_asked(text) from public;
grant execute on function public.words_asked(text) to safeguard_app, safeguard_search, safeguard_owner;

set local role safeguard_search;

create or replace function public.search_incidents(
    terms text, only_open boolean, only_risk text, only_area text, since timestamptz, until timestamptz,
    before_at timestamptz, before_id uuid, wanted integer
) returns table (id uuid, recorded_at timestamptz)
    language plpgsql stable security definer
    rows 30  -- a page: with the thousand that is reckoned unless said, joining them reads every row there is
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_custom_plan  -- a plan for any term and any organisation sorts everything it has
as $$
declare
    here uuid := sec.own_organisation();  -- nobody's, for whoever writes by the public page
    person uuid := sec.current_user_id();
    everything boolean := person is null or exists (  -- nobody: the system itself, at work in this organisation
        select from public.memberships m
        where m.organisation_id = here and m.user_id = person and m.state = 'active'
            and sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && array['lead', 'deputy']);
    asked tsquery := public.words_asked(terms);
    hidden uuid[] := sec.hidden_incidents();  -- no policy of the app's is asked here
    hits bigint;
begin
    before_at := coalesce(before_at, 'infinity');
    before_id := coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
    if terms ~* '^\s*[2-9cfghjkmpqrvwx]{3}-?[2-9cfghjkmpqrvwx]{3}\s*$' then
        return query
            select i.id, i.recorded_at from public.incidents i
            where i.organisation_id = here
                and i.reference = regexp_replace(upper(btrim(terms)), '^(...)-?(...)$', '\1-\2')
                and (everything or i.recorded_by = person)
                and i.id <> all (hidden)
                and (i.recorded_at, i.id) < (before_at, before_id);
        if found then
            return;
        end if;
    end if;
    return query
        select n.id, n.recorded_at
        from (
            select i.id, i.recorded_at, i.tsv, i.state, i.risk, i.four_c, i.recorded_by
            from public.incidents i
            where i.organisation_id = here and (i.recorded_at, i.id) < (before_at, before_id)
                and i.id <> all (hidden)
            order by i.recorded_at desc, i.id desc
            limit 5000
        ) n
        where n.tsv @@ asked
            and (everything or n.recorded_by = person)
            and (only_open is null or (n.state <> 'closed') = only_open)
            and (only_risk is null or n.risk = only_risk)
            and (only_area is null or only_area = any (n.four_c))
            and (since is null or n.recorded_at >= since)
            and (until is null or n.recorded_at < until)
        order by n.recorded_at desc, n.id desc
        limit wanted;
    get diagnostics hits = row_count;
    if hits >= wanted then
        return;
    end if;
    perform from public.incidents i where i.organisation_id = here
        order by i.recorded_at desc, i.id desc offset 4999 limit 1;
    if not found then
        return;  -- the newest were all: the beginning of a word is not looked up in the index of everybody
    end if;
    return query
        with newest as materialized (  -- once: a plan for any term asked it again for each match
            select i.recorded_at, i.id from public.incidents i
            where i.organisation_id = here and (i.recorded_at, i.id) < (before_at, before_id)
                and i.id <> all (hidden)
            order by i.recorded_at desc, i.id desc
            offset 4999 limit 1
        ),
        matching as materialized (
            select i.id, i.recorded_at, i.state, i.risk, i.four_c, i.recorded_by
            from public.incidents i
            where i.organisation_id = here and i.tsv @@ asked and i.id <> all (hidden)
        )
        select m.id, m.recorded_at from matching m, newest n
        where (m.recorded_at, m.id) < (n.recorded_at, n.id)
            and (everything or m.recorded_by = person)
            and (only_open is null or (m.state <> 'closed') = only_open)
            and (only_risk is null or m.risk = only_risk)
            and (only_area is null or only_area = any (m.four_c))
            and (since is null or m.recorded_at >= since)
            and (until is null or m.recorded_at < until)
        order by m.recorded_at desc, m.id desc
        limit wanted - hits;
end
$$;

revoke all on function
    public.search_incidents(text, boolean, text, text, timestamptz, timestamptz, timestamptz, uuid, integer) from public;
grant execute on function
    public.search_incidents(text, boolean, text, text, timestamptz, timestamptz, timestamptz, uuid, integer)
    to safeguard_app;

-- Names nearly like these words, for a search that found no incident: staff and children from elsewhere stand in no list
-- of people. Only of the newest 5,000 incidents, so that it costs the same however many there are; and only of those that
-- whoever asks may read, for a name that is offered tells that there is an incident. One letter in three may differ.
create or replace function public.names_nearly(terms text[], wanted integer) returns table (name text)
    language plpgsql stable security definer
    rows 5
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_custom_plan
as $$
declare
    here uuid := sec.own_organisation();
    person uuid := sec.current_user_id();
    hidden uuid[] := sec.hidden_incidents();  -- no policy of the app's is asked here
    unknown uuid[] := sec.hidden_people();
begin
    if person is not null and not exists (
        select from public.memberships m
        where m.organisation_id = here and m.user_id = person and m.state = 'active'
            and sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && array['lead', 'deputy']) then
        return;
    end if;
    return query
        with named as materialized (
            select distinct n.name
            from (
                select i.id from public.incidents i
                where i.organisation_id = here and i.id <> all (hidden)
                order by i.recorded_at desc, i.id desc
                limit 5000
            ) i
            join public.incident_people n on n.organisation_id = here and n.incident_id = i.id and n.removed_at is null
            where n.person_id is null or n.person_id <> all (unknown)
        ),
        near as (
            select d.name, (
                select array_agg(m.far) from unnest(terms) t cross join lateral (
                    select min(public.levenshtein(t, left(w, 40))::real / greatest(length(t), length(w))) as far
                    from regexp_split_to_table(lower(left(d.name, 200)), '[^[:alnum:]]+') w where w <> '') m) as far
            from named d
        )
        select d.name from near d
        where 0.34 >= all (d.far)
        order by (select sum(f) from unnest(d.far) f), d.name
        limit wanted;
end
$$;

revoke all on function public.names_nearly(text[], integer) from public;
grant execute on function public.names_nearly(text[], integer) to safeguard_app;

reset role;
