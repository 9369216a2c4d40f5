-- The operator's console: all that `safeguard_operator` may do, as functions, and nothing else.
--
-- The role holds no right on any table, so a hole in the console reads no record: there is no function here that gives
-- a word, a name or a count of what an organisation keeps. What it is given of an organisation is what the operator set
-- up themselves (name, kind, state), how many people may sign in, and how long its log is, which is capacity.
-- Who acts is told by the session's hash, looked up here each time: a page cannot say that somebody else did it.
-- What changes something asks for a session whose second factor is five minutes old at most; what cannot be undone
-- takes two operators.

grant usage on schema console to safeguard_operator, safeguard_definer;
grant usage on schema identity, sec to safeguard_operator;
grant create on schema console to safeguard_definer;

select sec.isolate('console.operators', 'global');
select sec.isolate('console.sessions', 'global');
select sec.isolate('console.acts', 'global');
select sec.isolate('console.requests', 'global');
select sec.isolate('console.announcements', 'global');
select sec.isolate('console.removals', 'global');
revoke update, delete on console.acts from safeguard_definer;
revoke delete on console.operators, console.requests, console.announcements from safeguard_definer;
revoke insert, update, delete on console.removals from safeguard_definer;
grant select on public.alembic_version to safeguard_operator;

-- How long the logs are and up to where they are signed: their heads, and none of their entries.
select sec.policy('audit.logs', 'definer_read', 'select', 'safeguard_definer', 'true');
select sec.policy('audit.checkpoints', 'definer_read', 'select', 'safeguard_definer', 'true');
select sec.policy('audit.alarms', 'definer_read', 'select', 'safeguard_definer', 'true');
grant select on audit.logs, audit.checkpoints, audit.alarms to safeguard_definer;

set local role safeguard_definer;

-- Made anew below: what they return has changed.
-- squawk-ignore ban-drop-function
drop function if exists console.list_requests(bytea), console.read_organisation(bytea, uuid);

-- Who the session belongs to; refuses one that ended, and for `fresh` one whose second factor is too long ago.
create or replace function console.whose(hash bytea, fresh boolean default false) returns console.operators
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    moment timestamptz := sec.clock();
    found_one console.operators;
    proven timestamptz;
begin
    select s.proven_at into proven from console.sessions s
        where s.token_hash = hash and s.last_seen_at > moment - interval '15 minutes'
            and s.created_at > moment - interval '8 hours';
    select o.* into found_one from console.sessions s join console.operators o on o.id = s.operator_id
        where s.token_hash = hash and o.disabled_at is null;
    if proven is null or found_one.id is null then
        raise exception 'no operator is signed in' using errcode = 'SG101';
    end if;
    if fresh and proven < moment - interval '5 minutes' then
        raise exception 'the second factor was shown too long ago' using errcode = 'SG102';
    end if;
    return found_one;
end
$$;

-- What an operator did; of an act that leads on from a state that state too: opening again leads back to it.
create or replace function console.note_from(
    who console.operators, act text, organisation uuid, reason text, state_before text) returns void
    language sql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
    insert into console.acts (id, at, operator_id, operator_name, act, organisation_id, reason, state_before)
    values (gen_random_uuid(), sec.clock(), who.id, who.name, act, organisation, reason, state_before)
$$;

create or replace function console.note(who console.operators, act text, organisation uuid, reason text) returns void
    language sql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
    select console.note_from(who, act, organisation, reason, null)
$$;

-- The state to which an organisation comes back: that of before it was shut or began to leave. Of what was done before
-- this was written down nothing says it: it is open where it could have been opened, with a lead and a person outside.
create or replace function console.state_before(organisation uuid) returns text
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
    select coalesce(
        (select a.state_before from console.acts a
         where a.organisation_id = state_before.organisation and a.act in ('suspended', 'leaving_agreed')
             and a.state_before in ('setting_up', 'active')
         order by a.at desc limit 1),
        (select case when o.second_person_email is not null and exists (
                    select from public.memberships m
                    where m.organisation_id = o.id and m.state = 'active'
                        and m.roles && array['lead', 'supervisor', 'group_lead'])
                then 'active' else 'setting_up' end
         from public.organisations o where o.id = state_before.organisation))
$$;

-- What sign-in needs to know of an address. Hashing is done outside, where no connection waits for it.
create or replace function console.find_operator(address text)
    returns table (id uuid, password_hash text, sealed bytea)
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
    select o.id, o.password_hash, o.sealed from console.operators o
    where o.email = address and o.disabled_at is null and o.password_hash is not null
