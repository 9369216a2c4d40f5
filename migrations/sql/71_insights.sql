-- Counts of incidents. A key is `month|dimension|code`, the month in which the incident was recorded where the
-- organisation is; `month|dimension|code|year|09` counts among the incidents in which a child of that year has a part.
-- Restricted incidents count nowhere: a figure must not tell anybody that one exists.
--
-- Each change of an incident leaves the keys that it adds and takes; readers add those to the counts, and a worker folds
-- them in. Both happen in one statement each, so that every reader sees exact figures at any moment.

select sec.isolate('public.incident_counts', 'owned');
drop policy app_own on public.incident_counts;
revoke all on public.incident_counts from safeguard_app;
select sec.policy('public.incident_counts', 'definer_all', 'all', 'safeguard_definer', 'true');
grant select, insert, update, delete on public.incident_counts to safeguard_definer;

select sec.isolate('public.incident_count_changes', 'owned');
drop policy app_own on public.incident_count_changes;
revoke all on public.incident_count_changes from safeguard_app;
select sec.policy('public.incident_count_changes', 'definer_all', 'all', 'safeguard_definer', 'true');
grant select, insert, update, delete on public.incident_count_changes to safeguard_definer;

select sec.isolate('public.incident_pair_counts', 'owned');
drop policy app_own on public.incident_pair_counts;
revoke all on public.incident_pair_counts from safeguard_app;
select sec.policy('public.incident_pair_counts', 'definer_all', 'all', 'safeguard_definer', 'true');
grant select, insert, update, delete on public.incident_pair_counts to safeguard_definer;

grant select on public.incidents, public.entries, public.incident_people to safeguard_definer;

set local role safeguard_definer;

-- Hours from the report to an answer, in eight steps: up to 1, 4, 24, 72, 168, 336, 720 hours, and longer.
create or replace function public.waited(since timestamptz, until timestamptz) returns text
    language sql immutable
    set search_path = pg_catalog, pg_temp
as $$
    select width_bucket(extract(epoch from until - since) / 3600,
        array[0, 1, 4, 24, 72, 168, 336, 720, 1440, 2160, 4320, 8760])::text
$$;

create or replace function public.count_keys(i public.incidents, zone text) returns text[]
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select case when i.restricted_at is not null then '{}'::text[] else array(
        select to_char(i.recorded_at at time zone zone, 'YYYY-MM') || '|' || key
        from unnest(
            array['total|', 'risk|' || i.risk, 'state|' || i.state]
            || array(select 'four_c|' || code from unnest(i.four_c) code)
            || array(select 'risk_area|' || code from unnest(i.risk_areas) code)
            || array(select 'issue|' || code from unnest(i.issue_types) code)
            || array(select 'platform|' || code from unnest(i.platforms) code)
            || case when i.place is null then '{}'::text[] else array['place|' || i.place] end
            || case when i.happened_precision = 'minute' and i.happened_from is not null
                then array['hour|' || to_char(i.happened_from at time zone zone, 'HH24')] else '{}'::text[] end
            || case when i.acknowledged_at is null or i.imported_at is not null then '{}'::text[]
                else array['acknowledged|' || public.waited(i.recorded_at, i.acknowledged_at)] end
            || case when i.closed_at is null or i.imported_at is not null then '{}'::text[]
                else array['closed|' || public.waited(i.recorded_at, i.closed_at)] end
        ) key) end
$$;

-- `9B`, `Year 9`, `Yr 09`, `Blwyddyn 9` -> `09`; Reception -> `00`; anything else is no year group.
create or replace function public.year_group(said text) returns text
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
as $$
declare
    number integer := substring(lower(said) from '^\s*(?:(?:year|yr|y|blwyddyn|bl)\.?\s*)?0?(\d{1,2})(?!\d)');
begin
    return case when number between 1 and 13 then lpad(number::text, 2, '0')
        when said ~* '^\s*(reception|rec|eyfs|derbyn)\M' then '00' end;
