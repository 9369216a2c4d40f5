-- Frameworks and controls of an organisation's own, what a lead says of a year, reports, and what a group was told.
-- What was written is kept: an edition of a framework is never changed, because reviews were made with it.

select sec.isolate('public.own_frameworks', 'owned');
revoke update, delete on public.own_frameworks from safeguard_app;
grant update (ended_at) on public.own_frameworks to safeguard_app;

select sec.isolate('public.own_controls', 'owned');
revoke update, delete on public.own_controls from safeguard_app;
grant update (ended_at) on public.own_controls to safeguard_app;

grant update (framework_version, scale, editions_left) on public.reviews to safeguard_app;

select sec.isolate('public.insight_statements', 'owned');
revoke update, delete on public.insight_statements from safeguard_app;
grant update (words, version, written_at, written_by, written_by_name) on public.insight_statements to safeguard_app;

select sec.isolate('public.reports', 'owned');
revoke update, delete on public.reports from safeguard_app;
grant update (ready_at, body, size, sha256, wrapped_key) on public.reports to safeguard_app;

-- A member's own suppressed figures, carried to its group by a job in a context of the group: no policy spans the two.
select sec.isolate('public.group_figures', 'owned');
revoke update, delete on public.group_figures from safeguard_app;
grant update (member_name, body, received_at) on public.group_figures to safeguard_app;

set local role safeguard_definer;

-- The group of the organisation in whose context this runs, and what that organisation is called. Only a job may ask.
create or replace function public.find_own_group() returns table (group_id uuid, own_name text)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('job');
    return query select g.id, o.name from public.organisations o
        join public.organisations g on g.id = o.parent_id and g.kind = 'group' and g.state <> 'leaving'
        where o.id = sec.current_organisation();
end
$$;
revoke all on function public.find_own_group() from public;
grant execute on function public.find_own_group() to safeguard_app;

-- Every organisation that measures itself, for the schedule's job: ids and nothing else. The platform alone may ask.
create or replace function public.list_measuring_organisations() returns table (id uuid, kind text, nation text)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_schedule();
    return query select o.id, o.kind, o.nation from public.organisations o
        where o.state = 'active' and o.kind in ('school', 'club', 'care', 'childrens_home');
end
$$;
revoke all on function public.list_measuring_organisations() from public;
grant execute on function public.list_measuring_organisations() to safeguard_app;

reset role;
