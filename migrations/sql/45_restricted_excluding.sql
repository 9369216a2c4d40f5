-- What excludes a person by itself. The exclusion is made by the database, in the statement that names somebody as alleged
-- or that ties a person to an account: no path of the code, of today or of tomorrow, can record the one without the other.

set local role safeguard_definer;

-- Whether somebody was told of it on record: who knows is not kept from it again. Who was let in because another was
-- meant may be, when somebody says anew who it is.
create or replace function sec.was_told(organisation uuid, incident uuid, concern uuid, person uuid) returns boolean
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from public.exclusions x
        where x.organisation_id = organisation and x.user_id = person and x.ground = 'told'
            and (x.incident_id = incident or x.concern_id = concern))
$$;

-- The members who were harmed in an incident: named in full as affected, tied to it, or its writer, however they name
-- themselves there. Whoever harmed them may share a name with them.
create or replace function sec.harmed_in(organisation uuid, incident uuid) returns setof uuid
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    with harmed as materialized (
        select n.name, n.person_id, i.recorded_by from public.incident_people n
        join public.incidents i on i.organisation_id = organisation and i.id = n.incident_id
        where n.organisation_id = organisation and n.incident_id = incident and n.role = 'affected'
            and n.kind <> 'child' and n.removed_at is null
    )
    select m.user_id from harmed h join sec.names_of_members(organisation) m
        on sec.name_parts(h.name) = sec.name_parts(m.name)
            or m.user_id = h.recorded_by and sec.names_agree(h.name, m.name)
    union
    select h.recorded_by from harmed h where lower(btrim(h.name)) in ('me', 'myself', 'fi', 'fi fy hun')
    union
    select a.user_id from harmed h cross join lateral sec.accounts_of_person(organisation, h.person_id) a (user_id)
    where h.person_id is not null
$$;

-- A part of a name is enough, but not for whoever was harmed: "Mr Lee" is then another than Sam Lee, whom he harmed.
create or replace function sec.exclude_from_incident(
    organisation uuid, incident uuid, person uuid, person_kind text, typed text) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.exclusions (organisation_id, id, incident_id, user_id, cause, since)
    select organisation, gen_random_uuid(), incident, a.user_id, min(a.cause), sec.clock()
    from (
        select user_id, 'linked' as cause, true as for_sure from sec.accounts_of_person(organisation, person) user_id
        where person is not null
        union all
        select m.user_id, 'named', true from public.memberships m
        where m.organisation_id = organisation and m.kind = 'person' and person_kind <> 'child' and m.email <> ''
            and m.roles && (select sec.roles_named(organisation, typed))
        union all
        select m.user_id, 'named', sec.name_parts(called) = sec.name_parts(m.name)
        from sec.names_of_alleged(organisation, person, person_kind, typed) called
        join sec.names_of_members(organisation) m on sec.names_agree(called, m.name)
        union all  -- by what they sign in with, where it can be nothing else: a first name reads like an account
        select user_id, 'named', true from unnest(sec.accounts_meant(organisation, typed)) user_id
        where person_kind <> 'child' and sec.is_account(typed)
    ) a
    where not sec.was_told(organisation, incident, null, a.user_id)
        and (a.for_sure or a.user_id not in (
            select h from sec.harmed_in(organisation, incident) h where h is not null))
    group by a.user_id
    on conflict do nothing;
end
$$;

-- Of somebody who is in it already only what is said anew is looked at: who was let in as another of that name is not
-- shut out again by a change of something else.
create or replace function sec.exclude_alleged() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'UPDATE' and (old.name, old.kind, old.role, old.removed_at)
            is not distinct from (new.name, new.kind, new.role, new.removed_at) then
        if new.person_id is distinct from old.person_id then
            perform sec.exclude_from_incident(new.organisation_id, new.incident_id, new.person_id, new.kind, '');
        end if;
    else
        perform sec.exclude_from_incident(new.organisation_id, new.incident_id, new.person_id, new.kind, new.name);
    end if;
    return null;
end
$$;