end
$$;

-- What finds the year groups that `year_group` says are this one, where many are looked through.
create or replace function public.year_pattern(code text) returns text
    language sql immutable
    set search_path = pg_catalog, pg_temp
as $$
    select case when code = '00' then '^\s*(reception|rec|eyfs|derbyn)\M'
        else '^\s*(?:(?:year|yr|y|blwyddyn|bl)\.?\s*)?0?' || case when code < '10' then '0?' || right(code, 1) else code end
            || '(?!\d)' end
$$;

-- What is counted beside an incident: the controls that its lessons touch, as they stand (what a later lesson corrects no
-- longer counts); that it touched them, once for each, in the month of the first lesson that named it; the year groups of
-- the children named in it; how long it was until somebody first judged the risk, which a report that says "in danger
-- now" does not do.
create or replace function public.lesson_keys(organisation uuid, incident uuid, zone text) returns text[]
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select array(
        select to_char(e.written_at at time zone zone, 'YYYY-MM') || '|control|' || code
        from public.entries e, unnest(e.controls) code
        where e.organisation_id = organisation and e.incident_id = incident and e.kind = 'lesson'
            and not exists (
                select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id))
$$;

-- That it touched a control: one incident however many of its lessons name the control, as long as one that stands does,
-- and still in its month when a lesson is put in other words. With all lessons, or as if one of them (`without`) were not.
create or replace function public.touched_keys(organisation uuid, incident uuid, zone text, without uuid) returns text[]
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select array(
        select to_char(min(e.written_at) at time zone zone, 'YYYY-MM') || '|touched|' || code
        from public.entries e, unnest(e.controls) code
        where e.organisation_id = organisation and e.incident_id = incident and e.kind = 'lesson'
            and e.id is distinct from without
        group by code
        having bool_or(not exists (
            select from public.entries s
            where s.organisation_id = organisation and s.supersedes_id = e.id and s.id is distinct from without)))
$$;

create or replace function public.year_keys(i public.incidents, zone text) returns text[]
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select array(
        select to_char(i.recorded_at at time zone zone, 'YYYY-MM') || '|year|' || y.year
        from (
            select public.year_group(n.group_name) as year from public.incident_people n
            where n.organisation_id = i.organisation_id and n.incident_id = i.id and n.kind = 'child'
                and n.removed_at is null
            offset 0) y
        where y.year is not null)
$$;

create or replace function public.triage_keys(i public.incidents, zone text) returns text[]
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select array(
        select to_char(i.recorded_at at time zone zone, 'YYYY-MM') || '|triaged|' || public.waited(i.recorded_at, e.at)
        from (
            select min(e.written_at) as at from public.entries e
            where e.organisation_id = i.organisation_id and e.incident_id = i.id and e.kind = 'risk_change'
                and e.written_at > i.recorded_at) e
        where e.at is not null and i.imported_at is null)
$$;

-- How long it was until the first judgement with this one (`counted`), and without it: what it adds, what it takes.
create or replace function public.triage_keys_beside(i public.incidents, entry public.entries, zone text, counted boolean)
    returns text[]
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select array(
        select to_char(i.recorded_at at time zone zone, 'YYYY-MM') || '|triaged|' || public.waited(i.recorded_at, f.at)
        from (
            select min(w.at) as at from (
                select e.written_at as at from public.entries e
                where e.organisation_id = i.organisation_id and e.incident_id = i.id and e.kind = 'risk_change'
                    and e.id <> entry.id
                union all select entry.written_at where counted) w
            where w.at > i.recorded_at) f
        where f.at is not null and i.imported_at is null)
$$;

create or replace function public.keys_beside(i public.incidents, zone text) returns text[]
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select public.lesson_keys(i.organisation_id, i.id, zone) || public.touched_keys(i.organisation_id, i.id, zone, null)
        || public.year_keys(i, zone) || public.triage_keys(i, zone)
$$;

