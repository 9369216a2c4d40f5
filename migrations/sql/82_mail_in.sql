-- How mail and the web form reach the helpline. What came stays as it came: nothing here is deleted, and what changes is
-- only how far a mail, a form or an import is.
--
-- Whoever writes by the web form has no account. A context for `public` names no person: in it one row is added, and
-- nothing of the desk is read. A worker makes the case.

select sec.isolate('public.helpline_threads', 'owned');
revoke update, delete on public.helpline_threads from safeguard_app;
select sec.isolate('public.helpline_mail_in', 'owned');
revoke update, delete on public.helpline_mail_in from safeguard_app;
select sec.isolate('public.helpline_mail_out', 'owned');
revoke update, delete on public.helpline_mail_out from safeguard_app;
grant update (state, fault, attempts, sent_at) on public.helpline_mail_out to safeguard_app;
select sec.isolate('public.helpline_forms', 'owned');
revoke update, delete on public.helpline_forms from safeguard_app;
grant update (told, state, case_id) on public.helpline_forms to safeguard_app;
select sec.isolate('public.helpline_feedback', 'owned');
revoke update, delete on public.helpline_feedback from safeguard_app;
select sec.isolate('public.helpline_imports', 'owned');
revoke update, delete on public.helpline_imports from safeguard_app;
grant update (object_name, wrapped_key, columns, day_order, state, row_count, done_count, made_count, known_count,
              wrong_count, version, started_at, finished_at) on public.helpline_imports to safeguard_app;
select sec.isolate('public.helpline_import_problems', 'owned');
revoke update, delete on public.helpline_import_problems from safeguard_app;

grant update (heard_at, unsent_at) on public.helpline_cases to safeguard_app;

select sec.restrict('public.' || t, 'app_not_for_visitors', 'select', $$(select sec.current_purpose()) <> 'public'$$)
from unnest(array['helpline_waves', 'helpline_cases', 'helpline_entries', 'helpline_urls', 'helpline_case_urls',
    'helpline_url_steps', 'helpline_debriefs', 'helpline_threads', 'helpline_mail_in', 'helpline_mail_out',
    'helpline_forms', 'helpline_feedback', 'helpline_imports', 'helpline_import_problems']) t;

select sec.policy('public.' || t, 'definer_read', 'select', 'safeguard_definer', 'true')
from unnest(array['helpline_threads', 'helpline_forms', 'helpline_feedback', 'helpline_cases']) t;
grant select on public.helpline_threads, public.helpline_forms, public.helpline_feedback, public.helpline_cases
    to safeguard_definer;

set local role safeguard_definer;

-- Which helpline is meant by the name in an address of mail or of a page; nobody for an organisation of another kind.
create or replace function public.find_desk(wanted text)
    returns table (organisation_id uuid, name text, nation text, time_zone text)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query select o.id, o.name, o.nation, o.time_zone from public.organisations o
        where o.slug = wanted and o.kind = 'helpline' and o.state not in ('suspended', 'leaving');
end
$$;

-- How many forms came within the hour: all of them, and those of this visitor. No network address is in it.
create or replace function public.count_desk_forms(of_visitor bytea) returns table (everybodys bigint, visitors bigint)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('public');
    return query
        select count(*), count(*) filter (where f.visitor = of_visitor) from public.helpline_forms f
        where f.organisation_id = sec.current_organisation() and f.sent_at > sec.clock() - interval '1 hour';
end
$$;

-- The case of somebody who holds its token, from a mail that was sent to them: only to say whether it helped.
create or replace function public.find_desk_thread(given_token text)
    returns table (case_id uuid, reference text, said boolean)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('public');
    return query
        select c.id, c.reference, exists (
            select from public.helpline_feedback f where f.organisation_id = c.organisation_id and f.case_id = c.id)
        from public.helpline_threads t
        join public.helpline_cases c on c.organisation_id = t.organisation_id and c.id = t.case_id
        where t.organisation_id = sec.current_organisation() and t.token = given_token;
end
$$;

revoke all on function public.find_desk(text), public.count_desk_forms(bytea), public.find_desk_thread(text)
    from public;
grant execute on function public.find_desk(text), public.count_desk_forms(bytea), public.find_desk_thread(text)
    to safeguard_app;

reset role;