$$;

-- A session, for a code that was not used before: the half minute is written down in the same statement.
create or replace function console.open_session(operator uuid, step bigint, hash bytea) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    moment timestamptz := sec.clock();
    who console.operators;
begin
    update console.operators o set last_step = step
        where o.id = operator and o.last_step < step and o.disabled_at is null returning o.* into who;
    if not found then
        return false;
    end if;
    delete from console.sessions s where s.last_seen_at < moment - interval '1 day';
    insert into console.sessions (token_hash, operator_id, created_at, last_seen_at, proven_at)
        values (hash, operator, moment, moment, moment);
    perform console.note(who, 'signed_in', null, '');
    return true;
end
$$;

-- Whose page it is, and whether an act would be refused for want of a fresh factor.
create or replace function console.enter(hash bytea)
    returns table (id uuid, name text, email text, sealed bytea, is_fresh boolean)
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    who console.operators := console.whose(hash);
begin
    update console.sessions s set last_seen_at = sec.clock()
        where s.token_hash = hash and s.last_seen_at < sec.clock() - interval '1 minute';
    return query select who.id, who.name, who.email, who.sealed,
        (select s.proven_at > sec.clock() - interval '5 minutes' from console.sessions s where s.token_hash = hash);
end
$$;

-- The second factor, shown again: another id for the session.
create or replace function console.prove(hash bytea, step bigint, fresh_hash bytea) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    who console.operators := console.whose(hash);
begin
    update console.operators o set last_step = step where o.id = who.id and o.last_step < step;
    if not found then
        return false;
    end if;
    update console.sessions s set token_hash = fresh_hash, proven_at = sec.clock(), last_seen_at = sec.clock()
        where s.token_hash = hash;
    return true;
end
$$;

create or replace function console.close_session(hash bytea) returns void
    language sql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$ delete from console.sessions s where s.token_hash = hash $$;

-- Whose link it is. It was made on the machine (`safeguard operator add`), works once and for three days.
create or replace function console.find_link(link bytea) returns table (id uuid, name text, email text)
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
    select o.id, o.name, o.email from console.operators o
    where o.link_hash = link and o.link_until > sec.clock() and o.disabled_at is null
$$;

create or replace function console.enrol(link bytea, hashed text, secret bytea, step bigint) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    who console.operators;
begin
    update console.operators o
        set password_hash = hashed, sealed = secret, last_step = step, link_hash = null, link_until = null
        where o.link_hash = link and o.link_until > sec.clock() and o.disabled_at is null returning o.* into who;
    if not found then
        return false;
    end if;
    delete from console.sessions s where s.operator_id = who.id;
    perform console.note(who, 'enrolled', null, '');
    return true;
end
$$;

-- Whether two agreed that it leaves, and nobody decided since that it stays.
create or replace function console.is_leaving(organisation uuid) returns boolean
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from console.requests r where r.organisation_id = organisation and r.kind = 'leaving'
            and r.decision = 'agreed' and r.decided_at > coalesce((
                select max(a.at) from console.acts a
                where a.organisation_id = organisation and a.act = 'leaving_undone'), '-infinity'))
$$;

-- Whether something there must be kept whatever anybody agrees to: a legal hold stands, or a file lies locked because
-- it may be an image that is a crime to hold, until the police say what becomes of it. Which, and of whom, is not said.
create or replace function console.is_held(organisation uuid) returns boolean
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
    select exists (select from public.record_holds h where h.organisation_id = organisation and h.lifted_at is null)
        or exists (select from public.attachments f where f.organisation_id = organisation and f.locked_at is not null)
        or exists (select from public.evidence_files f
                   where f.organisation_id = organisation and f.locked_why = 'found')
        or exists (select from public.helpline_files f where f.organisation_id = organisation and f.locked_at is not null)
$$;

create or replace function console.list_organisations(hash bytea, wanted text, after text, most integer)
    returns table (id uuid, slug text, name text, kind text, state text, created_at timestamptz, members bigint,
                   entries bigint, is_asked boolean)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform console.whose(hash);
    return query
        select o.id, o.slug, o.name, o.kind, o.state, o.created_at,
               (select count(*) from public.memberships m
                where m.organisation_id = o.id and m.state = 'active' and m.kind = 'person'),
               (select coalesce(sum(l.size), 0)::bigint from audit.logs l
                where l.organisation_id = o.id and l.log = 'general'),
               exists (select from console.requests r where r.organisation_id = o.id and r.decision is null)
        from public.organisations o
        where o.slug > after and (wanted = '' or strpos(lower(o.name), lower(wanted)) > 0 or o.slug = lower(wanted))
        order by o.slug limit most;
