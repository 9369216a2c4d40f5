-- How people, and services, become members.

-- What an invitation says, to whoever holds it: never more than the holder of the link was sent.
create or replace function identity.find_invitation(secret text)
    returns table (
        organisation_id uuid, organisation_name text, organisation_kind text, organisation_nation text, id uuid, email text, roles text[],
        state text, has_account boolean
    )
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
        select i.organisation_id, o.name, o.kind, o.nation, i.id, i.email, i.roles,
               case when i.used_at is not null then 'used'
                    when i.withdrawn_at is not null or o.state = 'suspended' then 'withdrawn'
                    when i.expires_at <= sec.clock() then 'expired'
                    else 'open' end,
               exists (select from public.users u where u.email = i.email)
        from public.invitations i join public.organisations o on o.id = i.organisation_id
        where i.token_hash = sha256(convert_to(secret, 'UTF8'));
end
$$;

-- Once, in time, by the person that it was meant for; true when that has just happened.
-- `fresh_hash` makes the account that the context names; null joins the account that already has this address.
-- Whether an organisation that was being set up opens with it is decided, and told to the log, by tenancy.
create or replace function identity.accept_invitation(secret text, fresh_name text, fresh_hash text) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    moment timestamptz := sec.clock();
    invited public.invitations;
    person public.users;
begin
    perform sec.require_purpose('sign-in');
    select i.* into invited from public.invitations i
        where i.token_hash = sha256(convert_to(secret, 'UTF8')) and i.organisation_id = sec.current_organisation()
            and i.used_at is null and i.withdrawn_at is null and i.expires_at > moment
        for update;
    if not found then
        return false;
    end if;
    if fresh_hash is not null then
        insert into public.users (id, email, name, password_hash, created_at)
            values (sec.current_user_id(), invited.email, fresh_name, fresh_hash, moment)
            on conflict (email) do nothing;
    end if;
    select u.* into person from public.users u
        where u.id = sec.current_user_id() and u.email = invited.email and u.disabled_at is null;
    if not found then
        return false;
    end if;
    insert into public.memberships as m (organisation_id, user_id, name, email, roles, created_at)
        values (invited.organisation_id, person.id, person.name, person.email, invited.roles, moment)
        on conflict (organisation_id, user_id) do update
            set state = 'active', name = excluded.name, email = excluded.email,
                roles = case when m.state = 'active' then m.roles || excluded.roles else excluded.roles end,
                -- An invitation has no days: whoever is invited as a deputy is one from now on.
                deputy_from = case when 'deputy' = any (excluded.roles) then null else m.deputy_from end,
                deputy_until = case when 'deputy' = any (excluded.roles) then null else m.deputy_until end;
    update public.memberships m set roles = (select array_agg(distinct r order by r) from unnest(m.roles) r)
        where m.organisation_id = invited.organisation_id and m.user_id = person.id;
    update public.invitations i set used_at = moment
        where i.organisation_id = invited.organisation_id and i.id = invited.id;
    return true;
end
$$;

-- A service is a member that nobody can sign in as: no password, an address in a domain that can never exist
-- (RFC 2606 §2). What it may do is what its roles may do.
create or replace function identity.add_service(service uuid, label text, granted text[]) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    moment timestamptz := sec.clock();
    address text := service || '@service.invalid';
begin
    insert into public.users (id, email, name, created_at) values (service, address, label, moment);
    insert into public.memberships (organisation_id, user_id, name, email, roles, kind, created_at)
        values (sec.current_organisation(), service, label, address, granted, 'service', moment);
end
$$;

-- For demonstration data, tests and the operator: a person with a password, without an invitation. The owner only.
create or replace function identity.enrol(person uuid, address text, full_name text, hash text, granted text[])
    returns uuid
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    existing uuid;
begin
    insert into public.users as u (id, email, name, password_hash) values (person, address, full_name, hash)
        on conflict (email) do update set email = u.email returning u.id into existing;
    insert into public.memberships as m (organisation_id, user_id, name, email, roles)
        values (sec.current_organisation(), existing, full_name, address, granted)
        on conflict (organisation_id, user_id) do update set roles = excluded.roles, state = 'active';
    return existing;
end
$$;

alter function identity.find_invitation(text) owner to safeguard_definer;
alter function identity.accept_invitation(text, text, text) owner to safeguard_definer;
alter function identity.add_service(uuid, text, text[]) owner to safeguard_definer;
revoke all on function
    identity.find_invitation(text), identity.accept_invitation(text, text, text),
    identity.add_service(uuid, text, text[]), identity.enrol(uuid, text, text, text, text[]) from public;
grant execute on function
    identity.find_invitation(text), identity.accept_invitation(text, text, text),
    identity.add_service(uuid, text, text[]) to safeguard_app, safeguard_owner;
