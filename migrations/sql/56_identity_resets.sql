-- Lost passwords: a link by which its holder chooses another, once, within an hour. The newest link of a person is the
-- only one; it takes no factor away (OWASP ASVS 5.0 §6.4.3), and ends every session. Whether an address has an account
-- is told to nobody: asking costs the same either way, and what comes back goes into the mail.

set local role safeguard_definer;

-- For whoever typed an address. Gives the person, for the mail; a person of nobody's for an address of nobody's.
create or replace function identity.request_reset(address text, hash bytea) returns uuid
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    person uuid;
    moment timestamptz := sec.clock();
begin
    perform sec.require_purpose('sign-in');
    select u.id into person from public.users u
        where u.email = address and u.disabled_at is null and u.email not like '%@service.invalid';
    delete from public.password_resets r where r.expires_at < moment - interval '1 day';
    if person is not null then
        insert into public.password_resets as r (user_id, token_hash, created_at, expires_at)
            values (person, hash, moment, moment + interval '1 hour')
            on conflict (user_id) do update set token_hash = excluded.token_hash, organisation_id = null,
                made_by = null, created_at = excluded.created_at, expires_at = excluded.expires_at;
    end if;
    return coalesce(person, gen_random_uuid());
end
$$;

-- For a colleague, by whoever manages accounts here. Only for somebody who belongs to no other organisation: else the
-- accounts of one organisation would open the records of another. And never for whom the vault is open to: whoever
-- manages accounts reads no record, and a link in hand is the account.
create or replace function identity.make_reset(person uuid, hash bytea) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    moment timestamptz := sec.clock();
begin
    perform sec.refuse_planted_statements();
    if not exists (select from public.memberships m join public.users u on u.id = m.user_id
                   where m.organisation_id = sec.current_organisation() and m.user_id = person
                       and m.state = 'active' and m.kind = 'person' and u.disabled_at is null)
        or sec.reads_vault_as(sec.current_organisation(), person)
        or exists (select from public.memberships m
                   where m.user_id = person and m.organisation_id <> sec.current_organisation()
                       and m.state = 'active') then
        return false;
    end if;
    insert into public.password_resets as r (user_id, token_hash, organisation_id, made_by, created_at, expires_at)
        values (person, hash, sec.current_organisation(), sec.current_user_id(), moment, moment + interval '1 hour')
        on conflict (user_id) do update set token_hash = excluded.token_hash, created_at = excluded.created_at,
            organisation_id = excluded.organisation_id, made_by = excluded.made_by, expires_at = excluded.expires_at;
    return true;
end
$$;

-- For whoever runs the service: any person, by their address. Gives the organisation whose log is told, or null.
create or replace function identity.make_reset_as_operator(address text, hash bytea)
    returns table (organisation_id uuid, user_id uuid)
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    moment timestamptz := sec.clock();
begin
    perform sec.require_purpose('provision');
    insert into public.password_resets as r (user_id, token_hash, created_at, expires_at)
        select u.id, hash, moment, moment + interval '1 hour' from public.users u
        where u.email = address and u.disabled_at is null and u.email not like '%@service.invalid'
        on conflict on constraint password_resets_pkey do update set token_hash = excluded.token_hash,
            organisation_id = null, made_by = null, created_at = excluded.created_at, expires_at = excluded.expires_at;
    return query
        select b.organisation_id, b.user_id from public.users u, identity.belongs(u.id) b where u.email = address;
end
$$;

create or replace function identity.find_reset(secret text) returns table (email text, name text, is_open boolean)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
        select u.email, u.name, r.expires_at > sec.clock() and u.disabled_at is null
        from public.password_resets r join public.users u on u.id = r.user_id
        where r.token_hash = sha256(convert_to(secret, 'UTF8'));
end
$$;

-- Once: the new password stands, every session ends, no browser is remembered, and no factor is touched. Gives the person and where they belong.
create or replace function identity.use_reset(secret text, fresh_hash text)
    returns table (user_id uuid, name text, organisations uuid[])
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    person uuid;
begin
    perform sec.require_purpose('sign-in');
    delete from public.password_resets r
        where r.token_hash = sha256(convert_to(secret, 'UTF8')) and r.expires_at > sec.clock()
        returning r.user_id into person;
    update public.users u set password_hash = fresh_hash where u.id = person and u.disabled_at is null;
    if not found then
        return;
    end if;
    perform identity.put_out(person);
    return query
        select u.id, u.name, array(select m.organisation_id from public.memberships m
                                   where m.user_id = u.id and m.state = 'active' order by m.created_at)
        from public.users u where u.id = person;
end
$$;

reset role;

revoke all on function identity.request_reset(text, bytea), identity.make_reset(uuid, bytea),
    identity.make_reset_as_operator(text, bytea), identity.find_reset(text), identity.use_reset(text, text) from public;
grant execute on function identity.request_reset(text, bytea), identity.make_reset(uuid, bytea),
    identity.make_reset_as_operator(text, bytea), identity.find_reset(text), identity.use_reset(text, text)
    to safeguard_app;
