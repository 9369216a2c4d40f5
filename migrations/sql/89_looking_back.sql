-- Records from before somebody was called so, held that post, or names were compared as they are now. The comparison of
-- today runs where something is written; on years of records it restricts nothing by itself, since a name alone is not
-- enough for that: what it finds is shown to whoever may decide, and to nobody whom it may mean.

select sec.isolate('public.looked_back', 'owned');
revoke all on public.looked_back from safeguard_app;
drop policy app_own on public.looked_back;
select sec.policy('public.looked_back', 'definer_all', 'all', 'safeguard_definer', 'true');
grant select, insert, update on public.looked_back to safeguard_definer;

set local role safeguard_definer;

-- Which words are nearly the same, as close as `sec.nearly` ever lets two be: each word of thousands of names is held
-- against each word of everybody's once, and only who shares such a word is looked at closely.
create or replace function sec.words_near(said text[], known text[]) returns table (word text, own text)
    language sql immutable
    set search_path = pg_catalog, pg_temp
as $$
    select s.word, k.word
    from (select distinct left(w, 60) as word from unnest(said) w offset 0) s
    join (select distinct left(w, 60) as word from unnest(known) w offset 0) k
        on abs(length(s.word) - length(k.word)) <= 2 and public.levenshtein_less_equal(s.word, k.word, 2) <= 2
$$;

-- Of some names those members whom they name, or whose post they are, as `sec.names_agree` says.
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
        ), near as materialized (
            select n.word, n.own from sec.words_near(
                array(select unnest(t.words) from typed t), array(select unnest(k.words) from known k)) n
        ), alike as materialized (
            select distinct t.name, t.words, k.user_id, k.name as known, k.words as own from typed t
            cross join lateral unnest(t.words) w (word) join near n on n.word = left(w.word, 60)
            join (select m.*, left(own, 60) as word from known m cross join lateral unnest(m.words) own) k on k.word = n.own
        )
        select a.name, a.user_id, false, bool_or(a.words = a.own) from alike a
        where sec.names_agree(a.name, a.known)
        group by a.name, a.user_id
        union
        select t.name, m.user_id, true, true from typed t
        cross join lateral (select sec.roles_named(here, t.name) as roles offset 0) r
        join public.memberships m on m.organisation_id = here and m.kind = 'person' and m.email <> ''
            and m.roles && r.roles
        where r.roles <> '{}';
end
$$;

-- Whether somebody who belongs here reads a record on: they were never kept from it, and nobody said, with a reason, that
-- they may know or that another is meant.
create or replace function sec.reads_on(here uuid, incident uuid, concern uuid, person uuid) returns boolean
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select exists (
            select from public.memberships m
            where m.organisation_id = here and m.user_id = person and m.kind = 'person' and m.state = 'active')
        and not exists (
            select from public.exclusions x
            where x.organisation_id = here and x.user_id = person
                and (x.incident_id = incident or x.concern_id = concern))
$$;

-- Whom these incidents would be kept from if they were written today, and are not; and by what: the name that
-- stands there, a post, an account, or the record of somebody of the list of people.
-- squawk-ignore ban-drop-function
drop function if exists sec.meant_in_incidents(uuid, uuid[]);
create or replace function sec.meant_in_incidents(here uuid, wanted uuid[])
    returns table (incident_id uuid, said text, user_id uuid, told_by text)
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
            select c.incident_id, c.typed, k.user_id, case when k.as_post then 'post' else 'name' end as told_by
            from called c join named k on k.said = c.said
            where (not k.as_post or not exists (  -- it meant whoever held the post then, and not who followed them
                    select from public.exclusions x where x.organisation_id = here and x.incident_id = c.incident_id))
                and (k.in_full or k.user_id not in (  -- of whoever was harmed in it a part of a name means another
                    select h from sec.harmed_in(here, c.incident_id) h where h is not null))
            union
            select a.incident_id, a.name, p.user_id, 'record' from alleged a
            cross join lateral sec.accounts_of_person(here, a.person_id) p (user_id) where a.person_id is not null
            union
            select a.incident_id, a.name, p.user_id, 'account' from alleged a
            cross join lateral unnest(sec.accounts_meant(here, a.name)) p (user_id)
            where a.kind <> 'child' and sec.is_account(a.name)
        )
        select t.incident_id, min(t.typed), t.user_id, min(t.told_by) from meant t
        where sec.reads_on(here, t.incident_id, null, t.user_id)
        group by t.incident_id, t.user_id;
