-- What belongs to requests for what is kept about somebody, beside 87_records.sql.

grant update (ground, identity, seen, seen_on, seen_by_name, competent, wishes, limits, advised_by)
    on public.access_requests to safeguard_app;

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

reset role;
