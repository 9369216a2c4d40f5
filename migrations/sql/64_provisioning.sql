-- An organisation's directory (SCIM): its token, whom it keeps here, and what came of it.
--
-- It works in a context for `scim`, which only its own token opens, and which no page and no API token ever holds. An
-- account that it makes belongs to this organisation alone: its sign-in address is in a domain that can never exist
-- (RFC 2606 §2), so that no directory claims somebody's address for the whole service, nor joins an account that its
-- owner has elsewhere. The roles that it gives by itself show no records.

select sec.isolate('public.provisioning_connections', 'owned');
revoke select, update, delete on public.provisioning_connections from safeguard_app;
grant select (organisation_id, id, user_id, label, sign_on_id, earlier_until, made_at, made_by, expires_at,
              last_used_at, ended_at) on public.provisioning_connections to safeguard_app;
grant update (label, sign_on_id, ended_at) on public.provisioning_connections to safeguard_app;
select sec.policy('public.provisioning_connections', 'definer_all', 'all', 'safeguard_definer', 'true');
grant select, update on public.provisioning_connections to safeguard_definer;

select sec.isolate('public.provisioned_people', 'owned');
revoke update, delete on public.provisioned_people from safeguard_app;
grant update (connection_id, user_name, external_id, document, version, added_at, changed_at, deleted_at)
    on public.provisioned_people to safeguard_app;

select sec.isolate('public.provisioned_groups', 'owned');
revoke update, delete on public.provisioned_groups from safeguard_app;
grant update (display_name, external_id, role, version, changed_at, deleted_at)
    on public.provisioned_groups to safeguard_app;

select sec.isolate('public.provisioned_group_members', 'owned');
revoke update on public.provisioned_group_members from safeguard_app;

select sec.isolate('public.provisioning_notes', 'owned');
revoke update, delete on public.provisioning_notes from safeguard_app;

set local role safeguard_definer;

-- A directory's token. It works for as long as it was made for, like an organisation's own, whoever leaves meanwhile:
-- else the person who set it up could never be taken out by it. A replaced one works for another day.
create or replace function identity.enter_provisioning(hash bytea)
    returns table (
        organisation_id uuid, user_id uuid, name text, roles text[],
        organisation_name text, organisation_kind text, organisation_slug text, organisation_state text,
        organisation_nation text, organisation_time_zone text,
        token_id uuid, email text, authenticated_at timestamptz
    )
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
    rows 1
as $$
declare
    moment timestamptz := sec.clock();
    seen timestamptz;
begin
    select c.organisation_id, c.user_id, c.label, array['administrator'],
           o.name, o.kind, o.slug, o.state, o.nation, o.time_zone,
           c.id, m.email, c.made_at, coalesce(c.last_used_at, '-infinity')
        into organisation_id, user_id, name, roles,
             organisation_name, organisation_kind, organisation_slug, organisation_state,
             organisation_nation, organisation_time_zone,
             token_id, email, authenticated_at, seen
        from public.provisioning_connections c
        join public.memberships m on m.organisation_id = c.organisation_id and m.user_id = c.user_id
        join public.organisations o on o.id = c.organisation_id
        where (c.token_hash = hash or (c.earlier_hash = hash and c.earlier_until > moment))
            and c.ended_at is null and c.expires_at > moment and m.state = 'active' and o.state <> 'suspended';
    if not found then
        return;
    end if;
    perform sec.enter(organisation_id, user_id, 'scim', 300);
    if seen < moment - interval '1 minute' then
        update public.provisioning_connections c set last_used_at = moment
            where (c.organisation_id, c.id) = (
                select free.organisation_id, free.id from public.provisioning_connections free
                where free.organisation_id = enter_provisioning.organisation_id and free.id = token_id
                for update skip locked);
    end if;
    return next;
end
$$;

-- Another token for a connection; the one before works for another day, so that the directory can be told meanwhile.
create or replace function identity.rotate_provisioning(connection uuid, fresh bytea, until timestamptz)
    returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.refuse_planted_statements();
    update public.provisioning_connections c
        set earlier_hash = c.token_hash, earlier_until = sec.clock() + interval '1 day', token_hash = fresh,
            expires_at = until
        where c.organisation_id = sec.current_organisation() and c.id = connection and c.ended_at is null
            and octet_length(fresh) = 32;
    return found;
end
$$;

-- Somebody whom the directory adds: an account of this organisation's own, which its provider lets in and no password.
create or replace function identity.provision_member(person uuid, address text, full_name text, granted text[])
    returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    moment timestamptz := sec.clock();
begin
    perform sec.require_purpose('scim');
    if not granted <@ array['reporter', 'governor', 'group_lead', 'administrator'] or cardinality(granted) = 0 then
        raise exception 'a directory gives no role that opens records' using errcode = '42501';
    end if;
    insert into public.users (id, email, name, created_at)
        values (person, person || '@provisioned.invalid', full_name, moment);
    insert into public.memberships (organisation_id, user_id, name, email, roles, created_at)
        values (sec.current_organisation(), person, full_name, address, granted, moment);
end
$$;

-- Another name or address for somebody: of an account that the directory made, and of no other.
create or replace function identity.rename_provisioned(person uuid, address text, full_name text) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('scim');
    update public.users u set name = full_name
        from public.memberships m
        where u.id = person and u.email = person || '@provisioned.invalid'
            and m.organisation_id = sec.current_organisation() and m.user_id = person;
    if not found then
        return false;
    end if;
    update public.memberships m set name = full_name, email = address
        where m.organisation_id = sec.current_organisation() and m.user_id = person
            and (m.name, m.email) is distinct from (full_name, address);
    return true;
end
$$;

-- Whether somebody's account was made by the directory, and so belongs to this organisation alone.
create or replace function identity.is_provisioned(person uuid) returns boolean
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (
        select from public.memberships m join public.users u on u.id = m.user_id
        where m.organisation_id = sec.current_organisation() and m.user_id = person
            and u.email = person || '@provisioned.invalid');
end
$$;

reset role;

revoke all on function identity.enter_provisioning(bytea), identity.rotate_provisioning(uuid, bytea, timestamptz),
    identity.provision_member(uuid, text, text, text[]), identity.rename_provisioned(uuid, text, text),
    identity.is_provisioned(uuid) from public;
grant execute on function identity.enter_provisioning(bytea),
    identity.rotate_provisioning(uuid, bytea, timestamptz),
    identity.provision_member(uuid, text, text, text[]), identity.rename_provisioned(uuid, text, text),
    identity.is_provisioned(uuid) to safeguard_app;
