-- Whoever is alleged to have harmed, and has an account, must not learn that the record exists.
--
-- A RESTRICTIVE policy `app_not_hidden` stands on every table that hangs on an incident, and beats every role. What it
-- asks is asked once for each statement, along an index, and is empty for nearly everybody: the plans stay as they were.
-- Functions that run with another's rights pass these policies by, and leave out `sec.hidden_incidents()` themselves.

set local role safeguard_definer;

-- Whose eyes these are: a person's own; and for a token also those of the person who answers for it.
create or replace function sec.eyes(organisation uuid, person uuid) returns uuid[]
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select person || array(
        select t.sponsor_id from public.tokens t
        where t.organisation_id = organisation and t.user_id = person and t.sponsor_id is not null)
$$;

-- Whether this person broke the glass, with somebody's agreement, within the hour.
create or replace function sec.glass_is_broken(organisation uuid, person uuid) returns boolean
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from public.broken_glass g
        where g.organisation_id = organisation and g.user_id = person and g.until > sec.clock() and g.ended_at is null)
$$;

-- Incidents that are kept to a list on which `person` does not stand.
-- A list on which nobody is left who could take care of it holds nobody back: a record must never be out of all reach.
-- Whoever is kept from it themselves, as the one whom it is about, takes care of nothing, and nor does a shut account.
create or replace function sec.kept_to_others(organisation uuid, person uuid) returns uuid[]
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select array(
        select c.incident_id from public.confinements c
        where c.organisation_id = organisation and c.ended_at is null
            and not exists (
                select from public.confidants k
                where k.organisation_id = organisation and k.incident_id = c.incident_id and k.user_id = person
                    and k.ended_at is null)
            and exists (
                select from public.confidants k
                join public.memberships m on m.organisation_id = organisation and m.user_id = k.user_id
                join public.users u on u.id = k.user_id and u.disabled_at is null
                where k.organisation_id = organisation and k.incident_id = c.incident_id and k.ended_at is null
                    and m.state = 'active'
                    and sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && array['lead', 'deputy']
                    and not exists (
                        select from public.exclusions x
                        where x.organisation_id = organisation and x.incident_id = c.incident_id
                            and x.user_id = any (sec.eyes(organisation, k.user_id)) and x.lifted_at is null)));
$$;

-- Incidents that `person` must not know of: those that exclude them, and those kept to a list that does not name them,
-- but for the hour in which they read these through the glass.
create or replace function sec.hidden_incidents_of(organisation uuid, person uuid) returns uuid[]
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    whose uuid[] := sec.eyes(organisation, person);
begin
    return array(
        select x.incident_id from public.exclusions x
        where x.organisation_id = organisation and x.user_id = any (whose) and x.lifted_at is null
            and x.incident_id is not null
        union
        select k from unnest(sec.kept_to_others(organisation, person)) k
        where not sec.glass_is_broken(organisation, person)
        union
        -- A pastoral member reads what is assigned to them, and nothing that is restricted but their own report.
        select i.id from public.incidents i
        where i.organisation_id = organisation and i.restricted_at is not null
            and i.recorded_by is distinct from person
            and exists (
                select from public.memberships m
                where m.organisation_id = organisation and m.user_id = person and 'pastoral' = any (m.roles)
                    and not sec.roles_held(m.roles, m.deputy_from, m.deputy_until)
                        && array['lead', 'deputy', 'head'])
        order by 1);
end
$$;

-- The same for whoever acts now. The system itself, at work in the organisation, may know of everything.
-- Whatever hides an incident has marked it first (`mark_restricted`), so where no mark stands nothing more is asked.
create or replace function sec.hidden_incidents() returns uuid[]
    language plpgsql stable parallel restricted security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    parts text[] := sec.verified_context();
begin
    if parts[2] = '' or not exists (
        select from public.incidents i
        where i.organisation_id = parts[1]::uuid and i.restricted_at is not null) then
        return '{}';
    end if;
    return sec.hidden_incidents_of(parts[1]::uuid, parts[2]::uuid);
end
$$;

-- Incidents that whoever acts now sees through the glass alone: to read, and never to write.
create or replace function sec.only_read_incidents() returns uuid[]
    language plpgsql stable parallel restricted security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    parts text[] := sec.verified_context();
begin
    if parts[2] = '' or not sec.glass_is_broken(parts[1]::uuid, parts[2]::uuid) then
        return '{}';
    end if;
    return sec.kept_to_others(parts[1]::uuid, parts[2]::uuid);
end
$$;

-- Of these people, those who may be told of an incident: for whoever sends word of it to several.
create or replace function sec.who_may_know(incident uuid, people uuid[]) returns uuid[]
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    organisation uuid := sec.current_organisation();
begin
    return array(select p from unnest(people) p where incident <> all (sec.hidden_incidents_of(organisation, p)));
