-- Table class x role x policy. The catalogue check reads the database against this table at every start.
--
--   class   safeguard_owner      safeguard_app                   safeguard_log        safeguard_definer, _search, relay, signer
--   owned   owner_all (ALL)      app_own (ALL: own organisation) -                    named policies, beside the table
--   log     owner_all (ALL)      app_read (SELECT: own)          log_all (ALL)        signer_read (SELECT)
--   global  owner_all (ALL)      none: definer functions only    -                    definer_all (ALL)
--   queue   owner_all (ALL)      app_own (ALL: own organisation) log_all (ALL)        relay_all, definer_all (ALL)
--
-- `app_own` and `app_read` ask for `sec.own_organisation()`: in a context for `public` they let nothing through. The few
-- tables that visitors write to, or read, are opened one by one in 86_visitors.sql.
--
-- ENABLE and FORCE everywhere. A forced owner without `owner_all` would see no rows and change none, silently.
-- Policies for the app raise when there is no context: returning nothing would let a worker conclude "nothing to do".

create or replace function sec.policy(target regclass, name text, command text, role text, condition text) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    execute format('drop policy if exists %I on %s', name, target);
    execute format('create policy %I on %s for %s to %I using (%s)', name, target, command, role, condition)
        || case when command in ('all', 'update') then format(' with check (%s)', condition) else '' end;
end
$$;

create or replace function sec.isolate(target regclass, class text, key text default 'organisation_id') returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    own text := format('%I = ( SELECT sec.own_organisation())', key);
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('revoke all on %s from public, safeguard_app, safeguard_relay, safeguard_signer', target);
    perform sec.policy(target, 'owner_all', 'all', 'safeguard_owner', 'true');
    case class
        when 'owned' then
            perform sec.policy(target, 'app_own', 'all', 'safeguard_app', own);
            execute format('grant select, insert, update, delete on %s to safeguard_app', target);
        when 'log' then
            perform sec.policy(target, 'app_read', 'select', 'safeguard_app', own);
            perform sec.policy(target, 'log_all', 'all', 'safeguard_log', 'true');
            perform sec.policy(target, 'signer_read', 'select', 'safeguard_signer', 'true');
            execute format('grant select on %s to safeguard_app, safeguard_signer', target);
            execute format('grant select, insert, update on %s to safeguard_log', target);
        when 'global' then
            perform sec.policy(target, 'definer_all', 'all', 'safeguard_definer', 'true');
            execute format('grant select, insert, update, delete on %s to safeguard_definer', target);
        when 'queue' then
            perform sec.policy(target, 'app_own', 'all', 'safeguard_app', own);
            perform sec.policy(target, 'log_all', 'all', 'safeguard_log', 'true');
            perform sec.policy(target, 'relay_all', 'all', 'safeguard_relay', 'true');
            perform sec.policy(target, 'definer_all', 'all', 'safeguard_definer', 'true');
            execute format('grant select, update on %s to safeguard_app', target);
            execute format('grant select, insert on %s to safeguard_log', target);
            execute format('grant select, insert, update, delete on %s to safeguard_relay', target);
            execute format('grant select, update on %s to safeguard_definer', target);
    end case;
end
$$;

revoke all on function sec.policy(regclass, text, text, text, text), sec.isolate(regclass, text, text) from public;

select sec.isolate('public.organisations', 'owned', 'id');
revoke delete on public.organisations from safeguard_app;
select sec.isolate('public.users', 'global');
select sec.isolate('public.memberships', 'owned');
revoke insert, update, delete on public.memberships from safeguard_app;  -- people join by invitation: see 53
grant update (roles, state, deputy_from, deputy_until, ended_why) on public.memberships to safeguard_app;
select sec.isolate('audit.logs', 'log');
select sec.isolate('audit.leaves', 'log');
select sec.isolate('audit.objects', 'log');
select sec.isolate('audit.actors', 'log');
select sec.isolate('audit.documents', 'log');
select sec.isolate('audit.checkpoints', 'log');
select sec.isolate('jobs.job', 'queue');

-- Definer functions that check a session, a token or an invitation read these across organisations.
select sec.policy('public.organisations', 'definer_all', 'all', 'safeguard_definer', 'true');
select sec.policy('public.memberships', 'definer_all', 'all', 'safeguard_definer', 'true');
grant select, update on public.organisations to safeguard_definer;
grant select, insert, update on public.memberships to safeguard_definer;

-- The signer keeps what it signed; it reads nothing but the log.
revoke select on audit.objects, audit.actors, audit.documents from safeguard_signer;
drop policy signer_read on audit.objects;
drop policy signer_read on audit.actors;
drop policy signer_read on audit.documents;
select sec.policy('audit.checkpoints', 'signer_all', 'all', 'safeguard_signer', 'true');
drop policy signer_read on audit.checkpoints;
grant insert on audit.checkpoints to safeguard_signer;

-- The scheduler finds organisations whose logs have grown, and asks for work in them.
select sec.policy('audit.logs', 'relay_read', 'select', 'safeguard_relay', 'true');
select sec.policy('audit.checkpoints', 'relay_read', 'select', 'safeguard_relay', 'true');
grant select on audit.logs, audit.checkpoints to safeguard_relay;

alter table jobs.schedule enable row level security;
alter table jobs.schedule force row level security;
select sec.policy('jobs.schedule', 'owner_all', 'all', 'safeguard_owner', 'true');
select sec.policy('jobs.schedule', 'relay_all', 'all', 'safeguard_relay', 'true');
grant select, insert, update, delete on jobs.schedule to safeguard_relay;

alter table sec.keys enable row level security;
alter table sec.keys force row level security;
select sec.policy('sec.keys', 'owner_all', 'all', 'safeguard_owner', 'true');
select sec.policy('sec.keys', 'definer_read', 'select', 'safeguard_definer', 'true');

-- Which migration the database is at: asked by every part before it says that it is ready.
grant select on public.alembic_version to safeguard_app, safeguard_relay, safeguard_signer;
