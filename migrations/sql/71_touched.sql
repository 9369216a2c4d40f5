-- How many incidents touched a control of the standards, by the month in which a lesson first named it: for those who may
-- know of no single case, and see what may be told of these figures. An incident is one however many of its lessons name
-- the control, and stays in its month when a lesson is put in other words that still name it. Restricted incidents count
-- nowhere. Lessons are few beside incidents, so this reads those of the months that are asked for, along their index.

set local role safeguard_definer;

create or replace function public.read_touched_counts(control text, first text, last text)
    returns table (month text, incidents bigint)
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
    select to_char(e.written_at at time zone o.time_zone, 'YYYY-MM'), count(distinct e.incident_id)
    from public.organisations o
    join public.entries e on e.organisation_id = o.id and e.kind = 'lesson'
        and e.written_at >= (read_touched_counts.first || '-01')::timestamp at time zone o.time_zone
        and e.written_at < ((read_touched_counts.last || '-01')::timestamp + interval '1 month') at time zone o.time_zone
    join public.incidents i on i.organisation_id = e.organisation_id and i.id = e.incident_id
    where o.id = (select sec.own_organisation()) and i.restricted_at is null
        and read_touched_counts.control = any (e.controls)
        and not exists (
            select from public.entries b
            where b.organisation_id = e.organisation_id and b.incident_id = e.incident_id and b.kind = 'lesson'
                and read_touched_counts.control = any (b.controls) and (b.written_at, b.id) < (e.written_at, e.id))
        and exists (
            select from public.entries s
            where s.organisation_id = e.organisation_id and s.incident_id = e.incident_id and s.kind = 'lesson'
                and read_touched_counts.control = any (s.controls) and not exists (
                    select from public.entries n
                    where n.organisation_id = s.organisation_id and n.supersedes_id = s.id))
    group by 1
$$;

revoke all on function public.read_touched_counts(text, text, text) from public;
grant execute on function public.read_touched_counts(text, text, text) to safeguard_app;

reset role;