-- The year groups of the children who have a part in an incident, each once; all of them, or all but one (`without`).
create or replace function public.years_in(organisation uuid, incident uuid, without uuid) returns text[]
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select array(
        select distinct y.year
        from (
            select public.year_group(n.group_name) as year from public.incident_people n
            where n.organisation_id = organisation and n.incident_id = incident and n.kind = 'child'
                and n.removed_at is null and n.id is distinct from without
            offset 0) y
        where y.year is not null)
$$;

-- What an incident counts for among those in which a child of these years has a part.
create or replace function public.keys_among(keys text[], years text[]) returns text[]
    language sql immutable
    set search_path = pg_catalog, pg_temp
as $$
    select array(select key || '|year|' || year from unnest(keys) key, unnest(years) year)
$$;

-- Where this organisation is. Whoever counts by it holds on to it until they commit: figures are counted anew where it
-- changes, and nobody's count by the old one may come after.
create or replace function public.counting_zone(organisation uuid) returns text
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('counted ' || organisation, 0));
    return (select o.time_zone from public.organisations o where o.id = organisation);
end
$$;

create or replace function public.note_count_change(organisation uuid, plus text[], minus text[]) returns void
    language sql volatile
    set search_path = pg_catalog, pg_temp
as $$
    insert into public.incident_count_changes (organisation_id, plus, minus)
    select organisation, note_count_change.plus, note_count_change.minus
    where note_count_change.plus <> '{}' or note_count_change.minus <> '{}'
$$;

create or replace function public.count_incident() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    zone text := public.counting_zone(coalesce(new.organisation_id, old.organisation_id));
    plus text[] := '{}';
    minus text[] := '{}';
    years text[];
begin
    if tg_op <> 'DELETE' then
        plus := public.count_keys(new, zone);
    end if;
    if tg_op <> 'INSERT' then
        minus := public.count_keys(old, zone);
    end if;
    if plus = minus then
        return null;
    end if;
    if tg_op = 'UPDATE' then  -- those who have a part in a new one are counted as they are named
        years := public.years_in(new.organisation_id, new.id, null);
        plus := plus || public.keys_among(plus, years);
        minus := minus || public.keys_among(minus, years);
        if old.restricted_at is null and new.restricted_at is not null then
            minus := minus || public.keys_beside(new, zone);
        elsif old.restricted_at is not null and new.restricted_at is null then
            plus := plus || public.keys_beside(new, zone);
        end if;
    end if;
    perform public.note_count_change(coalesce(new.organisation_id, old.organisation_id), plus, minus);
    return null;
end
$$;

-- Lessons and judgements of risk. Before one is deleted, so that each of several deletions in one statement finds what
-- those before it left.
create or replace function public.count_lesson() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    entry public.entries := case when tg_op = 'DELETE' then old else new end;
    i public.incidents;
    zone text;
    keys text[];
    others text[] := '{}';
begin
    select * into i from public.incidents n where n.organisation_id = entry.organisation_id and n.id = entry.incident_id;
    zone := public.counting_zone(entry.organisation_id);
    if i.id is null or i.restricted_at is not null then
        return case when tg_op = 'DELETE' then old end;
    end if;
    if entry.kind = 'lesson' then
        keys := array(
            select to_char(entry.written_at at time zone zone, 'YYYY-MM') || '|control|' || c from unnest(entry.controls) c);
        others := array(
            select to_char(e.written_at at time zone zone, 'YYYY-MM') || '|control|' || code
            from public.entries e, unnest(e.controls) code
            where e.organisation_id = entry.organisation_id and e.id = entry.supersedes_id);
        if tg_op = 'DELETE' and exists (select from public.entries s
            where s.organisation_id = entry.organisation_id and s.supersedes_id = entry.id) then
            keys := '{}';
        end if;
        keys := keys || public.touched_keys(entry.organisation_id, i.id, zone, null);
        others := others || public.touched_keys(entry.organisation_id, i.id, zone, entry.id);
    else
        keys := public.triage_keys_beside(i, entry, zone, true);
        others := public.triage_keys_beside(i, entry, zone, false);
    end if;
    if tg_op = 'DELETE' then
        perform public.note_count_change(entry.organisation_id, others, keys);
        return old;
    end if;
    perform public.note_count_change(entry.organisation_id, keys, others);
    return null;
