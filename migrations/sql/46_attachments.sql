-- The organisation's keys: added, wrapped again when a master is replaced, and never taken away by the app, for what they
-- sealed would be lost. Each is wrapped by a master key that the database never holds.

select sec.isolate('public.organisation_keys', 'owned');
revoke update, delete on public.organisation_keys from safeguard_app;
grant update (master_id, wrapped) on public.organisation_keys to safeguard_app;

-- A pack's key, and the lock on one that may hold what nobody may look at.
grant update (wrapped_key, locked_at) on public.packs to safeguard_app;

-- Files: added unlocked and unchecked, whatever the app says, for it may not write those columns when it adds one. With
-- the foreign key on the incident's type this means: no statement of the app's can put a file to a blocked incident.
-- A lock is set and never taken back; nothing is deleted.
select sec.isolate('public.attachments', 'owned');
select sec.belongs_to_incident('public.attachments');
revoke insert, update, delete on public.attachments from safeguard_app;
grant insert (organisation_id, id, incident_id, name, note, media_type, size, sha256, object_name, wrapped_key, attached_at,
    attached_by, attached_by_name) on public.attachments to safeguard_app;
grant update (state, finding, scanner, scanned_at, wrapped_key, locked_at, locked_why, version)
    on public.attachments to safeguard_app;