end
$$;

-- The same of concerns about staff: of these, or of all.
-- squawk-ignore ban-drop-function
drop function if exists sec.meant_in_concerns(uuid);
create or replace function sec.meant_in_concerns(here uuid, wanted uuid[])
    returns table (concern_id uuid, said text, user_id uuid, told_by text)
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
        with asked as materialized (
            select c.id, c.subject_name, c.subject_work, c.subject_user_id, exists (
                select from public.exclusions x where x.organisation_id = here and x.concern_id = c.id) as kept
            from public.concerns c where c.organisation_id = here and (wanted is null or c.id = any (wanted))
        ), named as materialized (
            select k.said, k.user_id, k.as_post
            from sec.members_named(here, array(select a.subject_name from asked a)) k
        ), meant as (  -- a post meant whoever held it then, and not who followed them
            select a.id, a.subject_name as typed, k.user_id, case when k.as_post then 'post' else 'name' end as told_by
            from asked a join named k on k.said = a.subject_name where not (k.as_post and a.kept)
            union
            select a.id, a.subject_name, a.subject_user_id, 'account' from asked a where a.subject_user_id is not null
            union
            select a.id, a.subject_name, p.user_id, 'account' from asked a
            cross join lateral unnest(sec.accounts_meant(here, a.subject_name)) p (user_id)
            where sec.is_account(a.subject_name)
            union
            select a.id, a.subject_name || ', ' || a.subject_work, m.user_id, 'post' from asked a
            cross join lateral (select sec.roles_meant(a.subject_work) as roles offset 0) r
            join public.memberships m on m.organisation_id = here and m.kind = 'person' and m.roles && r.roles
            where a.subject_work <> '' and not a.kept
        )
        select t.id, min(t.typed), t.user_id, min(t.told_by) from meant t
        where sec.reads_on(here, null, t.id, t.user_id)
        group by t.id, t.user_id;
end
$$;

-- Who handles incidents at this moment.
create or replace function sec.handling_now(here uuid) returns uuid[]
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select array(
        select m.user_id from public.memberships m join public.users u on u.id = m.user_id and u.disabled_at is null
        where m.organisation_id = here and m.state = 'active' and m.kind = 'person'
            and sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && array['lead', 'deputy'])
$$;

-- Of incidents and those whom each may mean: which of them somebody of these handlers may see to, being neither meant nor
-- kept from it. The others are for whoever keeps the vault.
create or replace function sec.left_to_handlers(here uuid, handlers uuid[], found uuid[], members uuid[]) returns uuid[]
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    with pairs as materialized (select p.id, p.user_id from unnest(found, members) p (id, user_id)),
    kept as materialized (
        select h.user_id, k.id from unnest(handlers) h (user_id)
        cross join lateral unnest(sec.hidden_incidents_of(here, h.user_id)) k (id))
    select array(
        select distinct p.id from pairs p where exists (
            select from unnest(handlers) h (user_id)
            where not exists (select from pairs o where o.id = p.id and o.user_id = h.user_id)
                and not exists (select from kept k where k.id = p.id and k.user_id = h.user_id)))
$$;

-- Incidents to look at again, for whoever acts now: of the next `most` before a moment, those that may be about somebody
-- here, and as the last row where those end if there are more; or of those that are `asked` for. Whom one may mean is
-- told of none of it; whoever handles incidents decides about the others, and whoever keeps the vault about those that may
-- mean each who does. This release always asks for some; the one before it, beside which it may run, compares a thousand.
-- squawk-ignore ban-drop-function
drop function if exists public.list_incidents_to_look_at(timestamptz, uuid, integer, uuid[]);
create or replace function public.list_incidents_to_look_at(before timestamptz, before_id uuid, most integer, asked uuid[])
    returns table (
        id uuid, reference text, recorded_at timestamptz, said text, user_id uuid, name text, theirs boolean,
        told_by text)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    me uuid := sec.current_user_id();
    hidden uuid[] := sec.hidden_incidents();
    handlers uuid[] := sec.handling_now(here);
    handles boolean := me = any (handlers);
    mine uuid[];
    looked uuid[];
    last record;