end
$$;

-- Somebody is counted before the row is there or is changed: all of a report, before the first of them restricts it by
-- being named in it, which takes back what all of them added; and each beside those whom the statement reached already.
create or replace function public.count_person() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    person public.incident_people := case when tg_op = 'DELETE' then old else new end;
    plus text := case when tg_op <> 'DELETE' and new.kind = 'child' and new.removed_at is null
        then public.year_group(new.group_name) end;
    minus text := case when tg_op <> 'INSERT' and old.kind = 'child' and old.removed_at is null
        then public.year_group(old.group_name) end;
    i public.incidents;
    zone text;
    month text;
    keys text[];
    others text[];
begin
    -- A row that is there already goes on to be updated, and is counted then.
    if tg_op = 'INSERT' and exists (select from public.incident_people n
        where n.organisation_id = person.organisation_id and n.id = person.id) then
        return new;
    end if;
    if plus is distinct from minus then
        zone := public.counting_zone(person.organisation_id);
        select * into i from public.incidents n
        where n.organisation_id = person.organisation_id and n.id = person.incident_id and n.restricted_at is null;
        if i.id is not null then
            month := to_char(i.recorded_at at time zone zone, 'YYYY-MM') || '|year|';
            keys := public.count_keys(i, zone);
            others := public.years_in(i.organisation_id, i.id, person.id);
            perform public.note_count_change(
                person.organisation_id,
                case when plus is null then '{}' when plus = any (others) then array[month || plus]
                    else array[month || plus] || public.keys_among(keys, array[plus]) end,
                case when minus is null then '{}' when minus = any (others) then array[month || minus]
                    else array[month || minus] || public.keys_among(keys, array[minus]) end);
        end if;
    end if;
    return case tg_op when 'DELETE' then old else new end;
end
$$;

-- The keys of one incident two by two: what a dashboard may be narrowed to, and what is counted then. What is counted
-- beside an incident comes in changes of its own, and has no pairs; those of a year group come as pairs.
create or replace function public.key_pairs(keys text[]) returns table (narrowed_to text, key text)
    language sql immutable
    set search_path = pg_catalog, pg_temp
as $$
    select split_part(a, '|', 2) || '|' || split_part(a, '|', 3), b
    from unnest(keys) a, unnest(keys) b
    where split_part(a, '|', 2) in ('risk', 'four_c', 'risk_area', 'issue', 'platform', 'place', 'hour')
        and split_part(b, '|', 2) not in ('control', 'touched', 'year', 'triaged')
        and split_part(a, '|', 4) = '' and split_part(b, '|', 4) = ''
    union all
    select split_part(k, '|', 4) || '|' || split_part(k, '|', 5),
        split_part(k, '|', 1) || '|' || split_part(k, '|', 2) || '|' || split_part(k, '|', 3)
    from unnest(keys) k
    where split_part(k, '|', 4) <> ''
$$;

