-- Jobs: the row is the truth, the broker's message a doorbell. A claim raises the attempt and the fence; the effect
-- and `done` commit together under that fence, so a claim that was overtaken changes nothing.

-- A worker knows only a job's id. What comes back says in which organisation, and with whose rights, to work: the roles
-- that person holds now, not those held when they asked, and none when they were shut out or the organisation suspended.
-- What a program asked for is also bounded by who answers for it now: by the newest of its tokens.
-- The ids lie in the broker for every process to read, so claiming takes a context that only a worker makes.
do $$ begin  -- what a function gives cannot be replaced in place: an earlier release gave no `answering`
    if exists (select from pg_proc p where p.oid = to_regprocedure('jobs.claim(uuid)')
                   and not 'answering' = any (p.proargnames)) then
        drop function jobs.claim(uuid);
    end if;
end $$;

set local role safeguard_definer;

create or replace function jobs.claim(job_id uuid)
    returns table (organisation_id uuid, id uuid, kind text, subject_id uuid, asked_by uuid, asker text,
                   roles text[], fence bigint, attempts integer, answering text[])
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('claim');
    -- While an invented past is written nobody works: what a job logs is of today, and the log admits nothing older then.
    if not pg_try_advisory_xact_lock_shared(hashtextextended('an invented past is being written', 35)) then
        return;
    end if;
    return query
        with claimed as (
            update jobs.job j
            set state = 'running', attempts = j.attempts + 1, fence = j.fence + 1, claimed_at = sec.clock()
            where j.id = job_id and j.run_at <= sec.clock()
              and (j.state = 'queued' or j.state = 'running' and j.claimed_at < sec.clock() - interval '2 minutes')
            returning j.*
        )
        select c.organisation_id, c.id, c.kind, c.subject_id, c.asked_by, m.name,
               sec.roles_held(m.roles, m.deputy_from, m.deputy_until), c.fence, c.attempts,
               case when m.kind = 'service' then (
                   select coalesce(sec.roles_held(s.roles, s.deputy_from, s.deputy_until), '{}')
                   from public.tokens t
                   left join public.memberships s
                       on s.organisation_id = t.organisation_id and s.user_id = t.sponsor_id and s.state = 'active'
                   where t.organisation_id = c.organisation_id and t.user_id = c.asked_by and t.sponsor_id is not null
                   order by t.created_at desc, t.id desc limit 1) end
        from claimed c
        left join (public.memberships m
                   join public.users u on u.id = m.user_id and u.disabled_at is null
                   join public.organisations o on o.id = m.organisation_id and o.state <> 'suspended')
            on m.organisation_id = c.organisation_id and m.user_id = c.asked_by and m.state = 'active';
end
$$;
revoke all on function jobs.claim(uuid) from public;
grant execute on function jobs.claim(uuid) to safeguard_app;

reset role;

-- How far a job is, the app may say; whose it is, what it does and under which fence, it may not.
revoke update on jobs.job from safeguard_app;
grant update (state, attempts, run_at, rung_at, claimed_at, finished_at, fault, done, total)
    on jobs.job to safeguard_app;

grant usage on schema dramatiq to safeguard_app, safeguard_relay;
grant select, insert, update, delete on all tables in schema dramatiq to safeguard_app, safeguard_relay;
grant usage on all sequences in schema dramatiq to safeguard_app, safeguard_relay;