begin
    if me is null or not (handles or sec.keeps_vault_as(here, me)) then
        return;
    end if;
    mine := sec.eyes(here, me);
    looked := asked[1:most];
    if looked is null then
        looked := array(
            select i.id from public.incidents i
            where i.organisation_id = here and (before is null or (i.recorded_at, i.id) < (before, before_id))
                and i.id <> all (hidden)  -- else where a page ends would tell of them
            order by i.recorded_at desc, i.id desc limit most);
    end if;
    return query
        with meant as materialized (
            select t.* from sec.meant_in_incidents(here, looked) t
        ), others as materialized (
            select case when handles then '{}' else sec.left_to_handlers(
                here, handlers, array_agg(t.incident_id), array_agg(t.user_id)) end as ids from meant t
        )
        select i.id, i.reference, i.recorded_at, t.said, t.user_id, m.name, handles, t.told_by
        from meant t
        join public.incidents i on i.organisation_id = here and i.id = t.incident_id and i.id <> all (hidden)
        join public.memberships m on m.organisation_id = here and m.user_id = t.user_id
        where not exists (select from meant o where o.incident_id = t.incident_id and o.user_id = any (mine))
            and t.incident_id <> all ((select o.ids from others o)::uuid[])
        order by i.recorded_at desc, i.id desc, m.name, t.user_id;
    if asked is null and cardinality(looked) = most then
        select i.id, i.recorded_at into last from public.incidents i
        where i.organisation_id = here and i.id = looked[most];
        return query select last.id, '', last.recorded_at, '', null::uuid, '', false, '';
    end if;
end
$$;

-- Concerns likewise, for whoever keeps the vault: the latest hundred, or of those that are `asked` for.
-- squawk-ignore ban-drop-function
drop function if exists public.list_concerns_to_look_at();
create or replace function public.list_concerns_to_look_at(asked uuid[] default null)
    returns table (
        id uuid, reference text, recorded_at timestamptz, said text, user_id uuid, name text, theirs boolean,
        told_by text)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    me uuid := sec.current_user_id();
    hidden uuid[] := sec.hidden_concerns();
    mine uuid[];
begin
    if me is null or not sec.keeps_vault_as(here, me) then
        return;
    end if;
    mine := sec.eyes(here, me);
    return query
        with meant as materialized (select t.* from sec.meant_in_concerns(here, asked) t)
        select c.id, c.reference, c.raised_at, t.said, t.user_id, m.name, true, t.told_by
        from meant t
        join public.concerns c on c.organisation_id = here and c.id = t.concern_id and c.id <> all (hidden)
        join public.memberships m on m.organisation_id = here and m.user_id = t.user_id
        where not exists (
            select from meant o where o.concern_id = t.concern_id and o.user_id = any (mine))
        order by c.raised_at desc, c.id desc, m.name, t.user_id
        limit 100;
end
$$;

-- By what names are compared now: another release may compare them otherwise.
create or replace function sec.comparison() returns text
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select md5(string_agg(p.prosrc, '|' order by p.proname, p.oid)) from pg_proc p
    where p.pronamespace = 'sec'::regnamespace and p.proname in (
        'names_agree', 'named_among', 'nearly', 'name_parts', 'names_of_record', 'roles_named', 'roles_meant',
        'account_means', 'accounts_meant', 'is_account', 'story')
$$;

-- Organisations in which nobody looked since names are compared as they are now, or for a week: their ids alone.
create or replace function public.list_organisations_to_look_through(most integer) returns table (id uuid)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    now_compared text := sec.comparison();
begin
    perform sec.require_schedule();
    return query
        select o.id from public.organisations o
        left join public.looked_back b on b.organisation_id = o.id
        where o.state = 'active' and (b.finished_at is null or b.compared <> now_compared
            or b.finished_at < sec.clock() - interval '7 days'
            or greatest(cardinality(b.incidents), cardinality(b.concerns)) >= 1000  -- there may be more than were kept
                and b.finished_at < sec.clock() - interval '1 day')
            and not exists (  -- one that is under way is not begun beside itself
                select from jobs.job j
                where j.organisation_id = o.id and j.kind = 'again.gather' and j.state in ('queued', 'running'))
        order by b.finished_at nulls first, o.id limit most;
