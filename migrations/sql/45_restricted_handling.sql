-- Who could take care of what is restricted, and what somebody may know of that who may not read it.

set local role safeguard_definer;

-- Of this incident, or of this concern, who could still take care of it: people who may read and are not shut out.
create or replace function sec.handlers_of_incident(incident uuid) returns uuid[]
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    organisation uuid := sec.own_organisation();  -- nobody's, for whoever writes by the public page
begin
    if incident = any (sec.hidden_incidents()) then
        return '{}';
    end if;
    return array(
        select m.user_id from public.memberships m join public.users u on u.id = m.user_id and u.disabled_at is null
        where m.organisation_id = organisation and m.state = 'active' and m.kind = 'person'
            and sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && array['lead', 'deputy']
            and incident <> all (sec.hidden_incidents_of(organisation, m.user_id))
            and incident <> all (sec.kept_to_others(organisation, m.user_id))  -- through the glass one only reads
        order by 1);
end
$$;

-- Whether anybody here could take care of an incident: a lead or deputy, else whoever reads the vault, none of them shut
-- out. Whoever reported it may know that nobody could: then they have to tell somebody else as well.
create or replace function sec.reaches_somebody(organisation uuid, incident uuid) returns boolean
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from public.memberships m join public.users u on u.id = m.user_id and u.disabled_at is null
        where m.organisation_id = organisation and m.state = 'active' and m.kind = 'person'
            and case when sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && array['lead', 'deputy']
                then incident <> all (sec.hidden_incidents_of(organisation, m.user_id))
                    and incident <> all (sec.kept_to_others(organisation, m.user_id))
                else sec.keeps_vault_as(organisation, m.user_id) and not exists (
                        select from public.exclusions x
                        where x.organisation_id = organisation and x.incident_id = incident
                            and x.user_id = m.user_id and x.lifted_at is null) end)
$$;

create or replace function sec.is_in_reach(incident uuid) returns boolean
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return incident = any (sec.hidden_incidents()) or sec.reaches_somebody(sec.own_organisation(), incident);
end
$$;

create or replace function sec.handlers_of_concern(concern uuid) returns uuid[]
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    organisation uuid := sec.current_organisation();
    person uuid := sec.current_user_id();
begin
    -- Whoever raised it may know that somebody received it, or that nobody could.
    if concern = any (sec.hidden_concerns()) or not (sec.reads_vault() or exists (
            select from public.concerns c
            where c.organisation_id = organisation and c.id = concern and c.raised_by = person)) then
        return '{}';
    end if;
    return array(
        select m.user_id from public.memberships m join public.users u on u.id = m.user_id and u.disabled_at is null
        where m.organisation_id = organisation and m.state = 'active' and sec.keeps_vault_as(organisation, m.user_id)
            and not exists (
                select from public.exclusions x
                where x.organisation_id = organisation and x.concern_id = concern and x.user_id = m.user_id
                    and x.lifted_at is null)
        order by 1);
end
$$;

-- Whether anybody takes care of the vault at all: whoever writes a concern hears it before, and not who that is.
create or replace function sec.vault_is_kept() returns boolean
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from public.memberships m join public.users u on u.id = m.user_id and u.disabled_at is null
        where m.organisation_id = sec.current_organisation() and m.state = 'active'
            and sec.keeps_vault_as(m.organisation_id, m.user_id))
$$;

-- A receipt, for whoever raised it: that it was, when, and whether somebody has it. Nothing that was made of it.
create or replace function public.list_concerns_raised()
    returns table (reference text, raised_at timestamptz, received_at timestamptz, has_handler boolean)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    organisation uuid := sec.current_organisation();
    person uuid := sec.current_user_id();
begin
    return query
        select c.reference, c.raised_at, c.received_at, sec.handlers_of_concern(c.id) <> '{}'
        from public.concerns c
        where c.organisation_id = organisation and c.raised_by = person and c.id <> all (sec.hidden_concerns())
        order by c.raised_at desc, c.id desc
        limit 50;
end
$$;

revoke all on function sec.handlers_of_incident(uuid), sec.reaches_somebody(uuid, uuid), sec.is_in_reach(uuid),
    sec.handlers_of_concern(uuid), sec.vault_is_kept(), public.list_concerns_raised() from public;
grant execute on function sec.handlers_of_incident(uuid), sec.is_in_reach(uuid), sec.handlers_of_concern(uuid),
    sec.vault_is_kept(), public.list_concerns_raised() to safeguard_app;

reset role;
