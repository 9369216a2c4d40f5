-- Sessions and the account behind them.

-- What sign-in needs to know of an address, before anybody is anybody. The password is checked outside: hashing takes
-- long, and no connection waits for it. No row when there is no such person.
-- Organisations: first the one that was last used on this device, then the longest-standing membership; none for
-- somebody who has left them all, who may still accept an invitation.
-- It gives a stored hash for any address, so it opens in a `sign-in` context only.
create or replace function identity.find_credentials(address text, device bytea)
    returns table (user_id uuid, name text, password_hash text, organisations uuid[], known_device boolean)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('sign-in');
    return query
        select u.id, u.name, u.password_hash,
               array(select m.organisation_id
                     from public.memberships m join public.organisations o on o.id = m.organisation_id
                     where m.user_id = u.id and m.state = 'active' and m.kind = 'person' and o.state <> 'suspended'
                     order by (m.organisation_id = d.organisation_id) desc nulls last, m.created_at),
               d.token_hash is not null
        from public.users u
        left join public.devices d on d.user_id = u.id and d.token_hash = device
        where u.email = address and u.disabled_at is null;
end
$$;

-- A session for the person and the organisation of a `sign-in` context, giving the roles that it begins with. The
-- session that the browser had before ends (OWASP ASVS 5.0 §7.2.4), and what has run out is swept on the way.
-- A shared computer is not known afterwards, and is signed out sooner.
-- An earlier release's, with one parameter less: two of the same name are refused at start.
-- squawk-ignore ban-drop-function
drop function if exists identity.open_session(bytea, uuid, bytea, text, text[], bytea);
create or replace function identity.open_session(
    hash bytea, session uuid, device bytea, label text, how text[], replaced bytea, on_shared boolean default false)
    returns text[]
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    granted text[];
    moment timestamptz := sec.clock();
    organisation uuid := sec.current_organisation();
    person uuid := sec.current_user_id();
begin
    perform sec.require_purpose('sign-in');
    select sec.roles_held(m.roles, m.deputy_from, m.deputy_until) into granted
        from public.memberships m join public.users u on u.id = m.user_id
        where m.organisation_id = organisation and m.user_id = person
            and m.state = 'active' and m.kind = 'person' and u.disabled_at is null;
    if not found then
        raise exception 'no such member' using errcode = '42501';
    end if;
    if sec.needs_provider(organisation, person) and not how && array['provider', 'provider_two'] then
        raise exception 'has to come in by the provider' using errcode = 'SG001';
    end if;
    update public.memberships m set signed_in_at = moment
        where m.organisation_id = organisation and m.user_id = person and m.signed_in_at is null;
    delete from public.sessions s where s.token_hash = replaced;
    delete from public.sessions s where s.user_id = person
        and (s.last_seen_at <= moment - interval '30 minutes' or s.created_at <= moment - interval '12 hours');
    delete from public.throttles t where t.key in (
        select old.key from public.throttles old where old.at < moment - interval '2 days'
        limit 100 for update skip locked);
    insert into public.sessions (token_hash, id, user_id, organisation_id, created_at, authenticated_at, factors,
                                 last_seen_at, browser, device_hash, shared)
        values (hash, session, person, organisation, moment, moment, how, moment, label, device, on_shared);
    if not on_shared then
        insert into public.devices as d (user_id, token_hash, organisation_id, created_at, last_used_at, browser,
                                         proven_at)
            values (person, device, organisation, moment, moment, label,
                    case when how && array['passkey', 'provider_two'] then moment end)
            on conflict (user_id, token_hash) do update
                set organisation_id = excluded.organisation_id, last_used_at = excluded.last_used_at,
                    browser = excluded.browser, proven_at = coalesce(d.proven_at, excluded.proven_at);
    end if;
    delete from public.devices d where d.user_id = person and d.last_used_at < moment - interval '180 days';
    return granted;
end
$$;

-- Another id for the same session, perhaps in another organisation of the same person, whose context it then sets.
-- One organisation's provider vouches for nobody in another: to switch, a password or a passkey was shown.
-- The absolute limit counts from sign-in, so `created_at` stays.
create or replace function identity.rotate_session(old_hash bytea, new_hash bytea, target uuid)
    returns table (session_id uuid, name text, roles text[])
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    person uuid := sec.current_user_id();
begin
    return query
        update public.sessions s set token_hash = new_hash, organisation_id = target, last_seen_at = sec.clock()
        from public.memberships m join public.organisations o on o.id = m.organisation_id
        where s.token_hash = old_hash and s.user_id = person
            and m.organisation_id = target and m.user_id = person
            and m.state = 'active' and m.kind = 'person' and o.state <> 'suspended'
            and (target = s.organisation_id
                 or (s.factors && array['password', 'passkey'] and not sec.needs_provider(target, person)))
        returning s.id, m.name, sec.roles_held(m.roles, m.deputy_from, m.deputy_until);
    if found then
        update public.memberships m set signed_in_at = sec.clock()
            where m.organisation_id = target and m.user_id = person and m.signed_in_at is null;
        perform sec.enter(target, person, 'session', 300);
    end if;
