-- Counts of incidents. A key is `month|dimension|code`, the month in which the incident was recorded where the
-- organisation is. Restricted incidents count nowhere: a figure must not tell anybody that one exists.
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

grant select on public.incidents, public.entries to safeguard_definer;

set local role safeguard_definer;

-- Hours from the report to an answer, in eight steps: up to 1, 4, 24, 72, 168, 336, 720 hours, and longer.
create or replace function public.waited(since timestamptz, until timestamptz) returns text
    language sql immutable
    set search_path = pg_catalog, pg_temp
as $$
    select width_bucket(extract(epoch from until - since) / 3600, array[0, 1, 4, 24, 72, 168, 336, 720])::text
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
            || case when i.happened_precision = 'exact' and i.happened_from is not null
                then array['hour|' || to_char(i.happened_from at time zone zone, 'HH24')] else '{}'::text[] end
            || case when i.acknowledged_at is null or i.imported_at is not null then '{}'::text[]
                else array['acknowledged|' || public.waited(i.recorded_at, i.acknowledged_at)] end
            || case when i.closed_at is null or i.imported_at is not null then '{}'::text[]
                else array['closed|' || public.waited(i.recorded_at, i.closed_at)] end
        ) key) end
$$;

-- The controls that the lessons of an incident touch, as they stand: what a later lesson corrects no longer counts.
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

create or replace function public.count_incident() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    zone text := (select o.time_zone from public.organisations o where o.id = new.organisation_id);
    plus text[] := public.count_keys(new, zone);
    minus text[] := '{}';
begin
    if tg_op = 'UPDATE' then
        minus := public.count_keys(old, zone);
        if plus = minus then
            return null;
        end if;
        if old.restricted_at is null and new.restricted_at is not null then
            minus := minus || public.lesson_keys(new.organisation_id, new.id, zone);
        end if;
    end if;
    if plus <> '{}' or minus <> '{}' then
        insert into public.incident_count_changes (organisation_id, plus, minus) values (new.organisation_id, plus, minus);
    end if;
    return null;
end
$$;

create or replace function public.count_lesson() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    zone text := (select o.time_zone from public.organisations o where o.id = new.organisation_id);
    plus text[];
    minus text[] := '{}';
begin
    if exists (select from public.incidents i
        where i.organisation_id = new.organisation_id and i.id = new.incident_id and i.restricted_at is not null) then
        return null;
    end if;
    plus := array(
        select to_char(new.written_at at time zone zone, 'YYYY-MM') || '|control|' || code from unnest(new.controls) code);
    if new.supersedes_id is not null then
        minus := array(
            select to_char(e.written_at at time zone zone, 'YYYY-MM') || '|control|' || code
            from public.entries e, unnest(e.controls) code
            where e.organisation_id = new.organisation_id and e.id = new.supersedes_id);
    end if;
    if plus <> '{}' or minus <> '{}' then
        insert into public.incident_count_changes (organisation_id, plus, minus) values (new.organisation_id, plus, minus);
    end if;
    return null;
end
$$;

-- What changed is folded into the counts, in every organisation.
create or replace function public.fold_incident_counts() returns bigint
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    folded bigint;
begin
    with gone as (
        delete from public.incident_count_changes c
        where (c.organisation_id, c.id) in (
            select p.organisation_id, p.id from public.incident_count_changes p limit 20000 for update skip locked)
        returning c.organisation_id, c.plus, c.minus
    ), moved as (
        select g.organisation_id, k.key, sum(k.sign) as number
        from gone g, lateral (select unnest(g.plus) as key, 1 as sign union all select unnest(g.minus), -1) k
        group by g.organisation_id, k.key
        having sum(k.sign) <> 0
        order by g.organisation_id, k.key
    ), kept as (
        insert into public.incident_counts as n (organisation_id, month, dimension, code, incidents)
        select m.organisation_id, split_part(m.key, '|', 1), split_part(m.key, '|', 2), split_part(m.key, '|', 3), m.number
        from moved m
        on conflict (organisation_id, month, dimension, code)
            do update set incidents = n.incidents + excluded.incidents
    )
    select count(*) into folded from gone;
    return folded;
end
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
        where p.organisation_id = (select sec.own_organisation())
    ) s
    where s.month between first and last
    group by 1, 2, 3
    having sum(s.number) <> 0
$$;

revoke all on function public.read_incident_counts(text, text), public.fold_incident_counts(), public.waited(timestamptz, timestamptz),
    public.count_keys(public.incidents, text), public.lesson_keys(uuid, uuid, text), public.count_incident(),
    public.count_lesson() from public;
grant execute on function public.read_incident_counts(text, text), public.fold_incident_counts() to safeguard_app;

-- Once: what was recorded before there were counts.
insert into public.incident_count_changes (organisation_id, plus, minus)
select i.organisation_id, public.count_keys(i, o.time_zone) || case when i.restricted_at is null
        then public.lesson_keys(i.organisation_id, i.id, o.time_zone) else '{}'::text[] end, '{}'
from public.incidents i join public.organisations o on o.id = i.organisation_id
where not exists (select from public.incident_counts) and not exists (select from public.incident_count_changes);

reset role;

drop trigger if exists count_incident on public.incidents;
create trigger count_incident
    after insert or update of state, risk, four_c, risk_areas, issue_types, platforms, place, happened_from,
        happened_precision, acknowledged_at, closed_at, restricted_at
    on public.incidents for each row execute function public.count_incident();

drop trigger if exists count_lesson on public.entries;
create trigger count_lesson after insert on public.entries for each row
    when (new.kind = 'lesson') execute function public.count_lesson();
