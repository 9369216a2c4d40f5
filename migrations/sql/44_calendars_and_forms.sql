-- Forms and calendars: a form's version is written once and never changed; a calendar's address opens its deadlines.

select sec.isolate('public.form_versions', 'owned');
revoke update, delete on public.form_versions from safeguard_app;

-- What each kind of organisation asks, as a release that starts says it: a row whenever that changed, none ever changed.
select sec.isolate('public.kind_forms', 'global');
revoke update, delete on public.kind_forms from safeguard_definer;

select sec.isolate('public.calendar_feeds', 'owned');
revoke select, update, delete on public.calendar_feeds from safeguard_app;
grant select (organisation_id, id, user_id, made_at, revoked_at) on public.calendar_feeds to safeguard_app;
grant update (revoked_at) on public.calendar_feeds to safeguard_app;
select sec.policy('public.calendar_feeds', 'definer_read', 'select', 'safeguard_definer', 'true');
grant select on public.calendar_feeds to safeguard_definer;

grant update (reported_type, form_version, answers) on public.incidents to safeguard_app;

-- A calendar's secret address becomes the context of the person whose calendar it is, for one transaction. Nothing else
-- is done in such a context than to read deadlines (purpose `calendar`). What it may read is asked each time.
create or replace function identity.enter_calendar(hash bytea)
    returns table (
        organisation_id uuid, user_id uuid, name text, roles text[],
        organisation_name text, organisation_kind text, organisation_slug text, organisation_state text,
        organisation_nation text, organisation_time_zone text, feed_id uuid
    )
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
    rows 1
as $$
begin
    select f.organisation_id, f.user_id, m.name, sec.roles_held(m.roles, m.deputy_from, m.deputy_until),
               o.name, o.kind, o.slug, o.state, o.nation, o.time_zone, f.id
        into organisation_id, user_id, name, roles,
             organisation_name, organisation_kind, organisation_slug, organisation_state,
             organisation_nation, organisation_time_zone, feed_id
        from public.calendar_feeds f
        join public.memberships m on m.organisation_id = f.organisation_id and m.user_id = f.user_id
        join public.users u on u.id = f.user_id
        join public.organisations o on o.id = f.organisation_id
        where f.token_hash = hash and f.revoked_at is null and u.disabled_at is null
            and m.state = 'active' and o.state <> 'suspended';
    if not found then
        return;
    end if;
    perform sec.enter(organisation_id, user_id, 'calendar', 60);
    return next;
end
$$;

alter function identity.enter_calendar(bytea) owner to safeguard_definer;
revoke all on function identity.enter_calendar(bytea) from public;
grant execute on function identity.enter_calendar(bytea) to safeguard_app;

set local role safeguard_definer;

-- Keep what is asked from now on, where it differs from what was asked last: [{kind, nation, questions, reported}].
-- Several processes start at once: one after the other.
create or replace function public.keep_kind_forms(forms jsonb) returns bigint
    language sql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
    select pg_advisory_xact_lock(hashtext('safeguard-kind-forms'));
    with kept as (
        insert into public.kind_forms (kind, nation, since, questions, reported)
        select f.kind, f.nation, clock_timestamp(), f.questions, f.reported
        from jsonb_to_recordset(forms) f (kind text, nation text, questions jsonb, reported jsonb)
        where not exists (
            select from (
                select k.questions, k.reported from public.kind_forms k
                where k.kind = f.kind and k.nation = f.nation order by k.since desc limit 1) last
            where last.questions = f.questions and last.reported = f.reported)
        returning 1)
    select count(*) from kept
$$;
revoke all on function public.keep_kind_forms(jsonb) from public;
grant execute on function public.keep_kind_forms(jsonb) to safeguard_app;

-- What a kind asked, oldest first. It is the same for every organisation, and stands in the product's own files.
create or replace function public.list_kind_forms(of_kind text, of_nation text)
    returns table (since timestamptz, questions text, reported text)
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
    select k.since, k.questions::text, k.reported::text from public.kind_forms k
    where k.kind = of_kind and k.nation = of_nation order by k.since
$$;
revoke all on function public.list_kind_forms(text, text) from public;
grant execute on function public.list_kind_forms(text, text) to safeguard_app;

reset role;