end
$$;

create or replace function console.read_organisation(hash bytea, organisation uuid)
    returns table (id uuid, slug text, name text, kind text, nation text, state text, created_at timestamptz,
                   group_name text, members bigint, entries bigint, has_second_person boolean, is_leaving boolean,
                   is_held boolean)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform console.whose(hash);
    return query
        select o.id, o.slug, o.name, o.kind, o.nation, o.state, o.created_at, g.name,
               (select count(*) from public.memberships m
                where m.organisation_id = o.id and m.state = 'active' and m.kind = 'person'),
               (select coalesce(sum(l.size), 0)::bigint from audit.logs l
                where l.organisation_id = o.id and l.log = 'general'),
               o.second_person_email is not null, console.is_leaving(o.id), console.is_held(o.id)
        from public.organisations o left join public.organisations g on g.id = o.parent_id
        where o.id = organisation;
end
$$;

-- From one state to another, and a line of who did it and why. Everybody's sessions there end with the next request:
-- entering asks for the state each time. False when it is not in a state that this leads on from.
create or replace function console.change_state(hash bytea, organisation uuid, act text, reason text) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    who console.operators := console.whose(hash, true);
    state_was text;
begin
    if length(btrim(reason)) = 0 then
        raise exception 'a reason is needed' using errcode = '23514';
    end if;
    select o.state into state_was from public.organisations o where o.id = organisation for update;
    case act
        when 'suspended' then
            update public.organisations o set state = 'suspended', version = version + 1
                where o.id = organisation and o.state in ('setting_up', 'active', 'leaving');
        when 'resumed' then
            update public.organisations o set version = version + 1, state = case
                    when console.is_leaving(o.id) then 'leaving' else console.state_before(o.id) end
                where o.id = organisation and o.state = 'suspended';
        when 'leaving_undone' then
            update public.organisations o set state = console.state_before(o.id), version = version + 1
                where o.id = organisation and o.state = 'leaving';
        else
            raise exception 'no such act' using errcode = '22023';
    end case;
    if not found then
        return false;
    end if;
    if act = 'leaving_undone' then
        update console.requests r set stopped_at = sec.clock(), stopped_by_name = who.name
            where r.organisation_id = organisation and r.due_at is not null and r.stopped_at is null;
        update console.requests r set decision = 'declined', decided_by = who.id, decided_by_name = who.name,
            decided_at = sec.clock()
            where r.organisation_id = organisation and r.kind = 'removal' and r.decision is null;
    end if;
    perform console.note_from(who, act, organisation, reason, state_was);
    return true;
end
$$;

-- One asks, another decides. Until then nothing changes, and one request for an organisation is open at a time.
create or replace function console.ask_to_leave(hash bytea, organisation uuid, reason text) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    who console.operators := console.whose(hash, true);
begin
    insert into console.requests (id, organisation_id, asked_by, asked_by_name, asked_at, reason)
        select gen_random_uuid(), o.id, who.id, who.name, sec.clock(), ask_to_leave.reason
        from public.organisations o where o.id = organisation and o.state in ('active', 'setting_up', 'suspended')
        on conflict do nothing;
    if not found then
        return false;
    end if;
    perform console.note(who, 'leaving_asked', organisation, reason);
    return true;
end
$$;

-- That everything it kept is removed. Asked for when two have agreed that it leaves; another operator agrees; then it
-- waits for thirty days, in which anybody of them stops it. What removes is a command on the machine, as the database's
-- owner: no function here deletes a row of an organisation.
create or replace function console.ask_for_removal(hash bytea, organisation uuid, reason text) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    who console.operators := console.whose(hash, true);
begin
    if length(btrim(reason)) = 0 then
        raise exception 'a reason is needed' using errcode = '23514';
    end if;
    insert into console.requests (id, organisation_id, asked_by, asked_by_name, asked_at, reason, kind)
        select gen_random_uuid(), o.id, who.id, who.name, sec.clock(), ask_for_removal.reason, 'removal'
        from public.organisations o
        where o.id = organisation and o.state in ('leaving', 'suspended') and console.is_leaving(o.id)
            and not exists (select from console.requests r
                            where r.organisation_id = o.id and r.due_at is not null and r.stopped_at is null)
        on conflict do nothing;
    if not found then
        return false;
    end if;
    perform console.note(who, 'removal_asked', organisation, reason);
    return true;