end
$$;

-- Which log hears of an incident: the restricted one from the moment that it first excluded anybody.
create or replace function sec.log_of_incident(incident uuid) returns text
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return case when exists (
        select from public.incidents i
        where i.organisation_id = sec.current_organisation() and i.id = incident and i.restricted_at is not null)
        then 'restricted' else 'general' end;
end
$$;

-- Whether somebody stands on the list of people because of restricted incidents alone: put there since, and tied to no
-- other. Whoever must not know of the incident does not meet them (88_traces.sql), so what becomes of them is not theirs
-- to read either.
create or replace function sec.person_is_kept(organisation uuid, person uuid) returns boolean
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select exists (
            select from public.people p
            join public.incident_people n on n.organisation_id = organisation and n.person_id = p.id
            join public.incidents i on i.organisation_id = organisation and i.id = n.incident_id
            where p.organisation_id = organisation and p.id = person and i.restricted_at is not null
                and p.recorded_at >= i.recorded_at)
        and not exists (
            select from public.incident_people n
            join public.incidents i on i.organisation_id = organisation and i.id = n.incident_id
            where n.organisation_id = organisation and n.person_id = person and i.restricted_at is null)
$$;

-- Whether a file that was sent holds a restricted incident, or is somebody's who is here because of one.
create or replace function sec.transfer_is_kept(organisation uuid, transfer uuid) returns boolean
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select exists (
            select from public.transfer_items x
            join public.incidents i on i.organisation_id = organisation and i.id = x.incident_id
            where x.organisation_id = organisation and x.transfer_id = transfer and i.restricted_at is not null)
        or exists (
            select from public.transfers t
            where t.organisation_id = organisation and t.id = transfer and t.person_id is not null
                and sec.person_is_kept(organisation, t.person_id))
$$;

-- Asked of everything that is about to be logged, whichever verb did it: is any of it about a restricted incident, about
-- somebody who is here because of one, about a member's request for what is kept about them, or about the vault? Then
-- the whole unit of work goes to the restricted log, also what excludes somebody just now.
create or replace function sec.is_restricted(organisation uuid, acts jsonb) returns boolean
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return acts is not null and exists (
        select from jsonb_array_elements(acts) a
        where starts_with(a ->> 'kind', 'concern')
            or a ->> 'kind' = 'incident' and exists (
                select from public.incidents i
                where i.organisation_id = organisation and i.id = (a ->> 'object')::uuid
                    and i.restricted_at is not null)
            or a ->> 'kind' = 'person' and sec.person_is_kept(organisation, (a ->> 'object')::uuid)
            or a ->> 'kind' = 'disagreement' and exists (
                select from public.disagreements d
                where d.organisation_id = organisation and d.id = (a ->> 'object')::uuid
                    and sec.person_is_kept(organisation, d.person_id))
            or a ->> 'kind' = 'transfer' and sec.transfer_is_kept(organisation, (a ->> 'object')::uuid)
            or a ->> 'kind' = 'improvement' and exists (
                select from public.improvements m
                join public.incidents i on i.organisation_id = organisation and i.id = m.origin_id
                where m.organisation_id = organisation and m.id = (a ->> 'object')::uuid
                    and i.restricted_at is not null)
            or a ->> 'kind' = 'access' and sec.request_is_kept(organisation, (a ->> 'object')::uuid)
            or a ->> 'kind' = 'approval' and exists (
                select from public.proposals p
                where p.organisation_id = organisation and p.id = (a ->> 'object')::uuid and p.act = 'access.release'
                    and sec.request_is_kept(organisation, p.subject_id)));
end
$$;

-- The vault is kept by the head and by whom the head named: they take care of what is in it. Never a service's token.
create or replace function sec.keeps_vault_as(organisation uuid, person uuid) returns boolean
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from public.memberships m
        where m.organisation_id = organisation and m.user_id = person and m.state = 'active' and m.kind = 'person'
            and ('head' = any (m.roles)
                 or exists (select from public.vault_people v
                            where v.organisation_id = organisation and v.user_id = person and v.ended_at is null)))
$$;

-- It is read by them, and for an hour by whoever broke the glass.
create or replace function sec.reads_vault_as(organisation uuid, person uuid) returns boolean
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select sec.keeps_vault_as(organisation, person) or sec.glass_is_broken(organisation, person) and exists (
        select from public.memberships m
        where m.organisation_id = organisation and m.user_id = person and m.state = 'active' and m.kind = 'person')
$$;

