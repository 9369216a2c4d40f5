-- An organisation's own choices and details, and how a group's choices reach its organisations.

select sec.isolate('public.organisation_settings', 'owned');
revoke update, delete on public.organisation_settings from safeguard_app;
grant update (value, version, changed_at, changed_by, changed_by_name) on public.organisation_settings to safeguard_app;

-- What an organisation is (its kind, its address, its group) is settled when it is made; the rest it may change.
revoke update on public.organisations from safeguard_app;
grant update (name, nation, time_zone, urn, ukprn, state, second_person_name, second_person_email, version)
    on public.organisations to safeguard_app;

set local role safeguard_definer;

-- The organisations of the group in whose context this runs: a worker carries the group's choices to each, in a
-- transaction and a context of its own. Only a job may ask, and only for the organisation that it works in.
create or replace function public.list_organisations_of_group() returns table (id uuid)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('job');
    return query select o.id from public.organisations o
        where o.parent_id = sec.current_organisation() and o.state <> 'leaving';
end
$$;

-- While an organisation is being set up: the group that was named, by its slug, and what it has chosen. Nothing but a
-- group is ever found, and its people and records are not in it.
create or replace function public.find_group(group_slug text)
    returns table (id uuid, name text, choices jsonb)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('provision');
    return query
        select o.id, o.name, coalesce(
            (select jsonb_object_agg(s.name, s.value) from public.organisation_settings s
             where s.organisation_id = o.id and s.layer = 'organisation' and s.value is not null), '{}')
        from public.organisations o where o.slug = group_slug and o.kind = 'group';
end
$$;

-- While an organisation is being set up: who bears this URN here, so that no school is set up twice without a word.
-- Whoever asks waits for another who sets up the same one at this moment. An organisation that leaves is not counted.
create or replace function public.find_by_urn(wanted text) returns table (name text, slug text)
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    if sec.current_purpose() <> 'provision' then
        raise exception 'only while an organisation is set up' using errcode = '42501';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('urn ' || wanted, 0));
    return query
        select o.name, o.slug from public.organisations o
        where o.urn = wanted and o.state <> 'leaving' order by o.created_at limit 5;
end
$$;

-- An organisation by its slug, for the commands of whoever runs the service: its id and kind, nothing that it owns.
create or replace function public.find_organisation(wanted text) returns table (id uuid, kind text, state text)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('provision');
    return query select o.id, o.kind, o.state from public.organisations o where o.slug = wanted;
end
$$;

-- What the group that this organisation belongs to is called; nothing else of it is told. Null for one of no group.
create or replace function public.name_of_own_group() returns text
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return (select g.name from public.organisations o join public.organisations g on g.id = o.parent_id
            where o.id = sec.current_organisation());
end
$$;

reset role;

select sec.policy('public.organisation_settings', 'definer_read', 'select', 'safeguard_definer', 'true');
grant select on public.organisation_settings to safeguard_definer;

revoke all on function public.list_organisations_of_group(), public.find_group(text), public.find_by_urn(text),
    public.find_organisation(text), public.name_of_own_group() from public;
grant execute on function public.list_organisations_of_group(), public.find_group(text),
    public.find_by_urn(text), public.find_organisation(text), public.name_of_own_group() to safeguard_app;