-- What changed is folded into the counts, of one organisation or of all (null).
create or replace function public.fold_counts_of(only_one uuid) returns bigint
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    folded bigint;
begin
    with gone as (
        delete from public.incident_count_changes c
        where (c.organisation_id, c.id) in (
            select p.organisation_id, p.id from public.incident_count_changes p
            where only_one is null or p.organisation_id = only_one limit 20000 for update skip locked)
        returning c.organisation_id, c.plus, c.minus
    ), moved as (
        select g.organisation_id, k.key, sum(k.sign) as number
        from gone g, lateral (select unnest(g.plus) as key, 1 as sign union all select unnest(g.minus), -1) k
        where split_part(k.key, '|', 4) = ''
        group by g.organisation_id, k.key
        having sum(k.sign) <> 0
        order by g.organisation_id, k.key
    ), kept as (
        insert into public.incident_counts as n (organisation_id, month, dimension, code, incidents)
        select m.organisation_id, split_part(m.key, '|', 1), split_part(m.key, '|', 2), split_part(m.key, '|', 3), m.number
        from moved m
        on conflict (organisation_id, month, dimension, code)
            do update set incidents = n.incidents + excluded.incidents
    ), paired as (
        select g.organisation_id, p.narrowed_to, p.key, sum(p.sign) as number
        from gone g, lateral (
            select t.narrowed_to, t.key, 1 as sign from public.key_pairs(g.plus) t
            union all select t.narrowed_to, t.key, -1 from public.key_pairs(g.minus) t) p
        group by g.organisation_id, p.narrowed_to, p.key
        having sum(p.sign) <> 0
        order by g.organisation_id, p.narrowed_to, p.key
    ), kept_pairs as (
        insert into public.incident_pair_counts as n (organisation_id, narrowed_to, month, dimension, code, incidents)
        select p.organisation_id, p.narrowed_to, split_part(p.key, '|', 1), split_part(p.key, '|', 2),
            split_part(p.key, '|', 3), p.number
        from paired p
        on conflict (organisation_id, narrowed_to, month, dimension, code)
            do update set incidents = n.incidents + excluded.incidents
    )
    select count(*) into folded from gone;
    return folded;
end
$$;

create or replace function public.fold_incident_counts() returns bigint
    language sql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
    select public.fold_counts_of(null)
$$;

-- The figures of some months, with what is not folded in yet. The tables themselves are nobody's to read: an incident
-- that is restricted as it is recorded leaves rows that cancel each other out, and their number would tell of it.
create or replace function public.read_incident_counts(first text, last text)
    returns table (month text, dimension text, code text, incidents bigint)
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
    select s.month, s.dimension, s.code, sum(s.number)::bigint
    from (
        select c.month, c.dimension, c.code, c.incidents as number
        from public.incident_counts c
        where c.organisation_id = (select sec.own_organisation()) and c.month between first and last
        union all
        select split_part(k.key, '|', 1), split_part(k.key, '|', 2), split_part(k.key, '|', 3), k.sign
        from public.incident_count_changes p,
            lateral (select unnest(p.plus) as key, 1 as sign union all select unnest(p.minus), -1) k
        where p.organisation_id = (select sec.own_organisation()) and split_part(k.key, '|', 4) = ''
    ) s
    where s.month between first and last
    group by 1, 2, 3
    having sum(s.number) <> 0
$$;

-- The same of the incidents that have one of these in common, no two of which one incident can have: `platform|tiktok`,
-- or the hours of a part of the day.
create or replace function public.read_counts_among(wanted text[], first text, last text)
    returns table (month text, dimension text, code text, incidents bigint)
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
    select s.month, s.dimension, s.code, sum(s.number)::bigint
    from (
        select c.month, c.dimension, c.code, c.incidents as number
        from public.incident_pair_counts c
        where c.organisation_id = (select sec.own_organisation()) and c.narrowed_to = any (wanted)
            and c.month between first and last
        union all
        select split_part(k.key, '|', 1), split_part(k.key, '|', 2), split_part(k.key, '|', 3), k.sign
        from public.incident_count_changes p,
            lateral (
                select t.key, 1 as sign from public.key_pairs(p.plus) t where t.narrowed_to = any (wanted)
                union all select t.key, -1 from public.key_pairs(p.minus) t where t.narrowed_to = any (wanted)) k
        where p.organisation_id = (select sec.own_organisation())
    ) s
    where s.month between first and last
    group by 1, 2, 3
    having sum(s.number) <> 0
$$;

