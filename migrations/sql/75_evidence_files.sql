-- Files of items of evidence: added unlocked and unchecked, whatever the app says, for it may not write those columns when
-- it adds one. A lock is set and never taken back; nothing is deleted.

select sec.isolate('public.evidence_files', 'owned');
revoke insert, update, delete on public.evidence_files from safeguard_app;
grant insert (organisation_id, id, item_id, name, note, media_type, size, sha256, object_name, wrapped_key, attached_at,
    attached_by, attached_by_name) on public.evidence_files to safeguard_app;
grant update (state, finding, scanner, scanned_at, wrapped_key, locked_at, locked_why, version)
    on public.evidence_files to safeguard_app;
