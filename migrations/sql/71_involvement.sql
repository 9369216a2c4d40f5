-- How many people have a part in more than one incident of a school year: kept as it changes, and exact at any moment.
--
-- A person and the records merged into theirs are one, so what somebody had a part in is worked out anew for whoever a
-- change is about: readers do so for the changes that wait, and a worker folds them in. Restricted incidents count
-- nowhere. The tables are nobody's to read: with one of them somebody could tell that a restricted incident exists.

select sec.isolate('public.involved_people', 'owned');
drop policy app_own on public.involved_people;
revoke all on public.involved_people from safeguard_app;
select sec.policy('public.involved_people', 'definer_all', 'all', 'safeguard_definer', 'true');
grant select, insert, update, delete on public.involved_people to safeguard_definer;

select sec.isolate('public.involvement_counts', 'owned');
drop policy app_own on public.involvement_counts;
revoke all on public.involvement_counts from safeguard_app;
select sec.policy('public.involvement_counts', 'definer_all', 'all', 'safeguard_definer', 'true');
grant select, insert, update, delete on public.involvement_counts to safeguard_definer;

select sec.isolate('public.involvement_changes', 'owned');
drop policy app_own on public.involvement_changes;
revoke all on public.involvement_changes from safeguard_app;
select sec.policy('public.involvement_changes', 'definer_all', 'all', 'safeguard_definer', 'true');
grant select, insert, update, delete on public.involvement_changes to safeguard_definer;

grant select on public.people to safeguard_definer;

set local role safeguard_definer;

-- `2026/27`: from September on.
create or replace function public.school_year(at timestamptz, zone text) returns text
    language sql immutable
    set search_path = pg_catalog, pg_temp
as $$
    select y.begins || '/' || to_char((y.begins + 1) % 100, 'FM00')
    from (select extract(year from (at at time zone zone) - interval '8 months')::integer as begins) y
$$;

-- These people and whoever they are kept as: everybody whose figures a change of theirs may move.
create or replace function public.kept_as(organisation uuid, ids uuid[]) returns uuid[]
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    with recursive above as (
        select unnest(ids) as id
        union
        select p.merged_into_id from above a
        join public.people p on p.organisation_id = organisation and p.id = a.id
        where p.merged_into_id is not null
    )
    select array(select a.id from above a)
$$;

-- In how many incidents of each year these people had a part; whoever is merged into another has none.
create or replace function public.involved(organisation uuid, ids uuid[], zone text)
    returns table (person_id uuid, year text, affected integer, alleged integer)
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    with recursive below as (
        select p.id, p.id as root from public.people p
        where p.organisation_id = organisation and p.id = any (ids) and p.merged_into_id is null
        union
        select p.id, b.root from below b
        join public.people p on p.organisation_id = organisation and p.merged_into_id = b.id
    )
    select b.root, public.school_year(i.recorded_at, zone),
        (count(distinct i.id) filter (where n.role = 'affected'))::integer,
        (count(distinct i.id) filter (where n.role = 'alleged'))::integer
    from below b
    join public.incident_people n on n.organisation_id = organisation and n.person_id = b.id and n.removed_at is null
    join public.incidents i on i.organisation_id = organisation and i.id = n.incident_id and i.restricted_at is null
    group by 1, 2
$$;

-- What one person counts for in one year.
create or replace function public.involvement_measures(affected integer, alleged integer) returns text[]
    language sql immutable
    set search_path = pg_catalog, pg_temp
as $$
    select array_remove(array[
        'people',
        case when affected >= 2 then 'affected|' || least(affected, 4) end,
        case when alleged >= 2 then 'alleged|' || least(alleged, 4) end,
        case when affected >= 1 and alleged >= 1 then 'both' end], null)
$$;

create or replace function public.note_involvement() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    organisation uuid;
    ids uuid[];
begin
    if tg_table_name = 'incident_people' then
        organisation := case when tg_op = 'DELETE' then old.organisation_id else new.organisation_id end;
        ids := array[case when tg_op <> 'INSERT' then old.person_id end, case when tg_op <> 'DELETE' then new.person_id end];
    elsif tg_table_name = 'people' then
        organisation := new.organisation_id;
        ids := array[new.id, old.merged_into_id, new.merged_into_id];
    else
        organisation := new.organisation_id;
        ids := array(
            select n.person_id from public.incident_people n
            where n.organisation_id = organisation and n.incident_id = new.id);
    end if;
    insert into public.involvement_changes (organisation_id, person_id)
    select distinct organisation, id from unnest(ids) id where id is not null;
    return null;
end
$$;

-- What changed is worked out anew and folded in, in every organisation: how many changes that were. One at a time, so
-- that nobody is folded in twice.
create or replace function public.fold_involvement() returns bigint
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    folded bigint := 0;
    one record;
    whose uuid[];
begin
    lock table public.involvement_counts in share row exclusive mode;
    for one in
        with gone as (
            delete from public.involvement_changes c
            where (c.organisation_id, c.id) in (
                select p.organisation_id, p.id from public.involvement_changes p limit 5000 for update skip locked)
            returning c.organisation_id, c.person_id
        )
        select g.organisation_id as organisation, o.time_zone as zone, array_agg(distinct g.person_id) as ids, count(*) as changes
        from gone g join public.organisations o on o.id = g.organisation_id group by 1, 2
    loop
        whose := public.kept_as(one.organisation, one.ids);
        with before as (
            delete from public.involved_people v
            where v.organisation_id = one.organisation and v.person_id = any (whose)
            returning v.year, v.affected, v.alleged
        )
        insert into public.involvement_counts as n (organisation_id, year, measure, people)
        select one.organisation, b.year, m, -count(*)
        from before b, unnest(public.involvement_measures(b.affected, b.alleged)) m group by 2, 3
        on conflict (organisation_id, year, measure) do update set people = n.people + excluded.people;
        with after as (
            insert into public.involved_people (organisation_id, person_id, year, affected, alleged)
            select one.organisation, v.person_id, v.year, v.affected, v.alleged
            from public.involved(one.organisation, whose, one.zone) v
            returning involved_people.year, involved_people.affected, involved_people.alleged
        )
        insert into public.involvement_counts as n (organisation_id, year, measure, people)
        select one.organisation, a.year, m, count(*)
        from after a, unnest(public.involvement_measures(a.affected, a.alleged)) m group by 2, 3
        on conflict (organisation_id, year, measure) do update set people = n.people + excluded.people;
        folded := folded + one.changes;
    end loop;
    return folded;
