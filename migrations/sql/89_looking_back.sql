-- Records from before somebody was called so, held that post, or names were compared as they are now. The comparison of
-- today runs where something is written; on years of records it restricts nothing by itself, since a name alone is not
-- enough for that: what it finds is shown to whoever may decide, and to nobody whom it may mean.

set local role safeguard_definer;

-- Of some names those members whom they name, or whose post they are, as `sec.names_agree` says; looked at closely only where a word is nearly
-- the same, because each of thousands is compared with everybody here.
create or replace function sec.members_named(here uuid, names text[])
    returns table (said text, user_id uuid, as_post boolean, in_full boolean)
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
        with typed as materialized (
            select t.name, sec.name_parts(t.name) as words from (select distinct unnest(names) as name) t
        ), known as materialized (
            select m.user_id, m.name, sec.name_parts(m.name) as words from sec.names_of_members(here) m
        )
        select t.name, k.user_id, false, bool_or(t.words = k.words) from typed t cross join known k
        where case when exists (
                select from unnest(t.words) w, unnest(k.words) own
                where public.levenshtein(left(w, 60), left(own, 60)) <= 2)
            then sec.names_agree(t.name, k.name) else false end
        group by t.name, k.user_id
        union
        select t.name, m.user_id, true, true from typed t
        cross join lateral (select sec.roles_named(here, t.name) as roles offset 0) r
        join public.memberships m on m.organisation_id = here and m.kind = 'person' and m.email <> ''
            and m.roles && r.roles
        where r.roles <> '{}';
end
$$;

-- Whom these incidents would be kept from if they were written today, and are not: never somebody of whom it was said
-- once, with a reason, that they may know or that another is meant.
create or replace function sec.meant_in_incidents(here uuid, wanted uuid[])
    returns table (incident_id uuid, said text, user_id uuid)
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
        with alleged as materialized (
            select n.incident_id, n.person_id, n.kind, n.name from public.incident_people n
            where n.organisation_id = here and n.incident_id = any (wanted) and n.role = 'alleged'
                and n.removed_at is null
        ), called as materialized (
            select a.incident_id, a.name as typed, c.said from alleged a
            cross join lateral sec.names_of_alleged(here, a.person_id, a.kind, a.name) c (said)
        ), named as materialized (
            select k.said, k.user_id, k.as_post, k.in_full
            from sec.members_named(here, array(select c.said from called c)) k
        ), meant as (
            select c.incident_id, c.typed, k.user_id from called c join named k on k.said = c.said
            where (not k.as_post or not exists (  -- it meant whoever held the post then, and not who followed them
                    select from public.exclusions x where x.organisation_id = here and x.incident_id = c.incident_id))
                and (k.in_full or k.user_id not in (  -- of whoever was harmed in it a part of a name means another
                    select h from sec.harmed_in(here, c.incident_id) h where h is not null))
            union
            select a.incident_id, a.name, p.user_id from alleged a
            cross join lateral sec.accounts_of_person(here, a.person_id) p (user_id) where a.person_id is not null
            union
            select a.incident_id, a.name, p.user_id from alleged a
            cross join lateral unnest(sec.accounts_meant(here, a.name)) p (user_id)
            where a.kind <> 'child' and sec.is_account(a.name)
        )
        select t.incident_id, min(t.typed), t.user_id from meant t
        join public.memberships m on m.organisation_id = here and m.user_id = t.user_id and m.kind = 'person'
            and m.state = 'active'
        where not exists (
            select from public.exclusions x
            where x.organisation_id = here and x.incident_id = t.incident_id and x.user_id = t.user_id)
        group by t.incident_id, t.user_id;
end
$$;

-- The same of concerns about staff.
create or replace function sec.meant_in_concerns(here uuid)
    returns table (concern_id uuid, said text, user_id uuid)
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
        with named as materialized (
            select k.said, k.user_id, k.as_post from sec.members_named(here, array(
                select c.subject_name from public.concerns c where c.organisation_id = here)) k
        ), meant as (
            select c.id, c.subject_name as typed, k.user_id
            from public.concerns c join named k on k.said = c.subject_name
            where c.organisation_id = here and (not k.as_post or not exists (
                select from public.exclusions x where x.organisation_id = here and x.concern_id = c.id))
            union
            select c.id, c.subject_name, c.subject_user_id from public.concerns c
            where c.organisation_id = here and c.subject_user_id is not null
            union
            select c.id, c.subject_name || ', ' || c.subject_work, m.user_id from public.concerns c
            cross join lateral (select sec.roles_meant(c.subject_work) as roles offset 0) r
            join public.memberships m on m.organisation_id = here and m.kind = 'person' and m.roles && r.roles
            where c.organisation_id = here and c.subject_work <> '' and not exists (
                select from public.exclusions x where x.organisation_id = here and x.concern_id = c.id)
        )
        select t.id, min(t.typed), t.user_id from meant t
        join public.memberships m on m.organisation_id = here and m.user_id = t.user_id and m.kind = 'person'
            and m.state = 'active'
        where not exists (
            select from public.exclusions x
            where x.organisation_id = here and x.concern_id = t.id and x.user_id = t.user_id)
        group by t.id, t.user_id;
