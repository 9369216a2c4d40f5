-- Second factors: passkeys, authenticator apps, recovery codes, remembered browsers.
--
-- They belong to people and are reached through these functions alone. What reads a secret or proves a factor opens in
-- a `sign-in` context only, which a process makes after it has checked a password or a session: an injected statement
-- of a page finds these doors shut. A secret of an app is sealed with a key that no database holds; of a recovery code
-- there is a hash; a passkey has no secret here at all.

select sec.isolate('public.second_factors', 'global');
select sec.isolate('public.recovery_codes', 'global');
select sec.isolate('public.spent_challenges', 'global');

set local role safeguard_definer;

-- What stands between a person and their records: which factors there are, how many codes are left, and what is known
-- of the browser before which they sit.
create or replace function identity.second_step(device bytea)
    returns table (kinds text[], codes integer, remembered boolean, proven boolean, seen boolean, others boolean)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    person uuid := sec.current_user_id();
    own public.devices;
begin
    select d.* into own from public.devices d where d.user_id = person and d.token_hash = device;
    return query
        select array(select distinct f.kind from public.second_factors f where f.user_id = person order by 1),
               (select count(*)::integer from public.recovery_codes c where c.user_id = person and c.used_at is null),
               coalesce(own.trusted_until > sec.clock(), false), own.proven_at is not null, own.user_id is not null,
               exists (select from public.devices d where d.user_id = person and d.token_hash is distinct from device);
end
$$;

create or replace function identity.list_factors()
    returns table (id uuid, kind text, label text, created_at timestamptz, last_used_at timestamptz, is_synced boolean)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
        select f.id, f.kind, f.label, f.created_at, f.last_used_at, f.is_synced
        from public.second_factors f where f.user_id = sec.current_user_id() order by f.created_at, f.id;
end
$$;

-- The credentials that a browser is told not to make a second time.
create or replace function identity.list_passkeys()
    returns table (credential_id bytea, transports text[])
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
        select f.credential_id, f.transports from public.second_factors f
        where f.user_id = sec.current_user_id() and f.kind = 'passkey' order by f.created_at, f.id;
end
$$;

create or replace function identity.list_browsers()
    returns table (id text, browser text, last_used_at timestamptz, trusted_until timestamptz)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
        select encode(sha256(d.token_hash), 'hex'), d.browser, d.last_used_at, d.trusted_until from public.devices d
        where d.user_id = sec.current_user_id() and d.trusted_until > sec.clock() order by d.last_used_at desc;
end
$$;

create or replace function identity.own_apps()
    returns table (id uuid, sealed bytea, last_step bigint)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('sign-in');
    return query
        select f.id, f.sealed, f.last_step from public.second_factors f
        where f.user_id = sec.current_user_id() and f.kind = 'totp' order by f.created_at, f.id;
end
$$;

-- A code opens once: only a later step than the last one counts (RFC 6238 §5.2). Two at once do not both succeed.
create or replace function identity.use_app(factor uuid, step bigint) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('sign-in');
    update public.second_factors f set last_step = step, last_used_at = sec.clock()
        where f.user_id = sec.current_user_id() and f.id = factor and f.kind = 'totp' and f.last_step < step;
    return found;
end
$$;

-- The same secret under the newest key.
create or replace function identity.seal_app_again(factor uuid, fresh bytea) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('sign-in');
    update public.second_factors f set sealed = fresh
        where f.user_id = sec.current_user_id() and f.id = factor and f.kind = 'totp';
end
$$;

create or replace function identity.use_code(hash bytea) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('sign-in');
    update public.recovery_codes c set used_at = sec.clock()
        where c.user_id = sec.current_user_id() and c.code_hash = hash and c.used_at is null;
    return found;
end
$$;

create or replace function identity.replace_codes(hashes bytea[]) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('sign-in');
    delete from public.recovery_codes c where c.user_id = sec.current_user_id();
    insert into public.recovery_codes (user_id, code_hash, made_at)
        select sec.current_user_id(), h, sec.clock() from unnest(hashes) h;
end
$$;

-- Whose passkey this is, before anybody is anybody: as `identity.find_credentials` tells of an address.
create or replace function identity.find_passkey(credential bytea, device bytea)
    returns table (user_id uuid, name text, factor uuid, public_key bytea, sign_count bigint, organisations uuid[])
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('sign-in');
    return query
        select u.id, u.name, f.id, f.public_key, f.sign_count,
               array(select m.organisation_id
                     from public.memberships m join public.organisations o on o.id = m.organisation_id
                     where m.user_id = u.id and m.state = 'active' and m.kind = 'person' and o.state <> 'suspended'
                     order by (m.organisation_id = d.organisation_id) desc nulls last, m.created_at)
        from public.second_factors f join public.users u on u.id = f.user_id
        left join public.devices d on d.user_id = u.id and d.token_hash = device
        where f.credential_id = credential and f.kind = 'passkey' and u.disabled_at is null;
