-- The restricted side: who may touch its tables, and what of the log and of the jobs is hidden. What excludes a person by
-- itself stands in 45_restricted_excluding.sql, who could still take care of it in 45_restricted_handling.sql.

select sec.isolate('public.exclusions', 'owned');
revoke update, delete on public.exclusions from safeguard_app;
grant update (lifted_at, lifted_by, lifted_by_name, ground, told_how, reason) on public.exclusions to safeguard_app;
select sec.isolate('public.confinements', 'owned');
revoke update, delete on public.confinements from safeguard_app;
grant update (ended_at, ended_by, end_reason) on public.confinements to safeguard_app;
select sec.isolate('public.confidants', 'owned');
revoke update, delete on public.confidants from safeguard_app;
grant update (ended_at) on public.confidants to safeguard_app;
select sec.isolate('public.vault_people', 'owned');
revoke update, delete on public.vault_people from safeguard_app;
grant update (ended_at, ended_by) on public.vault_people to safeguard_app;
select sec.isolate('public.broken_glass', 'owned');
revoke update, delete on public.broken_glass from safeguard_app;
grant update (ended_at) on public.broken_glass to safeguard_app;
select sec.isolate('public.concerns', 'owned');
revoke update, delete on public.concerns from safeguard_app;
grant update (
    version, state, subject_user_id, subject_name, subject_work, received_at, received_by, level, level_reason,
    decided_at, outcome, outcome_reason, told_at, closed_at, last_activity_at
) on public.concerns to safeguard_app;
select sec.isolate('public.concern_entries', 'owned');
revoke update, delete on public.concern_entries from safeguard_app;

select sec.policy('public.' || t, 'definer_all', 'all', 'safeguard_definer', 'true')
from unnest(array['exclusions', 'confinements', 'confidants', 'vault_people', 'broken_glass', 'concerns',
                  'concern_entries', 'incidents', 'incident_people', 'entries']) t;
grant select, insert on public.exclusions to safeguard_definer;
grant select on public.confinements, public.confidants, public.vault_people, public.broken_glass, public.concerns,
    public.concern_entries, public.incidents, public.incident_people, public.entries to safeguard_definer;
grant update (restricted_at, assigned_to, assigned_name) on public.incidents to safeguard_definer;

select sec.belongs_to_incident('public.incidents', 'id');
select sec.belongs_to_incident('public.incident_people');
select sec.belongs_to_incident('public.entries');
select sec.belongs_to_incident('public.packs');
select sec.belongs_to_incident('public.proposals');
-- A link tells of the incident at its other end.
select sec.restrict('public.entries', 'app_link_not_hidden', 'all',
    'linked_id is null or linked_id <> all ((select sec.hidden_incidents())::uuid[])');
select sec.belongs_to_incident('public.exclusions');
select sec.belongs_to_incident('public.confinements');
select sec.belongs_to_incident('public.confidants');
-- Nobody breaks the glass for themselves: whoever agrees does it for them, also past every page of ours.
drop policy if exists app_not_for_oneself on public.broken_glass;
create policy app_not_for_oneself on public.broken_glass as restrictive for insert to safeguard_app
    with check (user_id is distinct from (select sec.current_user_id()));
select sec.belongs_to_vault('public.concerns', 'id');
select sec.belongs_to_vault('public.concern_entries');
-- Anybody may raise a concern, also while they read in an emergency; nothing is added to one through the glass.
select sec.keep_from_glass(t::regclass, 'app_vault_not_through_glass', command, 'not (select sec.only_reads_vault())')
from (values ('public.concerns', 'update'), ('public.concern_entries', 'all'), ('public.vault_people', 'all'))
    written (t, command);

-- From whom a concern is kept is for those who read the vault, and never for them themselves, whatever glass they broke;
-- nor is anybody let in, or shut out, through the glass.
select sec.restrict('public.exclusions', 'app_not_of_vault', 'select',
    'concern_id is null or (select sec.reads_vault()) and concern_id <> all ((select sec.hidden_concerns())::uuid[])');
select sec.keep_from_glass(t::regclass, 'app_concern_not_through_glass', 'all',
    'concern_id is null or not (select sec.only_reads_vault())')
from unnest(array['public.exclusions', 'public.proposals', 'public.public_reports']) t;

-- The list of whom the head named is for those who read the vault. Whoever broke the glass is known to all who may ask.
select sec.restrict('public.vault_people', 'app_list_in_vault', 'all', '(select sec.reads_vault())');

-- The log. How much the restricted log holds is nobody's to know; of its entries, those of records that one may read.
-- Committed documents and the keys to entries hide with their record, also those from before it was restricted.
set local role safeguard_log;

create or replace function sec.hidden_handles() returns bytea[]
    language plpgsql stable parallel restricted security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return array(
        select o.handle from audit.objects o
        where o.organisation_id = sec.current_organisation() and o.id = any (sec.hidden_objects()));
end
$$;

revoke all on function sec.hidden_handles() from public;
grant execute on function sec.hidden_handles() to safeguard_app, safeguard_owner;

reset role;

select sec.restrict('audit.documents', 'app_object_not_hidden', 'all', 'id <> all ((select sec.hidden_objects())::uuid[])');
select sec.restrict('audit.objects', 'app_object_not_hidden', 'all', 'id <> all ((select sec.hidden_objects())::uuid[])');
select sec.restrict('audit.leaves', 'app_entry_not_hidden', 'all',
    $$log <> 'restricted' or object <> all ((select sec.hidden_handles())::bytea[])$$);
select sec.restrict('audit.logs', 'app_not_sized', 'all', $$log <> 'restricted'$$);
select sec.restrict('audit.checkpoints', 'app_not_sized', 'all', $$log <> 'restricted'$$);

-- A job's row names what it is about. Workers, and nobody's page, see all of them. Jobs of the channel name another
-- organisation, whatever they carry: how many there are would tell of what is hidden, so no page sees any.
select sec.restrict('jobs.job', 'app_job_not_hidden', 'all',
    $$(select sec.current_purpose()) = 'job'
      or kind not like 'channel.%' and subject_id <> all ((select sec.hidden_objects())::uuid[])
          and (kind <> 'webhook.send' or exists (  -- one about a delivery that is hidden hides with it
              select from public.webhook_deliveries d where d.organisation_id = job.organisation_id
                  and d.id = job.subject_id))$$);
