-- What belongs to requests for what is kept about somebody, beside 87_records.sql.

grant update (ground, identity, seen, seen_on, seen_by_name, competent, wishes, limits, advised_by)
    on public.access_requests to safeguard_app;
grant update (enclosed_by_name) on public.access_items to safeguard_app;

set local role safeguard_definer;

-- Answers that hold a copy of what is disposed of, whichever shelf it stood on: their keys go, and the copies. Gives
-- the names in the store of what was answered.
create or replace function sec.erase_answers_with(ids uuid[]) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    stored jsonb;
begin
    with answered as (
        update public.access_requests r set wrapped_key = null
        where r.organisation_id = here and r.wrapped_key is not null and exists (
            select from public.access_items c
            where c.organisation_id = here and c.request_id = r.id and c.source_id = any (ids))
        returning r.id)
    select coalesce(jsonb_agg('access/' || here || '/' || a.id), '[]') into stored from answered a;
    delete from public.access_items c where c.organisation_id = here and c.source_id = any (ids);
    return stored;
end
$$;
revoke all on function sec.erase_answers_with(uuid[]) from public;

-- Which requests are about which of these members, or asked by them: the person has their account, also through
-- duplicates that were merged, or is an adult who bears their name, now or formerly. A child of the same name is
-- somebody else.
create or replace function sec.requests_about(organisation uuid, members uuid[])
    returns table (request uuid, member uuid)
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    -- Duplicates point to whom they were merged into: two records are of one person when they end at the same.
    with recursive up (start, id, onward) as (
        select f.id, f.id, f.merged_into_id from (
            select p.id, p.merged_into_id from public.people p
            where p.organisation_id = organisation and p.user_id = any (members)
            union all
            select p.id, p.merged_into_id from public.access_requests r
            join public.people p on p.organisation_id = organisation and p.id = r.person_id
            where r.organisation_id = organisation) f
        union
        select u.start, p.id, p.merged_into_id
        from up u join public.people p on p.organisation_id = organisation and p.id = u.onward
    ), same (start, id) as (select u.start, u.id from up u where u.onward is null)
    select r.id, o.user_id from public.people o
    join same s on s.start = o.id
    join same t on t.id = s.id
    join public.access_requests r on r.organisation_id = organisation and r.person_id = t.start
    where o.organisation_id = organisation and o.user_id = any (members)
    union
    select r.id, m.user_id from public.memberships m
    cross join lateral unnest(m.former_names || m.name) n (name)
    join public.access_requests r on r.organisation_id = organisation
    join public.people p on p.organisation_id = organisation and p.id = r.person_id and p.kind = 'adult'
    cross join unnest(array[r.about_name, concat_ws(' ', p.known_as, p.family_name)] || p.former_names) called
    where m.organisation_id = organisation and m.user_id = any (members) and m.kind = 'person'
        -- Names that agree share the surname: cheaper to ask first.
        and case when position(lower(replace(regexp_replace(btrim(n.name), '^.*\s', ''), '.', ''))
                               in lower(replace(called, '.', ''))) > 0
                 then sec.names_agree(called, n.name) else false end
    union
    -- Who asks, as a parent or with an authority, gets what others release as well. A surname alone is no name here: it
    -- is a parent's as often.
    select r.id, m.user_id from public.memberships m
    cross join lateral unnest(m.former_names || m.name) n (name)
    join public.access_requests r on r.organisation_id = organisation
    where m.organisation_id = organisation and m.user_id = any (members) and m.kind = 'person'
        and regexp_replace(lower(btrim(r.asker_name)), '^(mr|mrs|ms|miss|mx|dr|sir|prof|coach)\.? ', '') like '% %'
        and case when position(lower(replace(regexp_replace(btrim(n.name), '^.*\s', ''), '.', ''))
                               in lower(replace(r.asker_name, '.', ''))) > 0
                 then sec.names_agree(r.asker_name, n.name) else false end
$$;

-- Requests about whoever acts now: what is gathered for an answer also says what must not be in it, so it is shut to
-- them, and what they get is what others release. Nobody breaks the glass to it. So are requests about somebody whom
-- they cannot have met but through a hidden incident. Empty at no cost where nobody asks.
create or replace function sec.hidden_requests() returns uuid[]
    language plpgsql stable parallel restricted security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    parts text[] := sec.verified_context();
begin
    if parts[2] = '' or not exists (
        select from public.access_requests r where r.organisation_id = parts[1]::uuid) then
        return '{}';
    end if;
    return array(
        select distinct a.request
        from sec.requests_about(parts[1]::uuid, sec.eyes(parts[1]::uuid, parts[2]::uuid)) a
        union
        select r.id from public.access_requests r
        where r.organisation_id = parts[1]::uuid and r.person_id = any (sec.hidden_people()) order by 1);
