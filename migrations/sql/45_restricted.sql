-- The restricted side: who may touch its tables, what excludes a person by itself, and what of the log is hidden.
--
-- The exclusion is made by the database, in the statement that names somebody as alleged or that ties a person to an
-- account: no path of the code, of today or of tomorrow, can record the one without the other.

select sec.isolate('public.exclusions', 'owned');
revoke update, delete on public.exclusions from safeguard_app;
grant update (lifted_at, lifted_by, lifted_by_name, ground, told_how, reason) on public.exclusions to safeguard_app;
select sec.isolate('public.confinements', 'owned');
revoke update, delete on public.confinements from safeguard_app;
grant update (ended_at, ended_by, end_reason) on public.confinements to safeguard_app;
select sec.isolate('public.confidants', 'owned');
revoke update, delete on public.confidants from safeguard_app;
grant update (ended_at) on public.confidants to safeguard_app;
select sec.isolate('public.vault_people', 'owned');
revoke update, delete on public.vault_people from safeguard_app;
grant update (ended_at, ended_by) on public.vault_people to safeguard_app;
select sec.isolate('public.broken_glass', 'owned');
revoke update, delete on public.broken_glass from safeguard_app;
grant update (ended_at) on public.broken_glass to safeguard_app;
select sec.isolate('public.concerns', 'owned');
revoke update, delete on public.concerns from safeguard_app;
grant update (
    version, state, subject_user_id, subject_name, subject_work, received_at, received_by, level, level_reason,
    decided_at, outcome, outcome_reason, told_at, closed_at, last_activity_at
) on public.concerns to safeguard_app;
select sec.isolate('public.concern_entries', 'owned');
revoke update, delete on public.concern_entries from safeguard_app;

select sec.policy('public.' || t, 'definer_all', 'all', 'safeguard_definer', 'true')
from unnest(array['exclusions', 'confinements', 'confidants', 'vault_people', 'broken_glass', 'concerns',
                  'concern_entries', 'incidents', 'incident_people', 'entries']) t;
grant select, insert on public.exclusions to safeguard_definer;
grant select on public.confinements, public.confidants, public.vault_people, public.broken_glass, public.concerns,
    public.concern_entries, public.incidents, public.incident_people, public.entries to safeguard_definer;
grant update (restricted_at) on public.incidents to safeguard_definer;

select sec.belongs_to_incident('public.incidents', 'id');
select sec.belongs_to_incident('public.incident_people');
select sec.belongs_to_incident('public.entries');
select sec.belongs_to_incident('public.packs');
select sec.belongs_to_incident('public.proposals');
-- A link tells of the incident at its other end.
select sec.restrict('public.entries', 'app_link_not_hidden', 'all',
    'linked_id is null or linked_id <> all ((select sec.hidden_incidents())::uuid[])');
select sec.belongs_to_incident('public.exclusions');
select sec.belongs_to_incident('public.confinements');
select sec.belongs_to_incident('public.confidants');
-- Nobody breaks the glass for themselves: whoever agrees does it for them, also past every page of ours.
drop policy if exists app_not_for_oneself on public.broken_glass;
create policy app_not_for_oneself on public.broken_glass as restrictive for insert to safeguard_app
    with check (user_id is distinct from (select sec.current_user_id()));
select sec.belongs_to_vault('public.concerns', 'id');
select sec.belongs_to_vault('public.concern_entries');
-- Anybody may raise a concern, also while they read in an emergency; nothing is added to one through the glass.
select sec.keep_from_glass(t::regclass, 'app_vault_not_through_glass', command, 'not (select sec.only_reads_vault())')
from (values ('public.concerns', 'update'), ('public.concern_entries', 'all'), ('public.vault_people', 'all'))
    written (t, command);

-- From whom a concern is kept is for those who read the vault, and never for them themselves, whatever glass they broke;
-- nor is anybody let in, or shut out, through the glass.
select sec.restrict('public.exclusions', 'app_not_of_vault', 'select',
    'concern_id is null or (select sec.reads_vault()) and concern_id <> all ((select sec.hidden_concerns())::uuid[])');
select sec.keep_from_glass(t::regclass, 'app_concern_not_through_glass', 'all',
    'concern_id is null or not (select sec.only_reads_vault())')
