-- What comes in from elsewhere: sources of alerts, alerts, imports. An alert about somebody with an account is not there
-- for them, whatever their role. Nothing is deleted: an alert is settled once, an import's file loses its key.

select sec.isolate('public.alert_sources', 'owned');
revoke update, delete on public.alert_sources from safeguard_app;
grant update (ended_at) on public.alert_sources to safeguard_app;

select sec.isolate('public.alerts', 'owned');
select sec.belongs_to_incident('public.alerts');
select sec.restrict('public.alerts', 'app_not_about_oneself', 'select',
                    'user_id is null or user_id is distinct from (select sec.current_user_id())');
revoke update, delete on public.alerts from safeguard_app;
grant update (state, version, incident_id, reason, settled_at, settled_by, settled_by_name)
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