end
$$;

-- Whether a request is about a member, or about somebody who is here because of a restricted incident: then the
-- restricted log hears of it.
create or replace function sec.request_is_kept(organisation uuid, request uuid) returns boolean
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from sec.requests_about(organisation, array(
            select m.user_id from public.memberships m where m.organisation_id = organisation and m.kind = 'person')) a
        where a.request = request_is_kept.request)
        or exists (
            select from public.access_requests r
            where r.organisation_id = organisation and r.id = request_is_kept.request and r.person_id is not null
                and sec.person_is_kept(organisation, r.person_id))
$$;

-- Requests that the head answers, since no lead or deputy may: each is about every one of them, or asked by them.
create or replace function public.list_requests_left_to_head() returns uuid[]
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.current_organisation();
    leads uuid[];
begin
    leads := array(
        select m.user_id from public.memberships m join public.users u on u.id = m.user_id and u.disabled_at is null
        where m.organisation_id = here and m.state = 'active' and m.kind = 'person'
            and sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && array['lead', 'deputy']);
    return array(
        select r.id from public.access_requests r
        where r.organisation_id = here and r.id <> all (sec.hidden_requests())
            and leads <@ array(select a.member from sec.requests_about(here, leads) a where a.request = r.id));
end
$$;

-- The members whom a request is about: they are told nothing of it.
create or replace function public.list_members_asked_about(request uuid) returns uuid[]
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
    select array(
        select a.member from sec.requests_about(sec.own_organisation(), array(
            select m.user_id from public.memberships m
            where m.organisation_id = sec.own_organisation() and m.kind = 'person')) a
        where a.request = list_members_asked_about.request)
$$;

-- Which of these members do not see all of a working copy: something in it, or words that it blacks out, belongs to an
-- incident that is hidden from them, comes from somebody who is here because of one, or is an alert about themselves.
-- What is released is made from what whoever agrees can see: words of which they do not know would not be blacked out.
create or replace function public.list_members_shown_less(request uuid, members uuid[]) returns uuid[]
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    told uuid[];
begin
    told := array(
        select c.incident_id from public.access_items c
        where c.organisation_id = here and c.request_id = list_members_shown_less.request and c.incident_id is not null
        union
        select d.incident_id from public.access_redactions d
        where d.organisation_id = here and d.request_id = list_members_shown_less.request and d.incident_id is not null
        union
        select n.incident_id from public.access_items c
        join public.incident_people n on n.organisation_id = here and n.person_id = c.source_id
        where c.organisation_id = here and c.request_id = list_members_shown_less.request and sec.person_is_kept(here, c.source_id)
        union
        select n.incident_id from public.access_requests r
        join public.incident_people n on n.organisation_id = here and n.person_id = r.person_id
        where r.organisation_id = here and r.id = list_members_shown_less.request and sec.person_is_kept(here, r.person_id));
    return array(
        select m from unnest(members) m
        where sec.hidden_incidents_of(here, m) && told
            or exists (
                select from public.access_items c
                join public.alerts a on a.organisation_id = here and a.id = c.source_id
                where c.organisation_id = here and c.request_id = list_members_shown_less.request
                    and c.kind = 'alert' and (a.user_id = m or m = any (a.kept_from))));
end
$$;

revoke all on function sec.requests_about(uuid, uuid[]), sec.hidden_requests(), sec.request_is_kept(uuid, uuid),
    public.list_members_asked_about(uuid), public.list_members_shown_less(uuid, uuid[]),
    public.list_requests_left_to_head() from public;
grant execute on function sec.hidden_requests() to safeguard_app, safeguard_owner;
grant execute on function public.list_members_asked_about(uuid), public.list_members_shown_less(uuid, uuid[]),
    public.list_requests_left_to_head()
    to safeguard_app;

reset role;

select sec.restrict('public.access_requests', 'app_not_asked_about', 'all',
    'id <> all ((select sec.hidden_requests())::uuid[])');
select sec.restrict('public.' || t, 'app_of_others_asked_about', 'all',
    'request_id <> all ((select sec.hidden_requests())::uuid[])')
from unnest(array['access_items', 'access_redactions']) t;
-- A copy of an alert is not there for whom the alert is about, as the alert itself is not (48_intake.sql).
select sec.restrict('public.access_items', 'app_alert_not_about_oneself', 'all',
    $$kind <> 'alert' or exists (
        select from public.alerts a where a.organisation_id = access_items.organisation_id
            and a.id = access_items.source_id)$$);
select sec.restrict('public.proposals', 'app_subject_not_asked_about', 'all',
    'subject_id <> all ((select sec.hidden_requests())::uuid[])');