from unnest(array['public.exclusions', 'public.proposals', 'public.public_reports']) t;

-- The list of whom the head named is for those who read the vault. Whoever broke the glass is known to all who may ask.
select sec.restrict('public.vault_people', 'app_list_in_vault', 'all', '(select sec.reads_vault())');

set local role safeguard_definer;

-- What somebody typed, for comparing with a name: no accents, invisible signs or apostrophes (O'Brien, D’Arcy), one blank
-- for whatever else stands between its words; capitals stay.
create or replace function sec.plain(said text) returns text
    language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select regexp_replace(regexp_replace(regexp_replace(
        normalize(said, nfd), '[\u0300-\u036f\u200b-\u200f\u2060\ufeff\u00ad]', '', 'g'),
        '[''’ʼ]', '', 'g'), '[[:punct:][:space:]]+', ' ', 'g')
$$;

-- The words of a name without titles.
create or replace function sec.name_parts(said text) returns text[]
    language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select array(
        select word from unnest(string_to_array(lower(sec.plain(left(said, 300))), ' ')) with ordinality w (word, place)
        where word <> '' and word not in ('mr', 'mrs', 'ms', 'miss', 'mx', 'dr', 'sir', 'prof', 'coach', 'the')
        order by place)
$$;

-- Whether two words are the same but for a slip: one letter of a short name, two of a long one, none of a number.
create or replace function sec.nearly(one text, other text, shortest integer) returns boolean
    language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select one = other or least(length(one), length(other)) >= shortest and one || other !~ '[0-9]'
        and public.levenshtein(left(one, 60), left(other, 60))
            <= case when least(length(one), length(other)) < 8 then 1 else 2 end
$$;

-- "Mr Hale", "hale", "M. Hale", "Hale, Morgan", "Morgan H.", "Morgen Hale", "Morgan", "Morgan Hale (coach)": does what
-- somebody typed name this member? One part is enough: an exclusion by mistake is ended by whoever handles the incident,
-- and one that was missed can never be made good.
create or replace function sec.names_agree(typed text, known text) returns boolean
    language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select coalesce(case cardinality(t.words)
        when 0 then false
        when 1 then t.words[1] = n.last or sec.nearly(t.words[1], n.last, 5)
            or t.words[1] = k.words[1] and typed !~* '^\s*(mr|mrs|ms|mx|dr|prof)\y'  -- what follows these is a surname
        else exists (
            select from unnest(t.words) with ordinality l (word, place)
            join unnest(t.words) with ordinality f (word, place) on f.place <> l.place
            where cardinality(k.words) > 1 and (
                sec.nearly(l.word, n.last, 4) and (f.word = left(k.words[1], 1) or sec.nearly(f.word, k.words[1], 4))
                or l.word = left(n.last, 1) and f.word = k.words[1]))
            or t.words = k.words or cardinality(k.words) = 1 and n.last = any (t.words)
        end, false)
    from (select sec.name_parts(typed)) t (words), (select sec.name_parts(known)) k (words),
         lateral (select k.words[cardinality(k.words)]) n (last)
$$;

-- Whom somebody means who says what a person is here: "the head", "our welfare officer". Nothing for a "teacher".
create or replace function sec.roles_meant(said text) returns text[]
    language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select case when plain ~ ('\y(head ?(teacher|master|mistress|coach)|principal|(registered |home |care |service |club '
            '|general )manager|chair(man|woman|person)?|boss|owner|proprietor|director|chief executive|in charge'
            '|runs (it|this|the)|pennaeth|prifathro|prifathrawes|cadeirydd)\y')
            or plain ~ '(?<!deputy )(?<!assistant )(?<!vice )\y(head|manager|rheolwr)\y(?! (of|boy|girl)\y)'
            or plain ~ '\yhead of (the )?(school|club|home|centre)\y'
        then '{head}'::text[] else '{}' end
        || case when plain ~ ('\y(safeguarding|safeguard|dsl|dsp|welfare (officer|lead)|child protection'
            '|designated (teacher|person|lead)|diogelu)\y') then '{lead,deputy}'::text[] else '{}' end
    from (select regexp_replace(replace(lower(left(said, 600)), '-', ' '), '\s+', ' ', 'g')) s (plain)
$$;

-- The records of a person of the directory: their own, and every one that was merged into it or it into.
create or replace function sec.records_of_person(organisation uuid, person uuid) returns setof uuid
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    with recursive same (id) as (
        select person
        union
        select case when p.id = s.id then p.merged_into_id else p.id end
        from same s join public.people p on p.organisation_id = organisation
            and (p.id = s.id and p.merged_into_id is not null or p.merged_into_id = s.id)
    )
    select s.id from same s
$$;

-- The accounts of a person of the directory.
create or replace function sec.accounts_of_person(organisation uuid, person uuid) returns setof uuid
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select p.user_id from sec.records_of_person(organisation, person) s (id)
    join public.people p on p.organisation_id = organisation and p.id = s.id and p.user_id is not null
$$;

create or replace function sec.exclude_from_incident(
    organisation uuid, incident uuid, person uuid, person_kind text, typed text) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.exclusions (organisation_id, id, incident_id, user_id, cause, since)
    select organisation, gen_random_uuid(), incident, a.user_id, min(a.cause), sec.clock()
    from (
        select user_id, 'linked' as cause from sec.accounts_of_person(organisation, person) user_id
        where person is not null
        union all
        select m.user_id, 'named' from public.memberships m
        where m.organisation_id = organisation and m.kind = 'person' and person_kind <> 'child'
            and m.email <> ''  -- an account that was disposed of has no name any more
            and (sec.names_agree(typed, m.name) or m.roles && sec.roles_meant(typed))
    ) a
    group by a.user_id
    on conflict do nothing;
end
$$;

create or replace function sec.exclude_alleged() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.exclude_from_incident(new.organisation_id, new.incident_id, new.person_id, new.kind, new.name);
    return null;
end
$$;

-- A person of the directory turns out to have an account, or to be another who has.
create or replace function sec.exclude_account() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.exclusions (organisation_id, id, incident_id, user_id, cause, since)
    select new.organisation_id, gen_random_uuid(), n.incident_id, a.user_id, 'linked', sec.clock()
    from sec.records_of_person(new.organisation_id, new.id) s (id)
    join public.incident_people n on n.organisation_id = new.organisation_id and n.person_id = s.id
        and n.role = 'alleged' and n.removed_at is null
    cross join lateral (select distinct user_id from sec.accounts_of_person(new.organisation_id, new.id) user_id) a
    group by n.incident_id, a.user_id
    on conflict do nothing;
    return null;
end
$$;

-- Somebody joins, or takes a name, that an incident or a concern has given before.
create or replace function sec.exclude_member() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.exclusions (organisation_id, id, incident_id, user_id, cause, since)
    select distinct on (n.incident_id) new.organisation_id, gen_random_uuid(), n.incident_id, new.user_id, 'named',
        sec.clock()
    from public.incident_people n
    where n.organisation_id = new.organisation_id and n.role = 'alleged' and n.removed_at is null and n.kind <> 'child'
        and sec.names_agree(n.name, new.name)
    on conflict do nothing;
    insert into public.exclusions (organisation_id, id, concern_id, user_id, cause, since)
    select new.organisation_id, gen_random_uuid(), c.id, new.user_id, 'named', sec.clock()
    from public.concerns c
    where c.organisation_id = new.organisation_id and sec.names_agree(c.subject_name, new.name)
    on conflict do nothing;
    return null;
end
$$;

create or replace function sec.exclude_subject() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.exclusions (organisation_id, id, concern_id, user_id, cause, since)
    select new.organisation_id, gen_random_uuid(), new.id, m.user_id,
        case when m.user_id = new.subject_user_id then 'linked' else 'named' end, sec.clock()
    from public.memberships m
    where m.organisation_id = new.organisation_id and m.kind = 'person'
        and (m.user_id = new.subject_user_id or sec.names_agree(new.subject_name, m.name)
             or m.roles && sec.roles_meant(new.subject_name || ' ' || new.subject_work))
    on conflict do nothing;
    return null;
end
$$;

create or replace function sec.mark_restricted() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    update public.incidents i set restricted_at = sec.clock()
    where i.organisation_id = new.organisation_id and i.id = new.incident_id and i.restricted_at is null;
    return null;
end
$$;

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

revoke all on function sec.plain(text), sec.names_agree(text, text), sec.name_parts(text), sec.nearly(text, text, integer),
    sec.roles_meant(text), sec.records_of_person(uuid, uuid), sec.accounts_of_person(uuid, uuid),
    sec.exclude_from_incident(uuid, uuid, uuid, text, text), sec.exclude_alleged(), sec.exclude_account(),
    sec.exclude_member(), sec.exclude_subject(), sec.mark_restricted(), sec.handlers_of_incident(uuid),
    sec.reaches_somebody(uuid, uuid), sec.is_in_reach(uuid), sec.handlers_of_concern(uuid), public.list_concerns_raised() from public;
grant execute on function sec.exclude_alleged(), sec.exclude_account(), sec.exclude_member(), sec.exclude_subject(),
    sec.mark_restricted() to safeguard_owner;
grant execute on function sec.handlers_of_incident(uuid), sec.is_in_reach(uuid), sec.handlers_of_concern(uuid), public.list_concerns_raised()
    to safeguard_app;

reset role;

select sec.policy('public.people', 'definer_read', 'select', 'safeguard_definer', 'true');
grant select on public.people to safeguard_definer;

-- A trigger fires for nobody's sake but the alleged: other people cost the recording of an incident nothing.
create or replace trigger exclude_alleged_added after insert on public.incident_people
    for each row when (new.role = 'alleged' and new.removed_at is null) execute function sec.exclude_alleged();
create or replace trigger exclude_alleged_changed
    after update of role, kind, name, person_id, removed_at on public.incident_people
    for each row when (new.role = 'alleged' and new.removed_at is null) execute function sec.exclude_alleged();
create or replace trigger exclude_account_added after insert on public.people
    for each row when (new.user_id is not null) execute function sec.exclude_account();
create or replace trigger exclude_account_changed after update of user_id, merged_into_id on public.people
    for each row when (new.user_id is distinct from old.user_id or new.merged_into_id is distinct from old.merged_into_id)
    execute function sec.exclude_account();
create or replace trigger exclude_member_joined after insert on public.memberships
    for each row when (new.kind = 'person') execute function sec.exclude_member();
create or replace trigger exclude_member_renamed after update of name on public.memberships
    for each row when (new.name is distinct from old.name) execute function sec.exclude_member();
create or replace trigger exclude_subject_named after insert or update of subject_user_id, subject_name, subject_work
    on public.concerns
    for each row execute function sec.exclude_subject();
create or replace trigger mark_excluding after insert on public.exclusions
    for each row when (new.incident_id is not null) execute function sec.mark_restricted();
create or replace trigger mark_confined after insert on public.confinements
    for each row execute function sec.mark_restricted();

-- The log. How much the restricted log holds is nobody's to know; of its entries, those of records that one may read.
-- Committed documents and the keys to entries hide with their record, also those from before it was restricted.
set local role safeguard_log;

create or replace function sec.hidden_handles() returns bytea[]
    language plpgsql stable parallel restricted security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return array(
        select o.handle from audit.objects o
        where o.organisation_id = sec.current_organisation() and o.id = any (sec.hidden_objects()));
end
$$;

revoke all on function sec.hidden_handles() from public;
grant execute on function sec.hidden_handles() to safeguard_app, safeguard_owner;

reset role;

select sec.restrict('audit.documents', 'app_object_not_hidden', 'all', 'id <> all ((select sec.hidden_objects())::uuid[])');
select sec.restrict('audit.objects', 'app_object_not_hidden', 'all', 'id <> all ((select sec.hidden_objects())::uuid[])');
select sec.restrict('audit.leaves', 'app_entry_not_hidden', 'all',
    $$log <> 'restricted' or object <> all ((select sec.hidden_handles())::bytea[])$$);
select sec.restrict('audit.logs', 'app_not_sized', 'all', $$log <> 'restricted'$$);
select sec.restrict('audit.checkpoints', 'app_not_sized', 'all', $$log <> 'restricted'$$);

-- A job's row names what it is about. Workers, and nobody's page, see all of them. Jobs of the channel name another
-- organisation, whatever they carry: how many there are would tell of what is hidden, so no page sees any.
select sec.restrict('jobs.job', 'app_job_not_hidden', 'all',
    $$(select sec.current_purpose()) = 'job'
      or kind not like 'channel.%' and subject_id <> all ((select sec.hidden_objects())::uuid[])$$);
