-- What the signer refuses stands where people look, and the signer can write that and nothing else of it.

select sec.isolate('audit.alarms', 'log');
select sec.policy('audit.alarms', 'signer_all', 'all', 'safeguard_signer', 'true');
drop policy signer_read on audit.alarms;
grant insert, update on audit.alarms to safeguard_signer;

select sec.isolate('public.inspections', 'owned');
revoke update, delete on public.inspections from safeguard_app;
grant update (ended_at, ended_by) on public.inspections to safeguard_app;
select sec.isolate('public.inspection_packs', 'owned');
revoke update on public.inspection_packs from safeguard_app;  -- a pack given by mistake is taken back
select sec.isolate('public.inspection_notes', 'owned');
revoke update, delete on public.inspection_notes from safeguard_app;
select sec.isolate('public.inspection_openings', 'owned');
revoke update, delete on public.inspection_openings from safeguard_app;

-- What an inspector notes for themselves is theirs, whatever the reader's role.
drop policy if exists app_own_note on public.inspection_notes;
create policy app_own_note on public.inspection_notes as restrictive for all to safeguard_app
    using (kind <> 'note' or written_by = (select sec.current_user_id()));

-- What they opened is told to the organisation when the access has run out: nobody is watched while they inspect.
drop policy if exists app_after_inspection on public.inspection_openings;
create policy app_after_inspection on public.inspection_openings as restrictive for all to safeguard_app
    using (user_id = (select sec.current_user_id()) or until <= (select sec.clock()));
