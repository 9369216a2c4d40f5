-- The weekly report of who looked at what, further evidence in answers, and packs over the restricted log.

select sec.isolate('public.access_reports', 'owned');
revoke update, delete on public.access_reports from safeguard_app;

set local role safeguard_definer;

-- Organisations at work, for the job that asks for each one's weekly report: their ids, and nothing that they own.
create or replace function public.list_organisations_at_work() returns table (id uuid)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_schedule();
    return query select o.id from public.organisations o where o.state = 'active' order by o.id;
end
$$;

revoke all on function public.list_organisations_at_work() from public;
grant execute on function public.list_organisations_at_work() to safeguard_app;
grant execute on function sec.current_purpose(), sec.reads_vault() to safeguard_log;
set local role safeguard_log;

-- The restricted log, for a pack of it: entries of records that the reader may know of, of all others their hashes. For
-- those to whom the vault is open and nobody else: how far this log reaches would tell others what pages hide.
create or replace function audit.read_restricted(first bigint, past bigint, most integer)
    returns table (index bigint, entry text, hash bytea, object bytea)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    organisation uuid := sec.current_organisation();
    hidden bytea[];
begin
    if sec.current_purpose() <> 'job' or not sec.reads_vault() then
        raise exception 'the restricted log is not open to whoever asks' using errcode = '42501';
    end if;
    hidden := sec.hidden_handles();
    return query
        select l.index, case when l.object = any (hidden) then null else l.entry end, l.hash, l.object
        from audit.leaves l
        where l.organisation_id = organisation and l.log = 'restricted' and l.index >= first and l.index < past
        order by l.index limit most;
end
$$;

revoke all on function audit.read_restricted(bigint, bigint, integer) from public;
grant execute on function audit.read_restricted(bigint, bigint, integer) to safeguard_app;

reset role;