end
$$;

-- The next `most` incidents are looked through for the organisation's own job, and whether there are more. What is found
-- is kept as ids, the latest thousand of them, that nobody reads: pages ask for the next few, and each is looked at again
-- before it is shown or counted. Of more than a thousand the rest are found when some of these are decided. An alert is not
-- a record of what anybody did: whoever its account may mean is kept from it as from one that comes today.
create or replace function public.gather_to_look_at(most integer) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    spot public.looked_back;
    looked uuid[];
    further boolean;
begin
    if sec.current_purpose() <> 'job' then
        raise exception 'records are looked through by the organisation''s own job' using errcode = '42501';
    end if;
    insert into public.looked_back (organisation_id) values (here) on conflict do nothing;
    select b.* into spot from public.looked_back b where b.organisation_id = here for update;
    if spot.reached_at is null then
        perform sec.keep_alerts_anew(here);
        select coalesce(array_agg(t.concern_id), '{}'), coalesce(array_agg(t.user_id), '{}')
        into spot.concerns, spot.concern_members
        from (select f.concern_id, f.user_id from sec.meant_in_concerns(here, null) f
              join public.concerns c on c.organisation_id = here and c.id = f.concern_id
              order by c.raised_at desc, f.concern_id desc, f.user_id limit 1000) t;
        spot.compared := sec.comparison();
    end if;
    looked := array(
        select i.id from public.incidents i
        where i.organisation_id = here
            and (spot.reached_at is null or (i.recorded_at, i.id) < (spot.reached_at, spot.reached_id))
        order by i.recorded_at desc, i.id desc limit most);
    select coalesce(array_agg(t.incident_id), '{}'), coalesce(array_agg(t.user_id), '{}')
    into spot.incidents, spot.incident_members
    from (
        select u.incident_id, u.user_id from (
            select k.incident_id, k.user_id from unnest(spot.incidents, spot.incident_members) k (incident_id, user_id)
            where k.incident_id <> all (looked) and sec.reads_on(here, k.incident_id, null, k.user_id)
            union
            select f.incident_id, f.user_id from sec.meant_in_incidents(here, looked) f) u
        join public.incidents i on i.organisation_id = here and i.id = u.incident_id
        order by i.recorded_at desc, u.incident_id desc, u.user_id limit 1000) t;
    further := cardinality(looked) = most;
    if further then
        select i.recorded_at, i.id into spot.reached_at, spot.reached_id from public.incidents i
        where i.organisation_id = here and i.id = looked[most];
    end if;
    update public.looked_back b set
        incidents = spot.incidents, incident_members = spot.incident_members,
        concerns = spot.concerns, concern_members = spot.concern_members, compared = spot.compared,
        reached_at = case when further then spot.reached_at end,
        reached_id = case when further then spot.reached_id end,
        finished_at = case when further then b.finished_at else sec.clock() end
    where b.organisation_id = here;
    return further;
end
$$;

-- Of some accounts those members whom each may mean, as `sec.accounts_meant` says of one.
create or replace function sec.accounts_named(here uuid, accounts text[]) returns table (account text, user_id uuid)
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
        with typed as materialized (
            select d.said, d.account, regexp_replace(split_part(d.account, '@', 1), '[^[:alpha:]]', '', 'g') as letters,
                split_part(d.account, '@', 1) as local, sec.name_parts(d.account) as words
            from (select s.said, lower(btrim(regexp_replace(s.said, '^.*\\', ''))) as account
                  from (select distinct unnest(accounts) as said) s where s.said is not null) d
            where d.account <> ''
        ), known as materialized (
            select m.user_id, c.name, m.email, sec.name_parts(c.name) as words from public.memberships m
            cross join lateral (select m.name union select f from unnest(m.former_names) f) c (name)
            where m.organisation_id = here and m.kind = 'person'
        ), owned as materialized (
            select t.said, m.user_id from typed t join public.memberships m
                on m.organisation_id = here and m.kind = 'person' and lower(m.email) = t.account
        ), near as materialized (
            select n.word, n.own from sec.words_near(
                array(select unnest(t.words) from typed t), array(select unnest(k.words) from known k)) n
        ), candidates as (
            select t.said, k.user_id, k.name, k.email from typed t join known k on split_part(lower(k.email), '@', 1) = t.local
            union
            select t.said, k.user_id, k.name, k.email from known k
            cross join lateral (select k.words[1] as first, k.words[cardinality(k.words)] as last) w
            cross join lateral unnest(array[
                w.first || w.last, left(w.first, 1) || w.last, w.last || w.first, w.last || left(w.first, 1),
                w.first || left(w.last, 1)]) made
            join typed t on t.letters = made
            union
            select t.said, k.user_id, k.name, k.email from typed t
            cross join lateral unnest(t.words) w (word) join near n on n.word = left(w.word, 60)
            join (select m.*, left(own, 60) as word from known m cross join lateral unnest(m.words) own) k on k.word = n.own
        )
        select o.said, o.user_id from owned o
        union
        select c.said, c.user_id from candidates c
        where not exists (select from owned o where o.said = c.said) and sec.account_means(c.said, c.name, c.email);
