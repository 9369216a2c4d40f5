-- Files that go with a referral. Whoever refers says which, and changes afterwards only how far each is; what reaches
-- the helpline is its own copy, of which the same is true. Nothing is deleted but by a disposal.

select sec.isolate('public.referral_files', 'owned');
select sec.belongs_to_incident('public.referral_files');
revoke insert, update, delete on public.referral_files from safeguard_app;
grant insert (organisation_id, id, referral_id, incident_id, attachment_id, changed_at) on public.referral_files
    to safeguard_app;
grant update (state, fault, version, object_name, outbox_id, changed_at) on public.referral_files to safeguard_app;
select sec.policy('public.referral_files', 'definer_all', 'all', 'safeguard_definer', 'true');
grant select, delete on public.referral_files to safeguard_definer;

select sec.isolate('public.helpline_files', 'owned');
revoke insert, update, delete on public.helpline_files from safeguard_app;
grant insert (organisation_id, id, case_id, sent_id, name, media_type, size, sha256, attested, announced_at)
    on public.helpline_files to safeguard_app;
grant update (state, fault, finding, scanner, scanned_at, arrived_at, carried_key, object_name, wrapped_key, locked_at,
    locked_why, version) on public.helpline_files to safeguard_app;
select sec.restrict('public.helpline_files', 'app_not_for_visitors', 'select',
    $$(select sec.current_purpose()) <> 'public'$$);
select sec.policy('public.helpline_files', 'definer_all', 'all', 'safeguard_definer', 'true');
grant select, delete on public.helpline_files to safeguard_definer;
