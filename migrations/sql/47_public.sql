-- Reports by the public page. Whoever writes there has no account, so what their process may do is bound here.
--
-- A context for `public` names no person. In it the vault stays shut (25_restricting.sql), and of no record anything can
-- be read (86_visitors.sql): what a visitor may know comes from the functions below alone, for the code that they hold.
-- What they write is added like everything else, by the same statements.

select sec.isolate('public.public_reports', 'owned');
revoke select, update, delete on public.public_reports from safeguard_app;
-- The code's hash and the visitor's mark are written, and never read back.
grant select (organisation_id, id, kept_at, language, state, incident_id, concern_id, arrival_id, held_for, held_words, urgent,
              looked_at, looked_by, looked_by_name, reason) on public.public_reports to safeguard_app;
grant update (state, incident_id, arrival_id, looked_at, looked_by, looked_by_name, reason)
    on public.public_reports to safeguard_app;
select sec.belongs_to_incident('public.public_reports');
select sec.restrict('public.public_reports', 'app_not_of_vault', 'select',
    'concern_id is null or ((select sec.reads_vault()) and concern_id <> all ((select sec.hidden_concerns())::uuid[]))');
select sec.policy('public.public_reports', 'definer_read', 'select', 'safeguard_definer', 'true');
grant select, update (state, held_words, urgent, incident_id, concern_id, arrival_id, looked_at, looked_by, looked_by_name)
    on public.public_reports to safeguard_definer;
grant update (incident_id) on public.concerns to safeguard_definer;
grant update (heard_at, heard_urgent) on public.incidents to safeguard_definer;

select sec.isolate('public.public_doors', 'owned');
revoke update, delete on public.public_doors from safeguard_app;
grant update (closed_at) on public.public_doors to safeguard_app;
select sec.policy('public.public_doors', 'definer_read', 'select', 'safeguard_definer', 'true');
grant select on public.public_doors to safeguard_definer;

set local role safeguard_definer;

-- Whose page is at this address: by an address that was drawn for it, or by the name that everybody knows. Whether the
-- organisation is of a kind that is never found by its name, and whether it opened the page, is for the caller to ask.
create or replace function public.find_public_door(wanted text)
    returns table (organisation_id uuid, name text, kind text, nation text, time_zone text, by_name boolean)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
        select o.id, o.name, o.kind, o.nation, o.time_zone, false
        from public.public_doors d join public.organisations o on o.id = d.organisation_id
        where d.address = wanted and d.closed_at is null and o.state not in ('suspended', 'leaving')
        union all
        select o.id, o.name, o.kind, o.nation, o.time_zone, true
        from public.organisations o
        where o.slug = lower(wanted) and o.state not in ('suspended', 'leaving');
end
$$;

-- How many reports came within the hour: all of them, and those of this visitor. No network address is in it.
create or replace function public.count_public_reports(of_visitor bytea)
    returns table (everybodys bigint, visitors bigint)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('public');
    return query
        select count(*), count(*) filter (where r.visitor = of_visitor) from public.public_reports r
        where r.organisation_id = sec.current_organisation() and r.concern_id is null
            and r.kept_at > sec.clock() - interval '1 hour';
end
$$;

-- What somebody may know who holds the code of a report: that it was received, and what was written to and fro.
create or replace function public.read_public_report(code bytea) returns jsonb
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.current_organisation();
    found_report record;
begin
    perform sec.require_purpose('public');
    select r.id, r.kept_at, r.state, r.incident_id, r.concern_id, r.arrival_id,
            r.looked_at is not null and r.held_words = '' as given,  -- by somebody who had received it
            case when r.state <> 'open' and r.held_words <> '' then r.held_words::jsonb -> 'more' end as more
        into found_report
        from public.public_reports r where r.organisation_id = here and r.code_hash = code;
    if not found then
        return null;
    end if;
    return jsonb_build_object(
        'id', found_report.id, 'kept_at', found_report.kept_at, 'state', found_report.state,
        'incident_id', found_report.incident_id, 'concern_id', found_report.concern_id,
        'received', found_report.given or coalesce(
            (select i.acknowledged_at is not null or i.state <> 'new' from public.incidents i
             where i.organisation_id = here and i.id = found_report.incident_id),
            (select c.received_at is not null from public.concerns c
             where c.organisation_id = here and c.id = found_report.concern_id), false),
        'readable', case when found_report.incident_id is not null
            then sec.reaches_somebody(here, found_report.incident_id)
            else found_report.concern_id is null or exists (
            select from public.memberships m
            where m.organisation_id = here and sec.keeps_vault_as(here, m.user_id) and not exists (
                select from public.exclusions x
                where x.organisation_id = here and x.concern_id = found_report.concern_id and x.user_id = m.user_id
                    and x.lifted_at is null)) end,
        'messages', coalesce((
            select jsonb_agg(jsonb_build_object('ours', s.author_id is not null, 'at', s.written_at, 'words', s.words)
                             order by s.written_at, s.id)
            from (
                select e.id, e.author_id, e.written_at, e.words from public.entries e
                where e.organisation_id = here and e.incident_id = found_report.incident_id and e.kind = 'message'
                union all
                select e.id, e.author_id, e.written_at, e.words from public.concern_entries e
                where e.organisation_id = here and e.concern_id = found_report.concern_id and e.kind = 'message') s
            where s.id <> found_report.arrival_id),
            (select jsonb_agg(jsonb_build_object('ours', false, 'at', m -> 'at', 'words', m -> 'words'))
             from jsonb_array_elements(found_report.more) m), '[]'));