-- Everything anew from what is recorded, of one organisation or of all (null), and what was wrong: whose, which figure, what
-- it was and what it is. Whoever calls it keeps those who count out meanwhile.
create or replace function public.mend_incident_counts(only_one uuid)
    returns table (organisation uuid, figure text, was bigint, now bigint)
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    -- Whoever is folding now is waited for: what they took is in the counts after that.
    perform from public.incident_count_changes c where only_one is null or c.organisation_id = only_one for update;
    while public.fold_counts_of(only_one) > 0 loop
    end loop;
    return query
        with truth as (
            select i.organisation_id, split_part(k.key, '|', 1) as month, split_part(k.key, '|', 2) as dimension,
                split_part(k.key, '|', 3) as code, count(*) as incidents
            from public.incidents i join public.organisations o on o.id = i.organisation_id,
                lateral unnest(public.count_keys(i, o.time_zone) || public.keys_beside(i, o.time_zone)) k(key)
            where i.restricted_at is null and (only_one is null or i.organisation_id = only_one)
            group by 1, 2, 3, 4
        ), off as (
            select organisation_id, month, dimension, code, coalesce(c.incidents, 0) as was, coalesce(t.incidents, 0) as now
            from (select * from public.incident_counts n where only_one is null or n.organisation_id = only_one) c
            full join truth t using (organisation_id, month, dimension, code)
            where coalesce(c.incidents, 0) <> coalesce(t.incidents, 0)
        ), mended as (
            insert into public.incident_counts as n (organisation_id, month, dimension, code, incidents)
            select o.organisation_id, o.month, o.dimension, o.code, o.now from off o
            on conflict (organisation_id, month, dimension, code) do update set incidents = excluded.incidents
        )
        select o.organisation_id, rtrim(concat_ws(' ', o.month, o.dimension, o.code)), o.was, o.now
        from off o order by 1, 2;
    return query
        with truth as (
            select i.organisation_id, p.narrowed_to, split_part(p.key, '|', 1) as month,
                split_part(p.key, '|', 2) as dimension, split_part(p.key, '|', 3) as code, count(*) as incidents
            from public.incidents i join public.organisations o on o.id = i.organisation_id,
                lateral (select public.count_keys(i, o.time_zone) as own) k,
                lateral public.key_pairs(
                    k.own || public.keys_among(k.own, public.years_in(i.organisation_id, i.id, null))) p
            where i.restricted_at is null and (only_one is null or i.organisation_id = only_one)
            group by 1, 2, 3, 4, 5
        ), off as (
            select organisation_id, narrowed_to, month, dimension, code, coalesce(c.incidents, 0) as was,
                coalesce(t.incidents, 0) as now
            from (select * from public.incident_pair_counts n where only_one is null or n.organisation_id = only_one) c
            full join truth t using (organisation_id, narrowed_to, month, dimension, code)
            where coalesce(c.incidents, 0) <> coalesce(t.incidents, 0)
        ), mended as (
            insert into public.incident_pair_counts as n (organisation_id, narrowed_to, month, dimension, code, incidents)
            select o.organisation_id, o.narrowed_to, o.month, o.dimension, o.code, o.now from off o
            on conflict (organisation_id, narrowed_to, month, dimension, code) do update set incidents = excluded.incidents
        )
        select o.organisation_id, replace(o.narrowed_to, '|', ' ') || ': ' || rtrim(concat_ws(' ', o.month, o.dimension, o.code)),
            o.was, o.now
        from off o order by 1, 2;
end
$$;

-- Months and hours are those of where the organisation is: where that changes, they are counted anew. School years are
-- left to the folding: a table that every organisation writes to is not locked for the sake of one.
create or replace function public.recount_moved() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('counted ' || new.id, 0));
    perform public.mend_incident_counts(new.id);
    insert into public.involvement_changes (organisation_id, person_id)
    select distinct v.organisation_id, v.person_id from public.involved_people v where v.organisation_id = new.id;
    return null;
end
$$;