end
$$;

-- Once for each challenge: an answer that was taken opens nothing a second time. A counter that does not move on, of a
-- passkey that counts, tells of a copy (WebAuthn §6.1.1).
create or replace function identity.use_passkey(factor uuid, counted bigint, challenge bytea) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    moment timestamptz := sec.clock();
begin
    perform sec.require_purpose('sign-in');
    delete from public.spent_challenges s where s.hash in (
        select old.hash from public.spent_challenges old where old.at < moment - interval '1 hour'
        limit 100 for update skip locked);
    insert into public.spent_challenges (hash, at) values (challenge, moment) on conflict (hash) do nothing;
    if not found then
        return false;
    end if;
    update public.second_factors f set sign_count = counted, last_used_at = moment
        where f.user_id = sec.current_user_id() and f.id = factor and f.kind = 'passkey'
            and (counted > f.sign_count or (counted = 0 and f.sign_count = 0));
    return found;
end
$$;

create or replace function identity.add_app(factor uuid, called text, sealed_secret bytea, step bigint) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('sign-in');
    insert into public.second_factors (user_id, id, kind, label, created_at, last_used_at, sealed, last_step)
        values (sec.current_user_id(), factor, 'totp', called, sec.clock(), sec.clock(), sealed_secret, step);
end
$$;

create or replace function identity.add_passkey(
    factor uuid, called text, credential bytea, key bytea, counted bigint, ways text[], synced boolean,
    challenge bytea) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('sign-in');
    insert into public.spent_challenges (hash, at) values (challenge, sec.clock()) on conflict (hash) do nothing;
    if not found then
        return false;
    end if;
    insert into public.second_factors (user_id, id, kind, label, created_at, last_used_at, credential_id, public_key,
                                       sign_count, transports, is_synced)
        values (sec.current_user_id(), factor, 'passkey', called, sec.clock(), sec.clock(), credential, key, counted,
                ways, synced)
        on conflict (credential_id) do nothing;
    return found;
end
$$;

create or replace function identity.remove_factor(factor uuid) returns text
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    removed text;
begin
    perform sec.require_purpose('sign-in');
    delete from public.second_factors f where f.user_id = sec.current_user_id() and f.id = factor
        returning f.kind into removed;
    return removed;
end
$$;

-- A factor was shown: the session goes on under another id, knows it, and its five minutes begin anew. A browser may be
-- remembered until a day, five of them at most; a shared computer never is.
create or replace function identity.prove(old_hash bytea, new_hash bytea, how text, remember interval)
    returns table (session_id uuid, factors text[])
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    person uuid := sec.current_user_id();
    moment timestamptz := sec.clock();
    device bytea;
    is_shared boolean;
begin
    perform sec.require_purpose('sign-in');
    update public.sessions s set token_hash = new_hash, authenticated_at = moment, last_seen_at = moment,
            locked_at = null,
            factors = array(select distinct f from unnest(array_remove(s.factors, 'browser') || how) f order by f)
        where s.token_hash = old_hash and s.user_id = person
        returning s.id, s.factors, s.device_hash, s.shared into session_id, factors, device, is_shared;
    if not found then
        return;
    end if;
    update public.devices d set proven_at = coalesce(d.proven_at, moment),
            trusted_until = case when remember is null then d.trusted_until else moment + remember end
        where d.user_id = person and d.token_hash = device and not is_shared;
    update public.devices d set trusted_until = null
        where d.user_id = person and d.trusted_until is not null and d.token_hash not in (
            select kept.token_hash from public.devices kept where kept.user_id = person
                and kept.trusted_until is not null order by kept.trusted_until desc limit 5);
    return next;
end
$$;

-- How many browsers forgot this person: their own act, and part of every change of what they sign in with.
create or replace function identity.forget_browsers(which text) returns integer
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    forgotten integer;
begin
    update public.devices d set trusted_until = null
        where d.user_id = sec.current_user_id() and d.trusted_until is not null
            and (which is null or encode(sha256(d.token_hash), 'hex') = which);
    get diagnostics forgotten = row_count;
    return forgotten;
end
$$;

-- Idle, or by the button: the session opens nothing until its owner shows a factor again. What is on the page stays.
create or replace function identity.lock_session(session uuid) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    update public.sessions s set locked_at = coalesce(s.locked_at, sec.clock())
        where s.user_id = sec.current_user_id() and s.id = session;
    return found;
end
$$;