end
$$;

-- More, of whoever holds the code of a report that waits: so many messages at the most. One that was set aside waits
-- again. Says whether it was kept. That it may tell of danger stays said.
-- squawk-ignore ban-drop-function
drop function if exists public.write_to_held(bytea, text, integer);
create or replace function public.write_to_held(code bytea, said text, most integer, alarming boolean default false)
    returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('public');
    update public.public_reports r
    set state = 'held', urgent = r.urgent or alarming, held_words = jsonb_set(r.held_words::jsonb, '{more}',
        coalesce(r.held_words::jsonb -> 'more', '[]')
            || jsonb_build_object('at', to_jsonb(sec.clock()), 'words', said))::text
    where r.organisation_id = sec.current_organisation() and r.code_hash = code and r.state in ('held', 'set_aside')
        and r.held_words <> '' and length(said) <= 5000
        and coalesce(jsonb_array_length(r.held_words::jsonb -> 'more'), 0) < least(most, 100);
    return found;
end
$$;

-- Whoever holds the code of an incident wrote again: that waits for somebody to read it, also when it is closed. Since
-- when, and that there is hurry, stays until then.
create or replace function public.hear_again(code bytea, urgent boolean) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('public');
    update public.incidents i
    set heard_at = coalesce(i.heard_at, sec.clock()), heard_urgent = i.heard_urgent or hear_again.urgent
    from public.public_reports r
    where r.organisation_id = sec.current_organisation() and r.code_hash = code
        and i.organisation_id = r.organisation_id and i.id = r.incident_id;
end
$$;

-- Whoever writes may know an adult only as "the head": then a name cannot tell whom to keep from it, and every head is.
create or replace function public.shut_out_heads(concern uuid) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('public');
    insert into public.exclusions (organisation_id, id, concern_id, user_id, cause, since)
    select m.organisation_id, gen_random_uuid(), concern, m.user_id, 'named', sec.clock() from public.memberships m
    where m.organisation_id = sec.current_organisation() and m.kind = 'person' and 'head' = any (m.roles)
    on conflict do nothing;
end
$$;

-- Or as one of those who read what comes in: then each of these is, whatever else they are here.
create or replace function public.shut_out_readers(concern uuid) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('public');
    insert into public.exclusions (organisation_id, id, concern_id, user_id, cause, since)
    select m.organisation_id, gen_random_uuid(), concern, m.user_id, 'named', sec.clock() from public.memberships m
    where m.organisation_id = sec.current_organisation() and m.kind = 'person'
        and m.roles && array['lead', 'deputy']::text[]
    on conflict do nothing;
end
$$;

-- Who may be meant by what a child wrote is kept from it. Whoever was told, or has taken care of it and is thanked by name,
-- knows it already. Somebody who is kept from it by mistake is let in by two; somebody who read what a child wrote about
-- them cannot forget it.
create or replace function sec.shut_out(concern uuid, people uuid[]) returns void
    language sql volatile
    set search_path = pg_catalog, pg_temp
as $$
    insert into public.exclusions (organisation_id, id, concern_id, user_id, cause, since)
    select sec.current_organisation(), gen_random_uuid(), concern, p, 'named', sec.clock() from unnest(people) p
    where not sec.was_told(sec.current_organisation(), null, concern, p)
        and not exists (
            select from public.concerns c
            where c.organisation_id = sec.current_organisation() and c.id = concern and c.received_by = p)
        and not exists (
            select from public.concern_entries e
            where e.organisation_id = sec.current_organisation() and e.concern_id = concern and e.author_id = p)
    on conflict do nothing
$$;