-- squawk-ignore ban-drop-function
drop function if exists public.rebuild_incident_counts();
-- squawk-ignore ban-drop-function
drop function if exists public.read_narrowed_counts(text, text, text);
-- squawk-ignore ban-drop-function
drop function if exists public.read_touched_counts(text, text, text);

revoke all on function public.read_incident_counts(text, text), public.read_counts_among(text[], text, text),
    public.fold_incident_counts(), public.fold_counts_of(uuid), public.mend_incident_counts(uuid), public.recount_moved(),
    public.counting_zone(uuid), public.waited(timestamptz, timestamptz),
    public.year_group(text), public.year_pattern(text), public.years_in(uuid, uuid, uuid),
    public.keys_among(text[], text[]), public.touched_keys(uuid, uuid, text, uuid),
    public.count_keys(public.incidents, text), public.lesson_keys(uuid, uuid, text),
    public.year_keys(public.incidents, text), public.triage_keys(public.incidents, text),
    public.triage_keys_beside(public.incidents, public.entries, text, boolean),
    public.keys_beside(public.incidents, text), public.note_count_change(uuid, text[], text[]), public.key_pairs(text[]),
    public.count_incident(), public.count_lesson(), public.count_person() from public;
grant execute on function public.read_incident_counts(text, text), public.read_counts_among(text[], text, text),
    public.fold_incident_counts() to safeguard_app;
revoke all on function public.year_group(text) from safeguard_app;
grant execute on function public.year_pattern(text) to safeguard_app;  -- the list is narrowed to a year group
grant execute on function public.mend_incident_counts(uuid) to safeguard_owner;

reset role;

-- Once: what was recorded before there were counts, or before there were pairs of each kind that there is now. Readers go
-- on; whoever writes waits, so that nothing is counted twice or not at all.
do $$
begin
    if exists (select from public.incidents) and not exists (select from public.incident_pair_counts) then
        lock table public.incidents, public.incident_people, public.entries in share row exclusive mode;
        perform public.mend_incident_counts(null);
    end if;
    -- And what was counted when everything that took more than thirty days was one step.
    if exists (select from public.incident_counts c
            where c.dimension in ('acknowledged', 'triaged', 'closed') and c.code = '8' and c.incidents > 0)
        and not exists (select from public.incident_counts c
            where c.dimension in ('acknowledged', 'triaged', 'closed') and c.code in ('9', '10', '11', '12')) then
        lock table public.incidents, public.incident_people, public.entries in share row exclusive mode;
        perform public.mend_incident_counts(null);
    end if;
end
$$;

drop trigger if exists count_incident on public.incidents;
create trigger count_incident
    after insert or delete or update of state, risk, four_c, risk_areas, issue_types, platforms, place, happened_from,
        happened_precision, acknowledged_at, closed_at, restricted_at
    on public.incidents for each row execute function public.count_incident();

drop trigger if exists count_lesson on public.entries;
create trigger count_lesson after insert on public.entries for each row
    when (new.kind in ('lesson', 'risk_change')) execute function public.count_lesson();
drop trigger if exists uncount_lesson on public.entries;
create trigger uncount_lesson before delete on public.entries for each row
    when (old.kind in ('lesson', 'risk_change')) execute function public.count_lesson();

drop trigger if exists count_person on public.incident_people;
create trigger count_person before insert on public.incident_people for each row
    when (new.kind = 'child' and new.group_name <> '') execute function public.count_person();
drop trigger if exists recount_person on public.incident_people;
create trigger recount_person before update of kind, group_name, removed_at on public.incident_people
    for each row execute function public.count_person();
drop trigger if exists uncount_person on public.incident_people;
create trigger uncount_person before delete on public.incident_people for each row
    when (old.kind = 'child' and old.group_name <> '') execute function public.count_person();

drop trigger if exists recount_moved on public.organisations;
create trigger recount_moved after update of time_zone on public.organisations for each row
    when (old.time_zone <> new.time_zone) execute function public.recount_moved();
