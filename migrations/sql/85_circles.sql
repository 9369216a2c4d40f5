-- What ends an exclusion, and what tells of it: proposals, the links to somebody outside, notices and mail.
--
-- An exclusion ends by a proposal that somebody else made: asked of the database itself, so that no path of the code,
-- and no statement that somebody smuggled into a page of theirs, lets anybody in alone.

grant update (approval_id) on public.exclusions to safeguard_app;

create or replace function sec.end_exclusion_by_two() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    if current_user <> 'safeguard_app' then
        return new;  -- the owner mends what is broken, by hand
    end if;
    if old.lifted_at is not null or new.lifted_at is null or not exists (
            select from public.proposals p
            where p.organisation_id = new.organisation_id and p.id = new.approval_id and p.subject_id = new.id
                and p.act in ('exclusion.lift', 'concern.admit') and p.state = 'open' and p.expires_at > sec.clock()
                and p.proposed_by is distinct from sec.current_user_id()) then
        raise exception 'an exclusion ends by two people, once' using errcode = '42501';
    end if;
    return new;
end
$$;
revoke all on function sec.end_exclusion_by_two() from public;
create or replace trigger end_exclusion_by_two
    before update of lifted_at, lifted_by, lifted_by_name, ground, told_how, reason, approval_id on public.exclusions
    for each row execute function sec.end_exclusion_by_two();

-- What was kept from somebody only by mistake was never restricted: it counts again and is read as every other once the
-- last of them is let in, unless somebody was told of it as whom it is about, or it is kept to a few. The same is asked
-- when what was kept to a few is opened to all.
set local role safeguard_definer;

create or replace function sec.unmark_mistaken() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    -- Held first, as by whatever keeps somebody from it (mark_restricted): who waited for that looks again, and sees it.
    perform from public.incidents i
        where i.organisation_id = new.organisation_id and i.id = new.incident_id for no key update;
    update public.incidents i set restricted_at = null
    where i.organisation_id = new.organisation_id and i.id = new.incident_id and i.restricted_at is not null
        and not exists (
            select from public.exclusions x
            where x.organisation_id = new.organisation_id and x.incident_id = new.incident_id
                and (x.lifted_at is null or x.ground <> 'mistaken'))
        and not exists (
            select from public.confinements c
            where c.organisation_id = new.organisation_id and c.incident_id = new.incident_id and c.ended_at is null);
    return null;
end
$$;
-- Those that were ended before this was asked. Nothing stands here for long: the trigger leaves none. What was kept to a
-- few and opened again before then stays as it is, until somebody does so anew: whoever opened it had not been told who
-- reads it from then on.
with unmarked as (
    update public.incidents i set restricted_at = null
    where i.restricted_at is not null
        and exists (
            select from public.exclusions x
            where x.organisation_id = i.organisation_id and x.incident_id = i.id and x.ground = 'mistaken')
        and not exists (
            select from public.exclusions x
            where x.organisation_id = i.organisation_id and x.incident_id = i.id
                and (x.lifted_at is null or x.ground <> 'mistaken'))
        and not exists (
            select from public.confinements c
            where c.organisation_id = i.organisation_id and c.incident_id = i.id)
    returning i.organisation_id, i.id
)
insert into jobs.job (organisation_id, id, kind, subject_id, key, run_at, created_at, rung_at)
select u.organisation_id, gen_random_uuid(), 'incident.retell', u.id, 'once ' || u.id, sec.clock(), sec.clock(),
    sec.clock() - interval '1 minute'
from unmarked u
on conflict do nothing;

revoke all on function sec.unmark_mistaken() from public;
grant execute on function sec.unmark_mistaken() to safeguard_owner;

reset role;

create or replace trigger unmark_mistaken after update of lifted_at on public.exclusions
    for each row when (new.incident_id is not null and new.lifted_at is not null and new.ground = 'mistaken')
    execute function sec.unmark_mistaken();
create or replace trigger unmark_released after update of ended_at on public.confinements
    for each row when (old.ended_at is null and new.ended_at is not null)
    execute function sec.unmark_mistaken();

-- Nobody asks in another's name: else one person could ask as somebody else, and agree as themselves.
drop policy if exists app_by_oneself on public.proposals;
create policy app_by_oneself on public.proposals as restrictive for insert to safeguard_app
    with check (proposed_by is not distinct from (select sec.current_user_id()));

-- What is asked about a concern is for those who may know of the concern.
select sec.restrict('public.proposals', 'app_not_of_vault', 'select',
    'concern_id is null or ((select sec.reads_vault()) and concern_id <> all ((select sec.hidden_concerns())::uuid[]))');
select sec.restrict('public.approval_links', 'app_link_of_shown', 'all',
    'proposal_id <> all ((select sec.hidden_objects())::uuid[])');
select sec.restrict('public.notices', 'app_about_not_hidden', 'all',
    'subject_id <> all ((select sec.hidden_objects())::uuid[])');
select sec.restrict('public.outbox', 'app_object_not_hidden', 'all',
    'id <> all ((select sec.hidden_objects())::uuid[])');

-- What `sec.hidden_objects()` asks besides (25_restricting.sql).
select sec.policy('public.attachments', 'definer_read', 'select', 'safeguard_definer', 'true');
select sec.policy('public.packs', 'definer_read', 'select', 'safeguard_definer', 'true');
grant select on public.attachments, public.packs, public.outbox to safeguard_definer;