-- The same person is back before the same browser. It is no step-up: the five minutes do not begin anew.
create or replace function identity.unlock_session(old_hash bytea, new_hash bytea) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('sign-in');
    update public.sessions s set token_hash = new_hash, locked_at = null, last_seen_at = sec.clock()
        where s.token_hash = old_hash and s.user_id = sec.current_user_id();
    return found;
end
$$;

-- Whether somebody belongs to an organisation where two people have not agreed that they begin anew. An agreement holds
-- for 14 days, and not beyond a second step that was set up since: what was agreed to once opens nothing twice.
create or replace function identity.waits_elsewhere(person uuid) returns boolean
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from public.memberships m
                   where m.organisation_id = sec.current_organisation() and m.user_id = person
                       and m.state = 'active' and m.kind = 'person') then
        return false;
    end if;
    return exists (
        select from public.memberships m
        where m.user_id = person and m.organisation_id <> sec.current_organisation() and m.state = 'active'
            and not exists (
                select from public.proposals p
                where p.organisation_id = m.organisation_id and p.act = 'factors.reset' and p.subject_id = person
                    and p.state = 'approved' and p.decided_at > sec.clock() - interval '14 days'
                    and not exists (select from public.second_factors f
                                    where f.user_id = person and f.created_at > p.decided_at)));
end
$$;

-- Somebody lost what they sign in with, and two people of the organisation have agreed to let them begin anew. Whoever
-- belongs to others too begins anew when two people of each have agreed: else the people of one would open the records
-- of another. It needs the approval that is being given in this very transaction, and a context that no page ever holds.
create or replace function identity.clear_factors(person uuid, proposal uuid) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('factors');
    if not exists (select from public.proposals p
                   where p.organisation_id = sec.current_organisation() and p.id = proposal
                       and p.act = 'factors.reset' and p.subject_id = person and p.state = 'open'
                       and (p.proposed_by is null or p.proposed_by is distinct from sec.current_user_id()))
        or not exists (select from public.memberships m
                       where m.organisation_id = sec.current_organisation() and m.user_id = person
                           and m.state = 'active' and m.kind = 'person')
        or identity.waits_elsewhere(person) then
        return false;
    end if;
    delete from public.second_factors f where f.user_id = person;
    delete from public.recovery_codes c where c.user_id = person;
    update public.devices d set trusted_until = null, proven_at = null where d.user_id = person;
    delete from public.sessions s where s.user_id = person;
    return true;
end
$$;

reset role;

-- For demonstration data: people who do not exist, at addresses where no mail can go (RFC 2606 §2). The owner only.
create or replace function identity.enrol_invented(person uuid) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.second_factors (user_id, id, kind, label, created_at)
        select u.id, gen_random_uuid(), 'invented', 'Stands for a second step', sec.clock()
        from public.users u where u.id = person and u.email like '%.example'
            and not exists (select from public.second_factors f where f.user_id = u.id);
end
$$;

revoke all on function identity.enrol_invented(uuid) from public;
revoke all on function
    identity.second_step(bytea), identity.list_factors(), identity.list_passkeys(), identity.list_browsers(),
    identity.own_apps(), identity.use_app(uuid, bigint), identity.seal_app_again(uuid, bytea),
    identity.use_code(bytea), identity.replace_codes(bytea[]), identity.find_passkey(bytea, bytea),
    identity.use_passkey(uuid, bigint, bytea), identity.add_app(uuid, text, bytea, bigint),
    identity.add_passkey(uuid, text, bytea, bytea, bigint, text[], boolean, bytea), identity.remove_factor(uuid),
    identity.prove(bytea, bytea, text, interval), identity.forget_browsers(text), identity.lock_session(uuid), identity.unlock_session(bytea, bytea),
    identity.clear_factors(uuid, uuid), identity.waits_elsewhere(uuid) from public;
grant execute on function
    identity.second_step(bytea), identity.list_factors(), identity.list_passkeys(), identity.list_browsers(),
    identity.own_apps(), identity.use_app(uuid, bigint), identity.seal_app_again(uuid, bytea),
    identity.use_code(bytea), identity.replace_codes(bytea[]), identity.find_passkey(bytea, bytea),
    identity.use_passkey(uuid, bigint, bytea), identity.add_app(uuid, text, bytea, bigint),
    identity.add_passkey(uuid, text, bytea, bytea, bigint, text[], boolean, bytea), identity.remove_factor(uuid),
    identity.prove(bytea, bytea, text, interval), identity.forget_browsers(text), identity.lock_session(uuid), identity.unlock_session(bytea, bytea),
    identity.clear_factors(uuid, uuid), identity.waits_elsewhere(uuid) to safeguard_app;
