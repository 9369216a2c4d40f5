-- Requests and breaches that wait and that no job will look at: written down before there was such a job, or left behind
-- by one that failed. Told to the schedule's own job alone, by the organisation and the number and nothing else.

set local role safeguard_definer;

create or replace function public.list_unwatched_promises() returns table (organisation uuid, job text, subject uuid)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_schedule();
    return query
        select w.organisation_id, w.job, w.id from (
            select r.organisation_id, 'notice.request_due' as job, r.id from public.access_requests r
            where r.answered_at is null and r.stopped_on is null
            union all
            select b.organisation_id, 'notice.breach_due', b.id from public.breaches b
            where b.reported_at is null and b.not_reported = '') w
        join public.organisations o on o.id = w.organisation_id and o.state = 'active'
        where not exists (
            select from jobs.job j
            where j.organisation_id = w.organisation_id and j.kind = w.job and j.subject_id = w.id
                and j.state in ('queued', 'running'))
        order by w.organisation_id, w.id;
end
$$;

revoke all on function public.list_unwatched_promises() from public;
grant execute on function public.list_unwatched_promises() to safeguard_app;

reset role;