-- Whom a child's story may mean, at first or in what they write later: somebody who works here by their surname with a
-- capital, or by what follows a title or their first name. Of words without any capital those who could read them are
-- meant by a surname as it stands. (Whom it is about, by name or by what they do here, is compared
-- by the concern's own trigger.)
create or replace function public.shut_out_meant(concern uuid, said text) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    story text[] := string_to_array(sec.story(said), ' ');
    plainly boolean := said = lower(said);
begin
    perform sec.require_purpose('public');
    perform sec.shut_out(concern, array(
        with members as materialized (
            select m.user_id, n.first, n.last
            from sec.names_of_members(sec.current_organisation()) m
            cross join lateral (select sec.name_parts(m.name)) k (words)
            cross join lateral (select k.words[1], k.words[cardinality(k.words)]) n (first, last)
            where length(n.last) > 1
        ), words as materialized (
            select lower(w.word) as word, left(w.word, 1) <> lower(left(w.word, 1)) as capital,
                lower(lag(w.word) over (order by w.place)) as before, w.place
            from unnest(story) with ordinality w (word, place)
        ), titled as materialized (
            select w.word, min(w.place) as place from words w
            where w.before in ('mr', 'mrs', 'ms', 'miss', 'mx', 'dr', 'sir', 'prof', 'coach') group by w.word
        ), meant as (  -- each by an equality, or near the first 200 who have a title: a long list of staff stays quick
            select m.user_id from members m join words w on w.word = m.last and w.capital
            union
            select m.user_id from members m join words w on w.word = m.last
            where plainly and sec.keeps_vault_as(sec.current_organisation(), m.user_id)
            union
            select m.user_id from members m join words w on w.before = m.first
            where w.word = m.first or sec.nearly(w.word, m.last, 4)
            union
            select m.user_id from members m join titled w on w.word = m.first
            union
            select m.user_id from members m join titled w on w.word = m.last
            union
            select m.user_id from members m
            join (select t.word from titled t order by t.place limit 200) w on abs(length(w.word) - length(m.last)) <= 2
            where sec.nearly(w.word, m.last, 4)
        )
        select m.user_id from meant m));
end
$$;

-- Somebody is asked who it was, and the child answers "Sandra", "her name is sandra", "sadler": of those who could read on,
-- whoever is called so is meant, capital or not. Of three words each may be the name; of more, one that is said to be it.
create or replace function public.shut_out_answered(concern uuid, said text) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    answer text[] := array_remove(string_to_array(lower(sec.story(said)), ' '), '');
begin
    perform sec.require_purpose('public');
    perform sec.shut_out(concern, array(
        with words as (
            select w.word, lag(w.word) over places as before, lead(w.word) over places as after
            from unnest(answer) with ordinality w (word, place)
            window places as (order by w.place)
        ), named as (
            select distinct w.word from words w
            where length(w.word) > 1 and (cardinality(answer) <= 3
                or w.before in ('is', 'was', 'its', 'called', 'named', 'name', 'yw', 'oedd')
                or w.after in ('yw', 'ydy', 'oedd'))
            limit 200
        )
        select m.user_id
        from sec.names_of_members(sec.current_organisation()) m
        cross join lateral (select sec.name_parts(m.name)) k (words)
        where sec.keeps_vault_as(sec.current_organisation(), m.user_id) and exists (
            select from named n
            where n.word = k.words[1] or sec.nearly(n.word, k.words[cardinality(k.words)], 5))));
end
$$;

-- Whoever holds the code of a concern wrote of danger: that stays said of their report.
create or replace function public.hear_danger(code bytea) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('public');
    update public.public_reports r set urgent = true
    where r.organisation_id = sec.current_organisation() and r.code_hash = code and r.concern_id is not null;
end
$$;

-- Whether these are the words with which the report of this code came: the same form sent again, or another one.
create or replace function public.came_with(code bytea, said text) returns boolean
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('public');
    return exists (
        select from public.public_reports r
        left join public.incidents i on i.organisation_id = r.organisation_id and i.id = r.incident_id
        left join public.concerns c on c.organisation_id = r.organisation_id and c.id = r.concern_id
        where r.organisation_id = sec.current_organisation() and r.code_hash = code
            and said = coalesce(i.narrative, c.narrative, r.held_words::jsonb ->> 'words'));
end
$$;

-- Whoever holds the code of a concern writes on: nobody gives it to the lead until that is kept.
create or replace function public.hold_concern(code bytea) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('public');
    perform from public.concerns c
    where c.organisation_id = sec.current_organisation() and c.id = (
        select r.concern_id from public.public_reports r
        where r.organisation_id = sec.current_organisation() and r.code_hash = code)
    for key share;
end
$$;

-- Whether anybody handles incidents from whom this concern is not kept.
create or replace function public.has_lead_beside(concern uuid) returns boolean
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.current_organisation();
begin
    return sec.reads_vault() and concern <> all (sec.hidden_concerns()) and exists (
        select from public.memberships m join public.users u on u.id = m.user_id and u.disabled_at is null
        where m.organisation_id = here and m.state = 'active' and m.kind = 'person'
            and sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && array['lead', 'deputy']
            and not exists (
                select from public.exclusions x
                where x.organisation_id = here and x.concern_id = concern and x.lifted_at is null
                    and x.user_id = any (sec.eyes(here, m.user_id))));
end
$$;

-- What came as about an adult here, and is about nobody of them, becomes an incident's: the code of a report opens that
-- one's conversation from now on. Whoever is kept from the concern is kept from the incident, and so is whoever will be
-- (exclude_from_source). Only an incident of the same words, at the same moment, that nobody here wrote but a colleague who raised the concern. Says whether.
create or replace function public.give_to_lead(concern uuid, incident uuid, arrival uuid) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.current_organisation();
begin
    if sec.current_user_id() is null or not sec.reads_vault() or sec.only_reads_vault()
            or concern = any (sec.hidden_concerns()) then
        return false;
    end if;
    update public.public_reports r
    set incident_id = incident, concern_id = null, arrival_id = arrival, looked_at = sec.clock(),
        looked_by = m.user_id, looked_by_name = m.name
    from public.concerns c, public.incidents i, public.memberships m
    where r.organisation_id = here and r.concern_id = concern and r.state = 'open'
        and c.organisation_id = here and c.id = concern and c.state <> 'closed' and c.incident_id is null
        and i.organisation_id = here and i.id = incident and i.recorded_by is null and i.recorded_at = c.raised_at
        and i.narrative = c.narrative
        and m.organisation_id = here and m.user_id = sec.current_user_id()
        and not exists (
            select from public.public_reports o where o.organisation_id = here and o.incident_id = incident);
    if not found and not exists (  -- nor one that a colleague raised, who is in the incident as whoever recorded it
            select from public.concerns c
            join public.incidents i on i.organisation_id = here and i.id = incident
            where c.organisation_id = here and c.id = concern and c.state <> 'closed' and c.incident_id is null
                and arrival is null and i.recorded_by = c.raised_by and i.recorded_at = c.raised_at
                and i.narrative = c.narrative
                and not exists (
                    select from public.public_reports o
                    where o.organisation_id = here and (o.concern_id = concern or o.incident_id = incident))
                and not exists (
                    select from public.concerns o where o.organisation_id = here and o.incident_id = incident)) then
        return false;
    end if;
    update public.concerns c set incident_id = incident where c.organisation_id = here and c.id = concern;
    insert into public.exclusions (organisation_id, id, incident_id, user_id, cause, since)
    select here, gen_random_uuid(), incident, x.user_id, x.cause, sec.clock() from public.exclusions x
    where x.organisation_id = here and x.concern_id = concern and x.lifted_at is null
    on conflict do nothing;
    return true;
end
$$;

-- Concerns that came by the public page in a flood: faster than anybody types, with the trap filled in, after three of one
-- browser within the hour or after twenty of anybody. Counted anew for each reader, among those that they may know of:
-- how one stands must not tell them of others that are about themselves.
create or replace function public.list_flooding_concerns() returns uuid[]
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    hidden uuid[] := sec.hidden_concerns();
begin
    if not sec.reads_vault() then
        return '{}';
    end if;
    return array(
        select f.concern_id
        from (
            select r.concern_id, r.held_for,
                count(*) over (order by r.kept_at range between interval '1 hour' preceding and current row) as everybodys,
                count(*) over (partition by r.visitor order by r.kept_at
                               range between interval '1 hour' preceding and current row) as visitors
            from public.public_reports r
            where r.organisation_id = sec.current_organisation() and r.concern_id is not null
                and r.concern_id <> all (hidden)
        ) f
        where f.held_for is not null or f.visitors > 3 or f.everybodys > 20
        order by 1);
end
$$;

revoke all on function sec.shut_out(uuid, uuid[]), public.find_public_door(text), public.count_public_reports(bytea),
    public.read_public_report(bytea), public.write_to_held(bytea, text, integer, boolean), public.hear_again(bytea, boolean),
    public.shut_out_heads(uuid), public.shut_out_readers(uuid), public.shut_out_meant(uuid, text),
    public.shut_out_answered(uuid, text),
    public.hear_danger(bytea), public.came_with(bytea, text), public.hold_concern(bytea),
    public.has_lead_beside(uuid), public.give_to_lead(uuid, uuid, uuid), public.list_flooding_concerns()
    from public;
grant execute on function public.find_public_door(text), public.count_public_reports(bytea),
    public.read_public_report(bytea), public.write_to_held(bytea, text, integer, boolean), public.hear_again(bytea, boolean),
    public.shut_out_heads(uuid), public.shut_out_readers(uuid), public.shut_out_meant(uuid, text),
    public.shut_out_answered(uuid, text),
    public.hear_danger(bytea), public.came_with(bytea, text), public.hold_concern(bytea),
    public.has_lead_beside(uuid), public.give_to_lead(uuid, uuid, uuid), public.list_flooding_concerns()
    to safeguard_app;

reset role;