-- Whether whoever acts now sees the vault through the glass alone: to read, and never to write.
create or replace function sec.only_reads_vault() returns boolean
    language plpgsql stable parallel restricted security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    parts text[] := sec.verified_context();
begin
    return parts[2] <> '' and sec.glass_is_broken(parts[1]::uuid, parts[2]::uuid)
        and not sec.keeps_vault_as(parts[1]::uuid, parts[2]::uuid);
end
$$;

create or replace function sec.reads_vault() returns boolean
    language plpgsql stable parallel restricted security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    parts text[] := sec.verified_context();
begin
    if parts[2] = '' then
        return parts[3] <> 'public';  -- the system at work, and never whoever writes by the public page
    end if;
    return sec.reads_vault_as(parts[1]::uuid, parts[2]::uuid);
end
$$;

-- Concerns that whoever acts now must not know of, whatever their rights: those about themselves.
create or replace function sec.hidden_concerns() returns uuid[]
    language plpgsql stable parallel restricted security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    parts text[] := sec.verified_context();
begin
    if parts[2] = '' then
        return '{}';
    end if;
    return array(
        select x.concern_id from public.exclusions x
        where x.organisation_id = parts[1]::uuid and x.user_id = any (sec.eyes(parts[1]::uuid, parts[2]::uuid))
            and x.lifted_at is null and x.concern_id is not null
        order by 1);
end
$$;

-- Alerts whose account may mean whoever acts now (48_intake.sql).
create or replace function sec.hidden_alerts() returns uuid[]
    language plpgsql stable parallel restricted
    set search_path = pg_catalog, pg_temp
as $$
declare
    parts text[] := sec.verified_context();
begin
    if parts[2] = '' then
        return '{}';
    end if;
    return array(
        select a.id from public.alerts a
        where a.organisation_id = parts[1]::uuid and a.kept_from <> '{}'
            and a.kept_from && sec.eyes(parts[1]::uuid, parts[2]::uuid)
        order by 1);
end
$$;

-- What a restriction commits and logs also lies in `audit.documents` and `audit.objects`: every hidden record's ids.
-- Nearly every organisation has nothing to hide at all, and pages of the log ask this in each statement: that comes first.
create or replace function sec.hidden_objects() returns uuid[]
    language plpgsql stable parallel restricted security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    organisation uuid := sec.current_organisation();
    incidents uuid[];
    vault boolean;
    concerns uuid[];
    requests uuid[];
    alerts uuid[];
    hidden uuid[];
begin
    if sec.own_organisation() is null then
        return '{}';
    end if;
    requests := sec.hidden_requests();
    alerts := sec.hidden_alerts();
    if requests = '{}' and alerts = '{}' and not exists (
        select from public.incidents i where i.organisation_id = organisation and i.restricted_at is not null)
        and not exists (select from public.concerns c where c.organisation_id = organisation) then
        return '{}';
    end if;
    incidents := sec.hidden_incidents();
    vault := sec.reads_vault();
    concerns := sec.hidden_concerns();
    hidden := array(
        select i from unnest(incidents) i
        union all  -- a request for what is kept about them themselves
        select r from unnest(requests) r
        union all  -- an alert about them
        select a from unnest(alerts) a
        union all  -- whoever was put on the list of people because of one, and what they hold against it
        select p from unnest(sec.hidden_people()) p
        union all
        select d.id from public.disagreements d
        where d.organisation_id = organisation and d.person_id = any ((select sec.hidden_people())::uuid[])
        union all
        select e.id from public.entries e where e.organisation_id = organisation and e.incident_id = any (incidents)
        union all  -- a link that stands in an incident which they do know
        select e.id from public.entries e where e.organisation_id = organisation and e.linked_id = any (incidents)
        union all
        select named from public.referral_steps s, unnest(array[s.referral_id, s.outbox_id]) named
        where s.organisation_id = organisation and s.incident_id = any (incidents) and named is not null
        union all  -- a file that went with it
        select named from public.referral_files f, unnest(array[f.id, f.outbox_id]) named
        where f.organisation_id = organisation and f.incident_id = any (incidents) and named is not null
        union all  -- what arrived about it
        select b.id from public.referrals r
        join public.channel_inbox b on b.organisation_id = r.organisation_id and b.subject_id = r.id
        where r.organisation_id = organisation and r.incident_id = any (incidents)
        union all
        select c.id from public.concerns c
        where c.organisation_id = organisation and (not vault or c.id = any (concerns))
        union all
        select e.id from public.concern_entries e
        where e.organisation_id = organisation and (not vault or e.concern_id = any (concerns))
        union all  -- a file that was sent and holds one of them, what carried it, and what came back
        select named from public.transfers t
        left join public.channel_inbox b on b.organisation_id = t.organisation_id and b.subject_id = t.id,
            unnest(array[t.id, t.outbox_id, b.id]) named
        where t.organisation_id = organisation and named is not null
            and (t.person_id = any ((select sec.hidden_people())::uuid[]) or exists (
                select from public.transfer_items x
                where x.organisation_id = organisation and x.transfer_id = t.id and x.incident_id = any (incidents)))
        union all
        select a.id from public.attachments a
        where a.organisation_id = organisation and a.incident_id = any (incidents)
        union all  -- what was planned because of one
        select m.id from public.improvements m
        where m.organisation_id = organisation and m.origin_id = any (incidents)
        union all
        select k.id from public.packs k where k.organisation_id = organisation and k.incident_id = any (incidents)
        union all  -- what was asked about one of them of a second person
        select p.id from public.proposals p
        where p.organisation_id = organisation
            and (p.incident_id = any (incidents) or p.subject_id = any (requests)
                 or p.concern_id is not null and (not vault or p.concern_id = any (concerns))));
    if hidden = '{}' then
        return hidden;
    end if;
    return hidden || array(  -- the mail that tells of one of them
        select o.id from public.notices n
        join public.outbox o on o.organisation_id = organisation and o.notice_id = n.id
        where n.organisation_id = organisation and n.subject_id = any (hidden)
        union all
        select o.id from public.outbox o where o.organisation_id = organisation and o.about_id = any (hidden));