-- Somebody of the list of people is called otherwise, or has an account now: it may be they whom an incident or a concern
-- named, as they were called by whoever wrote. Who was let in before is not shut out again by this.
create or replace function sec.exclude_called(organisation uuid, person uuid) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.exclusions (organisation_id, id, incident_id, user_id, cause, since)
    select organisation, gen_random_uuid(), f.incident_id, f.user_id, 'named', sec.clock()
    from (
        select n.incident_id, m.user_id  -- a member, by a name that they have now
        from sec.accounts_of_person(organisation, person) a (user_id)
        cross join lateral sec.names_of_members(organisation, a.user_id) m
        join public.incident_people n on n.organisation_id = organisation and n.role = 'alleged' and n.removed_at is null
            and n.kind <> 'child' and sec.names_agree(n.name, m.name)
        union
        select n.incident_id, m.user_id  -- whoever is alleged already and is called like a member now
        from sec.records_of_person(organisation, person) s (id)
        join public.incident_people n on n.organisation_id = organisation and n.person_id = s.id and n.role = 'alleged'
            and n.removed_at is null
        cross join lateral sec.names_of_alleged(organisation, n.person_id, n.kind, '') called
        join sec.names_of_members(organisation) m on sec.names_agree(called, m.name)
    ) f
    where not exists (
        select from public.exclusions x
        where x.organisation_id = organisation and x.incident_id = f.incident_id and x.user_id = f.user_id)
    on conflict do nothing;
    insert into public.exclusions (organisation_id, id, concern_id, user_id, cause, since)
    select distinct on (c.id, m.user_id) organisation, gen_random_uuid(), c.id, m.user_id, 'named', sec.clock()
    from sec.accounts_of_person(organisation, person) a (user_id)
    cross join lateral sec.names_of_members(organisation, a.user_id) m
    join public.concerns c on c.organisation_id = organisation and sec.names_agree(c.subject_name, m.name)
    where not exists (
        select from public.exclusions x
        where x.organisation_id = organisation and x.concern_id = c.id and x.user_id = m.user_id)
    on conflict do nothing;
end
$$;

create or replace function sec.exclude_renamed() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.exclude_called(new.organisation_id, new.id);
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
    where not sec.was_told(new.organisation_id, n.incident_id, null, a.user_id)
    group by n.incident_id, a.user_id
    on conflict do nothing;
    perform sec.exclude_called(new.organisation_id, new.id);
    return null;
end
$$;

-- Somebody joins, or takes a name, that an incident or a concern has given before.
create or replace function sec.exclude_member() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    -- Who was let in stays so, also when they take a name again that they were known by.
    known boolean := tg_op = 'UPDATE' and new.name = any (old.former_names || old.name);
begin
    insert into public.exclusions (organisation_id, id, incident_id, user_id, cause, since)
    select distinct on (n.incident_id) new.organisation_id, gen_random_uuid(), n.incident_id, new.user_id, 'named',
        sec.clock()
    from public.incident_people n
    where n.organisation_id = new.organisation_id and n.role = 'alleged' and n.removed_at is null and n.kind <> 'child'
        and (sec.names_agree(n.name, new.name) or n.person_id is not null and exists (
            select from sec.names_of_alleged(new.organisation_id, n.person_id, n.kind, '') called
            where sec.names_agree(called, new.name))
            or sec.is_account(n.name) and sec.account_means(n.name, new.name, new.email))
        and not sec.was_told(new.organisation_id, n.incident_id, null, new.user_id)
        and not (known and exists (
            select from public.exclusions x
            where x.organisation_id = new.organisation_id and x.incident_id = n.incident_id and x.user_id = new.user_id))
    on conflict do nothing;
    insert into public.exclusions (organisation_id, id, concern_id, user_id, cause, since)
    select new.organisation_id, gen_random_uuid(), c.id, new.user_id, 'named', sec.clock()
    from public.concerns c
    where c.organisation_id = new.organisation_id and (sec.names_agree(c.subject_name, new.name)
            or sec.is_account(c.subject_name) and sec.account_means(c.subject_name, new.name, new.email))
        and not sec.was_told(new.organisation_id, null, c.id, new.user_id)
        and not (known and exists (
            select from public.exclusions x
            where x.organisation_id = new.organisation_id and x.concern_id = c.id and x.user_id = new.user_id))
    on conflict do nothing;
    return null;
end
$$;