end
$$;

create or replace function identity.list_sessions()
    returns table (id uuid, organisation_name text, created_at timestamptz, last_seen_at timestamptz, browser text)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    moment timestamptz := sec.clock();
begin
    return query
        select s.id, o.name, s.created_at, s.last_seen_at, s.browser
        from public.sessions s join public.organisations o on o.id = s.organisation_id
        where s.user_id = sec.current_user_id()
            and s.last_seen_at > moment - interval '30 minutes' and s.created_at > moment - interval '12 hours'
        order by s.last_seen_at desc, s.id;
end
$$;

-- Own sessions only: one by its id, or all others when `keep` is given instead.
create or replace function identity.end_session(session uuid) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    delete from public.sessions s where s.user_id = sec.current_user_id() and s.id = session;
    return found;
end
$$;

create or replace function identity.end_other_sessions(keep uuid) returns uuid[]
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    ended uuid[];
begin
    with gone as (
        delete from public.sessions s where s.user_id = sec.current_user_id() and s.id <> keep returning s.id
    )
    select array_agg(gone.id) into ended from gone;
    return coalesce(ended, '{}');
end
$$;

-- Out of everywhere: every session ends, and no browser is remembered. Part of what is done to an account, and never
-- called by a process.
create or replace function identity.put_out(person uuid) returns void
    language sql volatile
    set search_path = pg_catalog, pg_temp
as $$
    delete from public.sessions s where s.user_id = person;
    update public.devices d set trusted_until = null where d.user_id = person and d.trusted_until is not null;
$$;

-- Where somebody belongs, first what they joined first: whose logs are told of it. Never called by a process either.
create or replace function identity.belongs(person uuid) returns table (organisation_id uuid, user_id uuid)
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select m.organisation_id, m.user_id from public.memberships m
    where m.user_id = person and m.state = 'active' and m.kind = 'person'
    order by m.created_at, m.organisation_id
$$;

-- Sessions end with the membership (86_belonging.sql), so nothing of the last release called this either.
-- squawk-ignore ban-drop-function
drop function if exists identity.end_sessions_of(uuid);

create or replace function identity.list_organisations()
    returns table (id uuid, name text, kind text, roles text[], is_current boolean)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
        select o.id, o.name, o.kind, m.roles, o.id = sec.current_organisation()
        from public.memberships m join public.organisations o on o.id = m.organisation_id
        where m.user_id = sec.current_user_id() and m.state = 'active' and o.state <> 'suspended'
        order by o.name, o.id;
end
$$;

create or replace function identity.own_password_hash() returns text
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('sign-in');
    return (select u.password_hash from public.users u where u.id = sec.current_user_id());
end
$$;

-- Only over the hash that was just checked: two changes at once do not both succeed.
create or replace function identity.replace_password(old_hash text, new_hash text) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('sign-in');
    update public.users u set password_hash = new_hash
        where u.id = sec.current_user_id() and u.password_hash = old_hash;
    return found;
end
$$;

-- A person has one name; each organisation keeps its copy, so that it reads no other table.
create or replace function identity.rename(new_name text) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    update public.users u set name = new_name where u.id = sec.current_user_id();
    update public.memberships m set name = new_name where m.user_id = sec.current_user_id();
end
$$;

alter function identity.find_credentials(text, bytea) owner to safeguard_definer;
alter function identity.open_session(bytea, uuid, bytea, text, text[], bytea, boolean) owner to safeguard_definer;
alter function identity.rotate_session(bytea, bytea, uuid) owner to safeguard_definer;
alter function identity.list_sessions() owner to safeguard_definer;
alter function identity.end_session(uuid) owner to safeguard_definer;
alter function identity.end_other_sessions(uuid) owner to safeguard_definer;
alter function identity.put_out(uuid) owner to safeguard_definer;
alter function identity.belongs(uuid) owner to safeguard_definer;
alter function identity.list_organisations() owner to safeguard_definer;
alter function identity.own_password_hash() owner to safeguard_definer;
alter function identity.replace_password(text, text) owner to safeguard_definer;
alter function identity.rename(text) owner to safeguard_definer;
revoke all on function
    identity.find_credentials(text, bytea), identity.open_session(bytea, uuid, bytea, text, text[], bytea, boolean),
    identity.rotate_session(bytea, bytea, uuid), identity.list_sessions(), identity.end_session(uuid),
    identity.end_other_sessions(uuid), identity.put_out(uuid), identity.belongs(uuid), identity.list_organisations(),
    identity.own_password_hash(), identity.replace_password(text, text), identity.rename(text) from public;
grant execute on function
    identity.find_credentials(text, bytea), identity.open_session(bytea, uuid, bytea, text, text[], bytea, boolean),
    identity.rotate_session(bytea, bytea, uuid), identity.list_sessions(), identity.end_session(uuid),
    identity.end_other_sessions(uuid), identity.list_organisations(),
    identity.own_password_hash(), identity.replace_password(text, text), identity.rename(text) to safeguard_app;
