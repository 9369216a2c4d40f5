-- The helpline's desk. A case, what was said in it and every step of the ledger stay as they were written: entries and
-- steps are only ever added, and a case changes by versions whose committed documents stay in the log.

select sec.isolate('public.helpline_waves', 'owned');
revoke update, delete on public.helpline_waves from safeguard_app;
grant update (name, cause, answer, state, version, closed_at) on public.helpline_waves to safeguard_app;

select sec.isolate('public.helpline_cases', 'owned');
revoke update, delete on public.helpline_cases from safeguard_app;
grant update (state, priority, at_risk, caller, sector, caller_name, caller_organisation, caller_contact, gender,
    summary, issues, platforms, wave_id, assigned_to, assigned_name, queued_at, answered_at, ended_at, outcome, ending,
    referrer_ending, version)
    on public.helpline_cases to safeguard_app;

select sec.isolate('public.helpline_entries', 'owned');
revoke update, delete on public.helpline_entries from safeguard_app;

select sec.isolate('public.helpline_urls', 'owned');
revoke update, delete on public.helpline_urls from safeguard_app;
grant update (platform, state, platform_reference, version, self_reported_at, reported_at, chased_at, answered_at, ended_at,
              hours_known, seen_again_at)
    on public.helpline_urls to safeguard_app;

select sec.isolate('public.helpline_case_urls', 'owned');
revoke update, delete on public.helpline_case_urls from safeguard_app;
grant update (told_steps, left_out) on public.helpline_case_urls to safeguard_app;

select sec.isolate('public.helpline_url_steps', 'owned');
revoke update, delete on public.helpline_url_steps from safeguard_app;

select sec.isolate('public.helpline_debriefs', 'owned');
revoke update, delete on public.helpline_debriefs from safeguard_app;
