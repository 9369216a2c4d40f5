-- What comes in from elsewhere: sources of alerts, alerts, imports. An alert about somebody with an account is not there
-- for them, whatever their role; where its account may mean two, for neither. Nothing is deleted: an alert is settled once, an import's file loses its key.

select sec.isolate('public.alert_sources', 'owned');
revoke update, delete on public.alert_sources from safeguard_app;
grant update (ended_at) on public.alert_sources to safeguard_app;

select sec.isolate('public.alerts', 'owned');
select sec.belongs_to_incident('public.alerts');
select sec.restrict('public.alerts', 'app_not_about_oneself', 'select',
    '(user_id is null or user_id is distinct from (select sec.current_user_id()))'
    ' and not coalesce((select sec.current_user_id()) = any (kept_from), false)');
revoke update, delete on public.alerts from safeguard_app;
grant update (state, version, incident_id, reason, settled_at, settled_by, settled_by_name, onward_at)
    on public.alerts to safeguard_app;

select sec.isolate('public.imports', 'owned');
revoke update, delete on public.imports from safeguard_app;
grant update (object_name, wrapped_key, columns, day_order, state, row_count, done_count, made_count, known_count,
              wrong_count, version, started_at, finished_at) on public.imports to safeguard_app;

select sec.isolate('public.imported_records', 'owned');
select sec.belongs_to_incident('public.imported_records');
revoke update, delete on public.imported_records from safeguard_app;

select sec.isolate('public.import_problems', 'owned');
revoke update, delete on public.import_problems from safeguard_app;

grant select on public.imports, public.imported_records to safeguard_definer;

set local role safeguard_definer;

-- Of these imports, how many records of each are kept from whoever asks, and how many earlier ones of the same product
-- are: a count of what came in must tell nobody of a record about them. Whoever sent the file knows what is in it.
create or replace function public.list_hidden_of_imports(wanted uuid[])
    returns table (import_id uuid, made bigint, known bigint)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    hidden uuid[] := sec.hidden_incidents();
begin
    if hidden = '{}' then
        return;
    end if;
    return query
        select i.id, count(*) filter (where r.import_id = i.id), count(*) filter (where r.import_id <> i.id)
        from public.imports i
        join public.imported_records r on r.organisation_id = here and r.source = i.source
            and r.incident_id = any (hidden)
        where i.organisation_id = here and i.id = any (wanted)
            and i.uploaded_by is distinct from sec.current_user_id()
        group by i.id;
end
$$;

revoke all on function public.list_hidden_of_imports(uuid[]) from public;
grant execute on function public.list_hidden_of_imports(uuid[]) to safeguard_app;

reset role;
