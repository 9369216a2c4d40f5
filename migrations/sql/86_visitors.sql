-- Whoever writes by a public page has no account, and their pages take words from anybody: what their process may do is
-- bound here, also for a statement that somebody smuggles in.
--
-- A table is shut to them, to reading and to writing, unless it stands here; the same list is `VISITED` in `database/visiting.py`.
-- Opened are rows to be added, which cannot be read afterwards; settings and agreements, which are there to be shown; and
-- of incidents the one whose id this transaction has just drawn, because adding it asks for its id back.

create or replace function sec.open_to_visitors(target text, reads boolean, writes boolean) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
declare
    asks text := 'organisation_id = ( SELECT sec.%s())';
begin
    if to_regclass(target) is null then
        return;
    end if;
    execute format('drop policy if exists app_own on %s', target);
    execute format('create policy app_own on %s for all to safeguard_app using (%s) with check (%s)', target,
        format(asks, case when reads then 'current_organisation' else 'own_organisation' end),
        format(asks, case when writes then 'current_organisation' else 'own_organisation' end));
end
$$;
revoke all on function sec.open_to_visitors(text, boolean, boolean) from public;

select sec.open_to_visitors('public.' || t, false, true)
from unnest(array['incident_people', 'entries', 'concerns', 'concern_entries', 'public_reports', 'helpline_forms',
                  'helpline_feedback', 'agreement_signatures']) t;
select sec.open_to_visitors('public.' || t, true, false)
from unnest(array['organisation_settings', 'policies', 'policy_editions']) t;
select sec.open_to_visitors('public.incidents', true, true);
select sec.restrict('public.incidents', 'app_visitors_own', 'select', $$(select sec.current_purpose()) <> 'public'
    or id = nullif(current_setting('safeguard.recording', true), '')::uuid$$);
select sec.restrict('public.incidents', 'app_visitors_own_changed', 'update', $$(select sec.current_purpose()) <> 'public'
    or id = nullif(current_setting('safeguard.recording', true), '')::uuid$$);