end
$$;

create or replace function console.stop_removal(hash bytea, organisation uuid, reason text) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    who console.operators := console.whose(hash, true);
begin
    update console.requests r set stopped_at = sec.clock(), stopped_by_name = who.name
        where r.organisation_id = organisation and r.due_at is not null and r.stopped_at is null
            and not exists (select from console.removals d where d.organisation_id = r.organisation_id);
    if not found then
        return false;
    end if;
    perform console.note(who, 'removal_stopped', organisation, reason);
    return true;
end
$$;

create or replace function console.decide(hash bytea, request uuid, agree boolean) returns text
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    who console.operators := console.whose(hash, true);
    asked console.requests;
    state_was text;
begin
    select r.* into asked from console.requests r where r.id = request and r.decision is null for update;
    if not found then
        return 'gone';
    end if;
    if agree and asked.asked_by = who.id then
        return 'alone';
    end if;
    if agree and asked.kind = 'removal' and not console.is_leaving(asked.organisation_id) then
        return 'gone';  -- it was decided since that it stays
    end if;
    update console.requests r set decided_by = who.id, decided_by_name = who.name, decided_at = sec.clock(),
        decision = case when agree then 'agreed' else 'declined' end,
        due_at = case when agree and r.kind = 'removal' then sec.clock() + interval '30 days' end
        where r.id = request;
    select o.state into state_was from public.organisations o where o.id = asked.organisation_id for update;
    if agree and asked.kind = 'leaving' then
        update public.organisations o set state = 'leaving', version = version + 1
            where o.id = asked.organisation_id and o.state <> 'suspended';
    end if;
    perform console.note_from(who, asked.kind || case when agree then '_agreed' else '_declined' end,
                              asked.organisation_id, '', state_was);
    return 'done';
end
$$;

create or replace function console.list_requests(hash bytea)
    returns table (id uuid, organisation_id uuid, organisation_name text, asked_by_name text, asked_at timestamptz,
                   reason text, is_own boolean, kind text)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    who console.operators := console.whose(hash);
begin
    return query
        select r.id, r.organisation_id, o.name, r.asked_by_name, r.asked_at, r.reason, r.asked_by = who.id, r.kind
        from console.requests r join public.organisations o on o.id = r.organisation_id
        where r.decision is null order by r.asked_at;
end
$$;

create or replace function console.list_acts(hash bytea, organisation uuid, most integer)
    returns table (at timestamptz, operator_name text, act text, organisation_id uuid, organisation_name text,
                   reason text)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform console.whose(hash);
    return query
        select a.at, a.operator_name, a.act, o.id, coalesce(o.name, d.name), a.reason
        from console.acts a left join public.organisations o on o.id = a.organisation_id
            left join console.removals d on d.organisation_id = a.organisation_id
        where organisation is null or a.organisation_id = organisation
        order by a.at desc, a.id limit most;
end
$$;

-- A removal that two agreed to, and that nobody stopped: when it may be done at the earliest.
create or replace function console.find_removal(hash bytea, organisation uuid)
    returns table (asked_by_name text, agreed_by_name text, agreed_at timestamptz, due_at timestamptz, reason text)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform console.whose(hash);
    return query
        select r.asked_by_name, r.decided_by_name, r.decided_at, r.due_at, r.reason from console.requests r
        where r.organisation_id = organisation and r.due_at is not null and r.stopped_at is null;
end
$$;

-- What was removed, the latest first; with its certificate once it is signed.
create or replace function console.list_removals(hash bytea, most integer)
    returns table (id uuid, name text, slug text, removed_at timestamptz, asked_by_name text, agreed_by_name text,
                   is_erased boolean, is_signed boolean)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform console.whose(hash);
    return query
        select d.id, d.name, d.slug, d.removed_at, d.asked_by_name, d.agreed_by_name,
               d.stored_erased_at is not null, d.certificate is not null
        from console.removals d order by d.removed_at desc, d.id limit most;
end
$$;

create or replace function console.read_certificate(hash bytea, removal uuid)
    returns table (name text, slug text, removed_at timestamptz, certificate text)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform console.whose(hash);
    return query select d.name, d.slug, d.removed_at, d.certificate from console.removals d where d.id = removal;