end
$$;

-- Incidents to look at again, for whoever acts now: of the next `most` before a moment, those that may be about somebody
-- here, and as the last row where those end if there are more; or of those that are `asked` for. Whom one may mean is
-- told of none of it; whoever handles incidents decides about the others, and whoever keeps the vault about those that may
-- mean each who does.
create or replace function public.list_incidents_to_look_at(before timestamptz, before_id uuid, most integer, asked uuid[])
    returns table (id uuid, reference text, recorded_at timestamptz, said text, user_id uuid, name text, theirs boolean)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    me uuid := sec.current_user_id();
    hidden uuid[] := sec.hidden_incidents();
    handles boolean;
    handlers uuid[];
    looked uuid[];
    last record;
begin
    handlers := array(
        select m.user_id from public.memberships m join public.users u on u.id = m.user_id and u.disabled_at is null
        where m.organisation_id = here and m.state = 'active' and m.kind = 'person'
            and sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && array['lead', 'deputy']);
    handles := me = any (handlers);
    if me is null or not (handles or sec.keeps_vault_as(here, me)) then
        return;
    end if;
    looked := asked[1:most];
    if looked is null then
        looked := array(
            select i.id from public.incidents i
            where i.organisation_id = here and (before is null or (i.recorded_at, i.id) < (before, before_id))
            order by i.recorded_at desc, i.id desc limit most);
    end if;
    return query
        with meant as materialized (
            select t.incident_id, t.said, t.user_id from sec.meant_in_incidents(here, looked) t
        )
        select i.id, i.reference, i.recorded_at, t.said, t.user_id, m.name, handles
        from meant t
        join public.incidents i on i.organisation_id = here and i.id = t.incident_id and i.id <> all (hidden)
        join public.memberships m on m.organisation_id = here and m.user_id = t.user_id
        where not exists (
                select from meant o where o.incident_id = t.incident_id and o.user_id = any (sec.eyes(here, me)))
            and (handles or not exists (
                select from unnest(handlers) h
                where h not in (select o.user_id from meant o where o.incident_id = t.incident_id)
                    and t.incident_id <> all (sec.hidden_incidents_of(here, h))))
        order by i.recorded_at desc, i.id desc, m.name, t.user_id;
    if asked is null and cardinality(looked) = most then
        select i.id, i.recorded_at into last from public.incidents i
        where i.organisation_id = here and i.id = looked[most];
        return query select last.id, '', last.recorded_at, '', null::uuid, '', false;
    end if;
end
$$;

-- Concerns likewise, for whoever keeps the vault.
create or replace function public.list_concerns_to_look_at()
    returns table (id uuid, reference text, recorded_at timestamptz, said text, user_id uuid, name text, theirs boolean)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    me uuid := sec.current_user_id();
    hidden uuid[] := sec.hidden_concerns();
begin
    if me is null or not sec.keeps_vault_as(here, me) then
        return;
    end if;
    return query
        with meant as materialized (select t.concern_id, t.said, t.user_id from sec.meant_in_concerns(here) t)
        select c.id, c.reference, c.raised_at, t.said, t.user_id, m.name, true
        from meant t
        join public.concerns c on c.organisation_id = here and c.id = t.concern_id and c.id <> all (hidden)
        join public.memberships m on m.organisation_id = here and m.user_id = t.user_id
        where not exists (
            select from meant o where o.concern_id = t.concern_id and o.user_id = any (sec.eyes(here, me)))
        order by c.raised_at desc, c.id desc, m.name, t.user_id
        limit 100;
end
$$;

revoke all on function sec.members_named(uuid, text[]), sec.meant_in_incidents(uuid, uuid[]), sec.meant_in_concerns(uuid),
    public.list_incidents_to_look_at(timestamptz, uuid, integer, uuid[]), public.list_concerns_to_look_at() from public;
grant execute on function public.list_incidents_to_look_at(timestamptz, uuid, integer, uuid[]),
    public.list_concerns_to_look_at() to safeguard_app;

reset role;