end
$$;

-- Alerts that wait, and those of the last year, are kept from everybody whom their account may mean as it is compared now.
create or replace function sec.keep_alerts_anew(here uuid) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    with named as materialized (
        select distinct a.user_name as account from public.alerts a
        where a.organisation_id = here and a.user_name <> ''
            and (a.state = 'new' or a.received_at > sec.clock() - interval '1 year')
    ), meant as materialized (
        select n.account, array_agg(n.user_id) as users
        from sec.accounts_named(here, array(select a.account from named a)) n group by n.account
    )
    update public.alerts a set kept_from = array(select unnest(a.kept_from) union select unnest(t.users))
    from meant t
    where a.organisation_id = here and a.user_name = t.account and not t.users <@ a.kept_from;
    if found then
        perform sec.give_alerts_onward(here);
    end if;
end
$$;

-- What was gathered of incidents that whoever acts now may decide about: nothing that may mean them, or that they are
-- kept from, and nothing that somebody decided meanwhile.
create or replace function sec.gathered_incidents(here uuid, me uuid) returns uuid[]
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    spot public.looked_back;
    hidden uuid[];
    handlers uuid[];
    handles boolean;
begin
    select b.* into spot from public.looked_back b where b.organisation_id = here;
    if me is null or not found or spot.incidents = '{}' then
        return '{}';
    end if;
    handlers := sec.handling_now(here);
    handles := me = any (handlers);
    if not (handles or sec.keeps_vault_as(here, me)) then
        return '{}';
    end if;
    hidden := sec.hidden_incidents();
    return (
        with pairs as materialized (
            select k.id, k.user_id from unnest(spot.incidents, spot.incident_members) k (id, user_id)
            where k.id <> all (hidden)
        ), mine as materialized (
            select distinct p.id from pairs p where p.user_id = any (sec.eyes(here, me))
        ), standing as materialized (  -- as `sec.reads_on` says, of all at once
            select p.id, p.user_id from pairs p
            join public.memberships m on m.organisation_id = here and m.user_id = p.user_id and m.kind = 'person'
                and m.state = 'active'
            where p.id not in (select n.id from mine n) and not exists (
                select from public.exclusions x
                where x.organisation_id = here and x.incident_id = p.id and x.user_id = p.user_id)
        ), others as materialized (
            select case when handles then '{}' else sec.left_to_handlers(
                here, handlers, array_agg(s.id), array_agg(s.user_id)) end as ids from standing s
        )
        select coalesce(array_agg(distinct s.id), '{}') from standing s
        where s.id <> all ((select o.ids from others o)::uuid[]));
end
$$;

-- The same of concerns, for whoever keeps the vault.
create or replace function sec.gathered_concerns(here uuid, me uuid) returns uuid[]
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
declare
    spot public.looked_back;
    hidden uuid[];
begin
    select b.* into spot from public.looked_back b where b.organisation_id = here;
    if me is null or not found or spot.concerns = '{}' or not sec.keeps_vault_as(here, me) then
        return '{}';
    end if;
    hidden := sec.hidden_concerns();
    return (
        with pairs as materialized (
            select k.id, k.user_id from unnest(spot.concerns, spot.concern_members) k (id, user_id)
            where k.id <> all (hidden)
        ), mine as materialized (
            select distinct p.id from pairs p where p.user_id = any (sec.eyes(here, me))
        )
        select coalesce(array_agg(distinct p.id), '{}') from pairs p
        join public.memberships m on m.organisation_id = here and m.user_id = p.user_id and m.kind = 'person'
            and m.state = 'active'
        where p.id not in (select n.id from mine n) and not exists (
            select from public.exclusions x
            where x.organisation_id = here and x.concern_id = p.id and x.user_id = p.user_id));