end
$$;

-- Jobs by kind and state, without whose they are.
create or replace function console.count_jobs(hash bytea)
    returns table (kind text, state text, number bigint, oldest timestamptz)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform console.whose(hash);
    return query select j.kind, j.state, count(*), min(j.run_at) from jobs.job j
        where j.state <> 'done' group by j.kind, j.state order by j.state, j.kind;
end
$$;

create or replace function console.read_service(hash bytea)
    returns table (organisations bigint, people bigint, database_bytes bigint, connections bigint,
                   most_connections integer, server text, last_signed_at timestamptz, unsigned_logs bigint,
                   alarms bigint)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform console.whose(hash);
    return query select
        (select count(*) from public.organisations), (select count(*) from public.users),
        pg_database_size(current_database()),
        (select count(*) from pg_stat_activity a where a.datname = current_database()),
        current_setting('max_connections')::integer, split_part(current_setting('server_version'), ' ', 1),
        (select max(c.signed_at) from audit.checkpoints c),
        (select count(*) from audit.logs l where l.size > coalesce((
            select max(c.size) from audit.checkpoints c
            where c.organisation_id = l.organisation_id and c.log = l.log), 0)),
        (select count(*) from audit.alarms a where a.ended_at is null);
end
$$;

create or replace function console.announce(hash bytea, said text, ends timestamptz) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    who console.operators := console.whose(hash);
begin
    update console.announcements n set until = sec.clock() where n.until > sec.clock();
    insert into console.announcements (id, words, made_by, made_at, until)
        values (gen_random_uuid(), said, who.id, sec.clock(), ends);
    perform console.note(who, 'announced', null, said);
end
$$;

create or replace function console.end_announcement(hash bytea) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    who console.operators := console.whose(hash);
begin
    update console.announcements n set until = sec.clock() where n.until > sec.clock();
    if found then
        perform console.note(who, 'announcement_ended', null, '');
    end if;
end
$$;

-- Asked by an organisation's own pages, of itself alone: from when on what it keeps may be removed.
create or replace function console.own_removal() returns timestamptz
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
    select r.due_at from console.requests r
    where r.organisation_id = (select sec.own_organisation()) and r.due_at is not null and r.stopped_at is null
$$;

-- The signer, which misses the logs of an organisation, asks whether it was removed. What it is given it believes only
-- where it bears a signature of its own.
create or replace function console.certificate_of(organisation uuid) returns text
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
    select d.certificate from console.removals d where d.organisation_id = organisation
$$;

-- What is announced at this moment. The web asks twice a minute, and shows it to everybody.
create or replace function console.announced() returns table (words text, until timestamptz)
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
    select n.words, n.until from console.announcements n where n.until > sec.clock() order by n.made_at desc limit 1
$$;

reset role;

grant usage on schema console to safeguard_app, safeguard_signer;
revoke all on all functions in schema console from public;
grant execute on function
    console.find_operator(text), console.open_session(uuid, bigint, bytea), console.enter(bytea),
    console.prove(bytea, bigint, bytea), console.close_session(bytea), console.find_link(bytea),
    console.enrol(bytea, text, bytea, bigint), console.list_organisations(bytea, text, text, integer),
    console.read_organisation(bytea, uuid), console.change_state(bytea, uuid, text, text),
    console.ask_to_leave(bytea, uuid, text), console.decide(bytea, uuid, boolean), console.list_requests(bytea),
    console.list_acts(bytea, uuid, integer), console.count_jobs(bytea), console.read_service(bytea),
    console.announce(bytea, text, timestamptz), console.end_announcement(bytea), console.announced(),
    console.ask_for_removal(bytea, uuid, text), console.stop_removal(bytea, uuid, text),
    console.find_removal(bytea, uuid), console.list_removals(bytea, integer), console.read_certificate(bytea, uuid),
    sec.refuse_planted_statements(), identity.admit_attempt(bytea, bytea, bytea, bytea, bytea),
    identity.forgive_attempt(bytea, bytea, bytea, bytea, bytea) to safeguard_operator;
grant execute on function console.announced(), console.own_removal() to safeguard_app;
grant execute on function console.is_leaving(uuid), console.is_held(uuid) to safeguard_owner;
grant execute on function console.certificate_of(uuid) to safeguard_signer;
revoke create on schema console from safeguard_definer;