-- Somebody takes a post, as head, lead or deputy, that an incident or a concern has named while nobody held it: then they
-- alone may be meant. Where the post kept somebody from it as it was written, it is the one before them who is meant.
-- Read are those few whose words can name a post at all.
create or replace function sec.exclude_post() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    taken text[] := array(
        select unnest(new.roles) intersect select unnest(array['head', 'lead', 'deputy'])
        except select unnest(case when tg_op = 'UPDATE' then old.roles else '{}' end));
    post constant text := 'head|princip|manage|chair|boss|owner|propriet|direct|chief|ceo|charge|runs|pennaeth|prifathr'
        '|cadeir|rheol|guard|dsl|dsp|welfare|protect|designat|diogel';
begin
    if taken = '{}' then
        return null;
    end if;
    insert into public.exclusions (organisation_id, id, incident_id, user_id, cause, since)
    select distinct on (n.incident_id) new.organisation_id, gen_random_uuid(), n.incident_id, new.user_id, 'named',
        sec.clock()
    from public.incident_people n
    where n.organisation_id = new.organisation_id and n.role = 'alleged' and n.removed_at is null and n.kind <> 'child'
        and n.name ~* post
        and not exists (
            select from public.exclusions x
            where x.organisation_id = new.organisation_id and x.incident_id = n.incident_id)
        and sec.roles_named(new.organisation_id, n.name) && taken
    on conflict do nothing;
    insert into public.exclusions (organisation_id, id, concern_id, user_id, cause, since)
    select new.organisation_id, gen_random_uuid(), c.id, new.user_id, 'named', sec.clock()
    from public.concerns c
    where c.organisation_id = new.organisation_id and (c.subject_name ~* post or c.subject_work ~* post)
        and not exists (
            select from public.exclusions x
            where x.organisation_id = new.organisation_id and x.concern_id = c.id)
        and (sec.roles_named(new.organisation_id, c.subject_name) || sec.roles_meant(c.subject_work)) && taken
    on conflict do nothing;
    return null;
end
$$;

create or replace function sec.exclude_subject() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'UPDATE' and (old.subject_user_id, old.subject_name, old.subject_work)
            is not distinct from (new.subject_user_id, new.subject_name, new.subject_work) then
        return null;
    end if;
    insert into public.exclusions (organisation_id, id, concern_id, user_id, cause, since)
    select new.organisation_id, gen_random_uuid(), new.id, m.user_id,
        case when m.user_id = new.subject_user_id then 'linked' else 'named' end, sec.clock()
    from public.memberships m
    where m.organisation_id = new.organisation_id and m.kind = 'person'
        and (m.user_id = new.subject_user_id or m.user_id in (
                 select k.user_id from sec.names_of_members(new.organisation_id) k
                 where sec.names_agree(new.subject_name, k.name))
             or sec.is_account(new.subject_name) and m.user_id = any (
                 (select sec.accounts_meant(new.organisation_id, new.subject_name))::uuid[])
             or m.roles && (
                 select sec.roles_named(new.organisation_id, new.subject_name) || sec.roles_meant(new.subject_work)))
        and not sec.was_told(new.organisation_id, null, new.id, m.user_id)
    on conflict do nothing;
    return null;
end
$$;

-- A concern tells more of whom an incident names than the incident did: whoever is kept from it, by a name or by hand, is
-- kept from the incident that it came from as well.
create or replace function sec.exclude_from_source() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.exclusions (organisation_id, id, incident_id, user_id, cause, since)
    select c.organisation_id, gen_random_uuid(), c.incident_id, new.user_id, new.cause, sec.clock()
    from public.concerns c
    where c.organisation_id = new.organisation_id and c.id = new.concern_id and c.incident_id is not null
        and not sec.was_told(c.organisation_id, c.incident_id, null, new.user_id)
    on conflict do nothing;
    return null;
end
$$;

create or replace function sec.mark_restricted() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    -- Held from here on, marked already or not: what follows at the end (take_from_excluded) must not wait for somebody
    -- who waits for the head of the log.
    perform from public.incidents i
        where i.organisation_id = new.organisation_id and i.id = new.incident_id for no key update;
    update public.incidents i set restricted_at = sec.clock()
    where i.organisation_id = new.organisation_id and i.id = new.incident_id and i.restricted_at is null;
    return null;
end
$$;

