-- Traces that a hidden incident leaves beside itself: people who were put on the list because of it, and alerts about
-- somebody with an account.

set local role safeguard_definer;

-- People of the directory whom the reader cannot have met elsewhere: recorded with an incident that is hidden from them
-- (its own moment is the earlier one) or since, tied to it, and to none that they may know of. Empty, at no cost,
-- where nothing is hidden.
create or replace function sec.hidden_people() returns uuid[]
    language plpgsql stable parallel restricted security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.current_organisation();
    hidden uuid[] := sec.hidden_incidents();
begin
    if hidden = '{}' then
        return '{}';
    end if;
    return array(
        select p.id from public.people p
        join public.incident_people n on n.organisation_id = here and n.person_id = p.id and n.incident_id = any (hidden)
        join public.incidents i on i.organisation_id = here and i.id = n.incident_id
        where p.organisation_id = here and p.recorded_at >= i.recorded_at and not exists (
            select from public.incident_people o
            where o.organisation_id = here and o.person_id = p.id and o.incident_id <> all (hidden))
        group by p.id order by 1);
end
$$;

-- Whether an account may mean a member: by their address, by the account before the @ or behind the domain, or by a name.
-- A product knows people by what they sign in with, and rarely by their full name.
create or replace function sec.account_means(typed text, name text, address text) returns boolean
    language plpgsql immutable parallel safe
    set search_path = pg_catalog, pg_temp
as $$
declare
    account text := lower(btrim(regexp_replace(coalesce(typed, ''), '^.*\\', '')));
    letters text := regexp_replace(split_part(account, '@', 1), '[^[:alpha:]]', '', 'g');
    words text[];
    first text;
    last text;
begin
    if account = '' or address = '' then  -- an account that was disposed of has no address any more
        return false;
    end if;
    if split_part(lower(address), '@', 1) = split_part(account, '@', 1) then
        return true;
    end if;
    words := sec.name_parts(name);
    first := words[1];
    last := words[cardinality(words)];
    -- Accounts as directories make them of a name: morgan.hale, mhale, m.hale, hale.morgan, halem.
    return coalesce(length(letters) > 2 and cardinality(words) > 1 and letters in (
                first || last, left(first, 1) || last, last || first, last || left(first, 1), first || left(last, 1))
            -- Of one word it has to be the surname: a given name alone is a pupil's as often.
            or case when account ~ '^[[:alnum:]]+$' then account = last or (sec.name_parts(account))[1] = last
                else sec.names_agree(account, name) and (
                    cardinality(sec.name_parts(account)) > 1 or (sec.name_parts(account))[1] = last) end, false);
end
$$;

-- The members whom an account may mean, also those whose account is off for now. An address that is somebody's means
-- nobody else; where two may be meant, both are: whoever has to look is found among the others.
create or replace function sec.accounts_meant(here uuid, typed text) returns uuid[]
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    account text := lower(btrim(regexp_replace(coalesce(typed, ''), '^.*\\', '')));
    found_users uuid[];
begin
    if account = '' then
        return '{}';
    end if;
    found_users := array(
        select m.user_id from public.memberships m
        where m.organisation_id = here and m.kind = 'person' and lower(m.email) = account
        order by 1);
    if found_users = '{}' then
        found_users := array(
            select m.user_id from public.memberships m
            where m.organisation_id = here and m.kind = 'person' and exists (
                select from unnest(m.former_names || m.name) n (name) where sec.account_means(typed, n.name, m.email))
            order by 1);
    end if;
    return found_users;
end
$$;

-- Somebody joins, or takes a name or an address, that an alert of the last year has given before: those that wait, and
-- what is still looked at of the others. Each account that they name is compared once, however many there are of it.
create or replace function sec.keep_alerts_from() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    meant text[];
begin
    meant := array(
        with named as materialized (  -- else each alert is compared, and not each account
            select distinct a.user_name as account from public.alerts a
            where a.organisation_id = new.organisation_id and a.user_name <> ''
                and (a.state = 'new' or a.received_at > sec.clock() - interval '1 year'))
        select n.account from named n where sec.account_means(n.account, new.name, new.email));
    if meant <> '{}' then
        update public.alerts a set kept_from = a.kept_from || new.user_id
        where a.organisation_id = new.organisation_id and a.user_name = any (meant) and new.user_id <> all (a.kept_from);
        if found then
            perform sec.give_alerts_onward(new.organisation_id);
        end if;
    end if;
    return null;
