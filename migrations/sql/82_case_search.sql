-- Finding earlier contacts of a caller. ILIKE is not leakproof, so under row security its index goes unused: at a hundred
-- thousand cases each key typed during a call would read all of them. This function runs as safeguard_search, which may
-- read every row, and so takes the organisation from the verified context and from nothing else, and asks for the
-- caller's rights itself: whoever works at the desk, and what no person does. Nothing of a case but its id leaves it.
-- Two steps, as in the search of incidents: what very many cases have stands among the latest two thousand; only what
-- does not is looked for by its letters, among the cases before those. Who referred a case calls it by a reference of
-- their own, which they quote when they call: a few cases at most, looked up first.

select sec.policy('public.helpline_cases', 'search_read', 'select', 'safeguard_search', 'true');
grant select on public.helpline_cases to safeguard_search;
select sec.policy('public.helpline_referrals', 'search_read', 'select', 'safeguard_search', 'true');
grant select (organisation_id, case_id, reference) on public.helpline_referrals to safeguard_search;

set local role safeguard_search;

create or replace function public.search_cases(pattern text, called text, other uuid, wanted integer)
    returns table (id uuid)
    language plpgsql stable security definer
    rows 30  -- a page: with the thousand that is reckoned unless said, joining them reads every row there is
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_custom_plan
    set enable_seqscan = off
as $$
declare
    here uuid := sec.own_organisation();  -- nobody's, for whoever writes by the public page
    person uuid := sec.current_user_id();
    last_at timestamptz;
    last_id uuid;
    found integer;
    referred uuid[];
begin
    if person is not null and not exists (
        select from public.memberships m
        where m.organisation_id = here and m.user_id = person and m.state = 'active'
            and m.roles && array['practitioner', 'supervisor']) then
        return;
    end if;
    referred := array(select r.case_id from public.helpline_referrals r
        where r.organisation_id = here and r.reference = upper(called) limit 10);
    select c.received_at, c.id into last_at, last_id from public.helpline_cases c
        where c.organisation_id = here order by c.received_at desc, c.id desc offset 1999 limit 1;
    return query
        select c.id from (
            select l.* from public.helpline_cases l
            where l.organisation_id = here order by l.received_at desc, l.id desc limit 2000) c
        where c.id is distinct from other and (c.reference = upper(called) or c.id = any (referred)
            or c.caller_name ilike pattern or c.caller_organisation ilike pattern or c.caller_contact ilike pattern)
        order by c.received_at desc, c.id desc
        limit wanted;
    get diagnostics found = row_count;
    if found >= wanted or last_at is null then
        return;
    end if;
    return query
        with earlier as materialized (
            select c.id, c.received_at from public.helpline_cases c
            where c.organisation_id = here and c.id is distinct from other and (c.reference = upper(called)
                or c.id = any (referred) or c.caller_name ilike pattern or c.caller_organisation ilike pattern
                or c.caller_contact ilike pattern))
        select e.id from earlier e
        where (e.received_at, e.id) < (last_at, last_id)
        order by e.received_at desc, e.id desc
        limit wanted - found;
end
$$;

revoke all on function public.search_cases(text, text, uuid, integer) from public;
grant execute on function public.search_cases(text, text, uuid, integer) to safeguard_app;

reset role;