end
$$;

-- Of what was gathered the next `most` of a kind, the latest first, for whoever may decide about them, and who wrote
-- each: what a page shows.
create or replace function public.list_gathered(about text, before timestamptz, before_id uuid, most integer)
    returns table (id uuid, recorded_at timestamptz, written_by text)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    me uuid := sec.current_user_id();
begin
    if about = 'incidents' then
        return query
            select i.id, i.recorded_at, i.recorded_by_name from public.incidents i
            where i.organisation_id = here and i.id = any (sec.gathered_incidents(here, me))
                and (before is null or (i.recorded_at, i.id) < (before, before_id))
            order by i.recorded_at desc, i.id desc limit most;
    else
        return query
            select c.id, c.raised_at, c.raised_by_name from public.concerns c
            where c.organisation_id = here and c.id = any (sec.gathered_concerns(here, me))
                and (before is null or (c.raised_at, c.id) < (before, before_id))
            order by c.raised_at desc, c.id desc limit most;
    end if;
end
$$;

-- When every record here was last compared, as names are compared now; null while that is still to be done. To whoever
-- may decide about what is found, and the same to each of them: how far it came would tell of what is kept from one.
create or replace function public.compared_since() returns timestamptz
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    me uuid := sec.current_user_id();
begin
    if me is null or not (me = any (sec.handling_now(here)) or sec.keeps_vault_as(here, me)) then
        return null;
    end if;
    return (
        select b.finished_at from public.looked_back b
        where b.organisation_id = here and b.compared = sec.comparison());
end
$$;

-- How many records whoever acts now may decide about, of what was gathered: incidents that they handle, and what is
-- decided from the vault. Twenty-five of each are looked at again, as on the page: what was corrected meanwhile does not
-- count.
create or replace function public.count_to_look_at() returns table (incidents bigint, concerns bigint)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    of_incidents uuid[] := array(select g.id from public.list_gathered('incidents', null, null, 25) g);
    of_concerns uuid[] := array(select g.id from public.list_gathered('concerns', null, null, 25) g);
begin
    return query
        with found_incidents as materialized (
            select l.id, bool_or(l.theirs) as theirs
            from public.list_incidents_to_look_at(null, null, 25, of_incidents) l
            where of_incidents <> '{}' group by l.id
        )
        select (select count(*) from found_incidents f where f.theirs),
            (select count(*) from found_incidents f where not f.theirs)
            + (select count(distinct l.id) from public.list_concerns_to_look_at(of_concerns) l
               where of_concerns <> '{}');
end
$$;

revoke all on function sec.members_named(uuid, text[]), sec.reads_on(uuid, uuid, uuid, uuid),
    sec.meant_in_incidents(uuid, uuid[]), sec.meant_in_concerns(uuid, uuid[]), sec.comparison(),
    sec.keep_alerts_anew(uuid), sec.words_near(text[], text[]), sec.handling_now(uuid),
    sec.left_to_handlers(uuid, uuid[], uuid[], uuid[]), sec.accounts_named(uuid, text[]),
    sec.gathered_incidents(uuid, uuid), sec.gathered_concerns(uuid, uuid),
    public.list_gathered(text, timestamptz, uuid, integer), public.compared_since(), public.list_organisations_to_look_through(integer), public.gather_to_look_at(integer),
    public.count_to_look_at(), public.list_incidents_to_look_at(timestamptz, uuid, integer, uuid[]),
    public.list_concerns_to_look_at(uuid[]) from public;
grant execute on function public.list_incidents_to_look_at(timestamptz, uuid, integer, uuid[]),
    public.list_concerns_to_look_at(uuid[]), public.list_organisations_to_look_through(integer),
    public.gather_to_look_at(integer), public.count_to_look_at(),
    public.list_gathered(text, timestamptz, uuid, integer), public.compared_since() to safeguard_app;

reset role;