end
$$;

-- Alerts that wait and that nobody who handles incidents may know of any more go to the vault: asked of the organisation's
-- own job, which looks again, and whose first look is the next one, because nobody rings for what a database asks.
create or replace function sec.give_alerts_onward(here uuid) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    moment timestamptz := sec.clock();
    handlers uuid[];
begin
    handlers := array(
        select m.user_id from public.memberships m join public.users u on u.id = m.user_id and u.disabled_at is null
        where m.organisation_id = here and m.state = 'active' and m.kind = 'person'
            and sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && array['lead', 'deputy']);
    insert into jobs.job (organisation_id, id, kind, subject_id, key, run_at, created_at, rung_at)
    select here, gen_random_uuid(), 'notice.alert_onward', a.id, 'kept ' || a.id || ' ' || moment, moment, moment,
        moment - interval '1 minute'
    from public.alerts a
    where a.organisation_id = here and a.state = 'new' and a.onward_at is null and a.kept_from <> '{}'
        and handlers <@ a.kept_from
    on conflict do nothing;
end
$$;

-- Somebody who could have looked leaves, or handles incidents no more.
create or replace function sec.give_alerts_on_leaving() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.give_alerts_onward(new.organisation_id);
    return null;
end
$$;

-- The same for whoever files an alert. To how many that says something is nobody's to read but the database's.
create or replace function public.accounts_named(typed text) returns uuid[]
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return sec.accounts_meant(sec.own_organisation(), typed);
end
$$;

-- squawk-ignore ban-drop-function
drop function if exists public.account_named(text);

revoke all on function sec.hidden_people(), sec.account_means(text, text, text),
    sec.accounts_meant(uuid, text), sec.keep_alerts_from(), sec.give_alerts_onward(uuid), sec.give_alerts_on_leaving(),
    public.accounts_named(text) from public;
grant execute on function sec.keep_alerts_from(), sec.give_alerts_on_leaving() to safeguard_owner;
grant execute on function sec.hidden_people() to safeguard_app, safeguard_owner, safeguard_search;
grant execute on function public.accounts_named(text) to safeguard_app;

reset role;

create or replace trigger keep_alerts_joined after insert on public.memberships
    for each row when (new.kind = 'person') execute function sec.keep_alerts_from();
create or replace trigger keep_alerts_renamed after update of name, email on public.memberships
    for each row when (new.kind = 'person' and (new.name, new.email) is distinct from (old.name, old.email))
    execute function sec.keep_alerts_from();

create or replace trigger give_alerts_on_leaving after update of state, roles, deputy_from, deputy_until
    on public.memberships
    for each row when (new.kind = 'person' and old.roles && array['lead', 'deputy']
        and (new.state, new.roles, new.deputy_from, new.deputy_until)
            is distinct from (old.state, old.roles, old.deputy_from, old.deputy_until))
    execute function sec.give_alerts_on_leaving();

select sec.restrict('public.people', 'app_not_met', 'all', 'id <> all ((select sec.hidden_people())::uuid[])');
select sec.restrict('public.' || t, 'app_of_those_met', 'all',
                    'person_id is null or person_id <> all ((select sec.hidden_people())::uuid[])')
from unnest(array['roster_links', 'roster_rows', 'access_requests', 'record_holds', 'record_dates', 'disagreements']) t;
-- What a request's working copy holds of them, and of anything else that is kept from the reader.
select sec.restrict('public.access_items', 'app_source_not_hidden', 'all',
                    'source_id <> all ((select sec.hidden_objects())::uuid[])');