end
$$;

-- The figures of some school years, with what is not folded in yet.
create or replace function public.read_involvement(years text[])
    returns table (year text, measure text, people bigint)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    whose uuid[] := array(select distinct c.person_id from public.involvement_changes c where c.organisation_id = here);
begin
    if whose <> '{}' then
        whose := public.kept_as(here, whose);
    end if;
    return query
        select s.year, s.measure, sum(s.people)::bigint
        from (
            select c.year, c.measure, c.people from public.involvement_counts c
            where c.organisation_id = here and c.year = any (years)
            union all
            select v.year, m, -1 from public.involved_people v, unnest(public.involvement_measures(v.affected, v.alleged)) m
            where whose <> '{}' and v.organisation_id = here and v.person_id = any (whose)
            union all
            select v.year, m, 1
            from public.organisations o, public.involved(here, whose, o.time_zone) v,
                unnest(public.involvement_measures(v.affected, v.alleged)) m
            where whose <> '{}' and o.id = here
        ) s
        where s.year = any (years)
        group by 1, 2 having sum(s.people) <> 0;
end
$$;

-- Everything anew, of one organisation or of all (null), and what was wrong: (organisation, figure, was, is).
create or replace function public.mend_involvement(only_one uuid)
    returns table (organisation uuid, figure text, was bigint, now bigint)
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    lock table public.involvement_counts in share row exclusive mode;
    lock table public.involvement_changes in share row exclusive mode;
    while exists (select from public.involvement_changes c where only_one is null or c.organisation_id = only_one)
        and public.fold_involvement() > 0 loop
    end loop;
    delete from public.involved_people v where only_one is null or v.organisation_id = only_one;
    insert into public.involved_people (organisation_id, person_id, year, affected, alleged)
    select o.id, v.person_id, v.year, v.affected, v.alleged
    from public.organisations o, public.involved(o.id, array(
            select p.id from public.people p where p.organisation_id = o.id and p.merged_into_id is null), o.time_zone) v
    where only_one is null or o.id = only_one;
    return query
        with truth as (
            select v.organisation_id, v.year, m as measure, count(*) as people
            from public.involved_people v, unnest(public.involvement_measures(v.affected, v.alleged)) m
            where only_one is null or v.organisation_id = only_one group by 1, 2, 3
        ), off as (
            select coalesce(t.organisation_id, c.organisation_id) as organisation_id, coalesce(t.year, c.year) as year,
                coalesce(t.measure, c.measure) as measure, coalesce(c.people, 0) as was, coalesce(t.people, 0) as now
            from (select * from public.involvement_counts c where only_one is null or c.organisation_id = only_one) c
            full join truth t on t.organisation_id = c.organisation_id and t.year = c.year and t.measure = c.measure
            where coalesce(c.people, 0) <> coalesce(t.people, 0)
        ), mended as (
            insert into public.involvement_counts as n (organisation_id, year, measure, people)
            select o.organisation_id, o.year, o.measure, o.now from off o
            on conflict (organisation_id, year, measure) do update set people = excluded.people
        )
        select o.organisation_id, o.year || ' ' || o.measure, o.was, o.now from off o order by 1, 2;
end
$$;

revoke all on function public.school_year(timestamptz, text), public.kept_as(uuid, uuid[]),
    public.involved(uuid, uuid[], text), public.involvement_measures(integer, integer), public.note_involvement(),
    public.fold_involvement(), public.read_involvement(text[]), public.mend_involvement(uuid) from public;
grant execute on function public.fold_involvement(), public.read_involvement(text[]) to safeguard_app;
grant execute on function public.mend_involvement(uuid) to safeguard_owner;

-- Once: what was recorded before this was counted.
select count(*) from public.mend_involvement(null)
where exists (select from public.incident_people n where n.person_id is not null)
    and not exists (select from public.involvement_counts) and not exists (select from public.involvement_changes);

reset role;

drop trigger if exists note_involved on public.incident_people;
create trigger note_involved after insert on public.incident_people for each row
    when (new.person_id is not null) execute function public.note_involvement();
drop trigger if exists note_involved_again on public.incident_people;
create trigger note_involved_again after update of person_id, role, removed_at on public.incident_people for each row
    when (old.person_id is not null or new.person_id is not null) execute function public.note_involvement();
drop trigger if exists note_uninvolved on public.incident_people;
create trigger note_uninvolved after delete on public.incident_people for each row
    when (old.person_id is not null) execute function public.note_involvement();
drop trigger if exists note_hidden on public.incidents;
create trigger note_hidden after update of restricted_at, recorded_at on public.incidents for each row
    when (old.restricted_at is distinct from new.restricted_at or old.recorded_at <> new.recorded_at)
    execute function public.note_involvement();
drop trigger if exists note_merged on public.people;
create trigger note_merged after update of merged_into_id on public.people for each row
    when (old.merged_into_id is distinct from new.merged_into_id) execute function public.note_involvement();
