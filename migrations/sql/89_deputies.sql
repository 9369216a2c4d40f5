-- Deputies whose days are over, or were put off, and who still have open incidents in hand, or tasks that nobody was told
-- of since: those stay under their name, so they are told of once. Told to the schedule's own
-- job alone, by the organisation and the number and nothing else. Found by what is so and not by a date that somebody
-- wrote down: so nobody is forgotten whose days ended before there was such a job, or while it did not run.

set local role safeguard_definer;

create or replace function public.list_relieved_deputies() returns table (organisation uuid, deputy uuid)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    if sec.current_purpose() <> 'job' or sec.current_organisation() <> '00000000-0000-0000-0000-000000000000' then
        raise exception 'only the job of the schedule may do this' using errcode = '42501';
    end if;
    return query
        select m.organisation_id, m.user_id from public.memberships m
        where m.deputy_from is not null and m.state = 'active'
            and not sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && array['lead', 'deputy']
            and (exists (
                    select from public.incidents i
                    where i.organisation_id = m.organisation_id and i.assigned_to = m.user_id and i.state <> 'closed')
                or m.deputy_until between sec.clock() - interval '7 days' and sec.clock() and exists (
                    select from public.entries e
                    where e.organisation_id = m.organisation_id and e.owner_id = m.user_id and e.done_at is null
                        and e.kind in ('action', 'plan'))
                    and not exists (
                        select from jobs.job d
                        where d.organisation_id = m.organisation_id and d.kind = 'deputy.relieve'
                            and d.subject_id = m.user_id and d.created_at >= m.deputy_until))
            and not exists (
                select from jobs.job j
                where j.organisation_id = m.organisation_id and j.kind = 'deputy.relieve' and j.subject_id = m.user_id
                    and j.state <> 'done')
        order by m.organisation_id, m.user_id;
end
$$;

revoke all on function public.list_relieved_deputies() from public;
grant execute on function public.list_relieved_deputies() to safeguard_app;

reset role;