-- Whoever is excluded handles it no more, whatever excluded them: a correction, two people who are one, an account that
-- turns out to be somebody's, a new name, in this organisation or in another. Looked at when the work is done: what names
-- somebody may have said so itself. The excluded may be the one who acts and must not learn it, so nothing of this runs
-- in their statements: the organisation's own job writes it down and tells who may act. Its first look is the next one,
-- because nobody rings for what a database asks.
create or replace function sec.take_from_excluded() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    moment timestamptz := sec.clock();
begin
    update public.incidents i set assigned_to = null, assigned_name = ''
    where i.organisation_id = new.organisation_id and i.id = new.incident_id and i.assigned_to = new.user_id
        and i.state <> 'closed';
    if found then
        insert into jobs.job (organisation_id, id, kind, subject_id, key, run_at, created_at, rung_at)
        values (new.organisation_id, gen_random_uuid(), 'incident.let_go', new.incident_id, new.id::text, moment, moment,
                moment - interval '1 minute');
    end if;
    return null;
end
$$;

revoke all on function sec.was_told(uuid, uuid, uuid, uuid), sec.harmed_in(uuid, uuid),
    sec.exclude_from_incident(uuid, uuid, uuid, text, text), sec.exclude_called(uuid, uuid), sec.exclude_alleged(),
    sec.exclude_renamed(), sec.exclude_account(), sec.exclude_member(), sec.exclude_post(), sec.exclude_subject(),
    sec.exclude_from_source(), sec.mark_restricted(), sec.take_from_excluded() from public;
grant execute on function sec.exclude_alleged(), sec.exclude_renamed(), sec.exclude_account(), sec.exclude_member(),
    sec.exclude_post(), sec.exclude_subject(), sec.exclude_from_source(), sec.mark_restricted(),
    sec.take_from_excluded() to safeguard_owner;

reset role;

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
create or replace trigger exclude_renamed after update of given_name, family_name, known_as, former_names on public.people
    for each row when (new.kind = 'adult' and (new.given_name, new.family_name, new.known_as, new.former_names)
        is distinct from (old.given_name, old.family_name, old.known_as, old.former_names))
    execute function sec.exclude_renamed();
create or replace trigger keep_former_name before update of name, email on public.memberships
    for each row when ((new.name, new.email) is distinct from (old.name, old.email))
    execute function sec.keep_former_name();
create or replace trigger exclude_member_joined after insert on public.memberships
    for each row when (new.kind = 'person') execute function sec.exclude_member();
create or replace trigger exclude_member_renamed after update of name, email on public.memberships
    for each row when (new.kind = 'person' and (new.name, new.email) is distinct from (old.name, old.email))
    execute function sec.exclude_member();
create or replace trigger exclude_post_taken after insert or update of roles on public.memberships
    for each row when (new.kind = 'person' and new.roles && array['head', 'lead', 'deputy'])
    execute function sec.exclude_post();
create or replace trigger exclude_subject_named after insert or update of subject_user_id, subject_name, subject_work
    on public.concerns
    for each row execute function sec.exclude_subject();
-- What was looked at and keeps nobody out (89_looking_back.sql) is ended as it is written: it does nothing of these.
create or replace trigger mark_excluding after insert on public.exclusions
    for each row when (new.incident_id is not null and new.lifted_at is null) execute function sec.mark_restricted();
create or replace trigger mark_confined after insert on public.confinements
    for each row execute function sec.mark_restricted();
create or replace trigger exclude_from_source after insert on public.exclusions
    for each row when (new.concern_id is not null and new.lifted_at is null) execute function sec.exclude_from_source();
drop trigger if exists take_from_excluded on public.exclusions;  -- one of this kind is not replaced in place
create constraint trigger take_from_excluded after insert on public.exclusions deferrable initially deferred
    for each row when (new.incident_id is not null and new.lifted_at is null) execute function sec.take_from_excluded();

-- Concerns from before a concern kept anybody from the incident it came from. Once: the trigger leaves none behind.
set local role safeguard_definer;
insert into public.exclusions (organisation_id, id, incident_id, user_id, cause, since)
select c.organisation_id, gen_random_uuid(), c.incident_id, x.user_id, min(x.cause), sec.clock()
from public.exclusions x
join public.concerns c on c.organisation_id = x.organisation_id and c.id = x.concern_id and c.incident_id is not null
where x.lifted_at is null and not exists (
    select from public.exclusions y
    where y.organisation_id = c.organisation_id and y.incident_id = c.incident_id and y.user_id = x.user_id)
group by c.organisation_id, c.incident_id, x.user_id;
set constraints all immediate;  -- what waits for the end would keep the tables from being changed below
set constraints all deferred;
reset role;
