-- Drafts are no records: the app may throw one away. What is in them is sealed with the organisation's key, bound to the
-- draft and to whoever typed it.

select sec.isolate('public.drafts', 'owned');
select sec.belongs_to_incident('public.drafts');
revoke update on public.drafts from safeguard_app;
grant update (sealed, version, saved_at, expires_at) on public.drafts to safeguard_app;
select sec.policy('public.drafts', 'definer_all', 'all', 'safeguard_definer', 'true');
grant select, delete on public.drafts to safeguard_definer;

-- Whatever has run out is swept, in every organisation. It takes nothing that anybody could still open.
set local role safeguard_definer;

create or replace function public.sweep_drafts() returns bigint
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    swept bigint;
begin
    delete from public.drafts d where d.expires_at < sec.clock();
    get diagnostics swept = row_count;
    return swept;
end
$$;

revoke all on function public.sweep_drafts() from public;
grant execute on function public.sweep_drafts() to safeguard_app;

reset role;