end
$$;

revoke all on function sec.eyes(uuid, uuid), sec.glass_is_broken(uuid, uuid), sec.hidden_incidents_of(uuid, uuid),
    sec.hidden_incidents(), sec.who_may_know(uuid, uuid[]), sec.log_of_incident(uuid), sec.reads_vault_as(uuid, uuid),
    sec.kept_to_others(uuid, uuid), sec.keeps_vault_as(uuid, uuid), sec.only_read_incidents(), sec.only_reads_vault(),
    sec.is_restricted(uuid, jsonb), sec.person_is_kept(uuid, uuid), sec.transfer_is_kept(uuid, uuid),
    sec.reads_vault(), sec.hidden_concerns(), sec.hidden_alerts(),
    sec.hidden_objects() from public;
grant execute on function sec.hidden_incidents() to safeguard_app, safeguard_owner, safeguard_search, safeguard_log;
grant execute on function sec.who_may_know(uuid, uuid[]), sec.log_of_incident(uuid), sec.reads_vault(),
    sec.hidden_concerns(), sec.hidden_objects() to safeguard_app, safeguard_owner;
grant execute on function sec.only_read_incidents(), sec.only_reads_vault() to safeguard_app, safeguard_owner;
grant execute on function sec.hidden_objects(), sec.is_restricted(uuid, jsonb) to safeguard_log;

reset role;

create or replace function sec.restrict(target regclass, name text, command text, condition text) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    execute format('drop policy if exists %I on %s', name, target);
    execute format('create policy %I on %s as restrictive for %s to safeguard_app using (%s)',
                   name, target, command, condition);
end
$$;

-- What is seen through the glass alone is not written: whoever tries is refused by the database, whatever the path.
create or replace function sec.keep_from_glass(target regclass, name text, command text, condition text) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    execute format('drop policy if exists %I on %s', name, target);
    execute format('create policy %I on %s as restrictive for %s to safeguard_app with check (%s)',
                   name, target, command, condition);
end
$$;

-- For every table that hangs on an incident; in the catalogue, `named=OF_INCIDENT`.
create or replace function sec.belongs_to_incident(target regclass, column_name text default 'incident_id') returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.restrict(target, 'app_not_hidden', 'all', format(
        '%1$I is null or %1$I <> all ((select sec.hidden_incidents())::uuid[])', column_name));
    perform sec.keep_from_glass(target, 'app_not_through_glass', 'all', format(
        '%1$I is null or %1$I <> all ((select sec.only_read_incidents())::uuid[])', column_name));
end
$$;

-- For every table that hangs on a concern. Anybody may raise one, and reads it only when the vault is open to them.
create or replace function sec.belongs_to_vault(target regclass, column_name text default 'concern_id') returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    condition text := format(
        '(select sec.reads_vault()) and %I <> all ((select sec.hidden_concerns())::uuid[])', column_name);
begin
    perform sec.restrict(target, 'app_in_vault', 'select', condition);
    perform sec.restrict(target, 'app_in_vault_changed', 'update', condition);
end
$$;

revoke all on function sec.restrict(regclass, text, text, text), sec.keep_from_glass(regclass, text, text, text),
    sec.belongs_to_incident(regclass, text),
    sec.belongs_to_vault(regclass, text) from public;
