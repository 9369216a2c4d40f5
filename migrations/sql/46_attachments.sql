-- The organisation's keys: added, wrapped again when a master is replaced, and never taken away by the app, for what they
-- sealed would be lost. Each is wrapped by a master key that the database never holds.

select sec.isolate('public.organisation_keys', 'owned');
revoke update, delete on public.organisation_keys from safeguard_app;
grant update (master_id, wrapped) on public.organisation_keys to safeguard_app;

-- A pack's key, and the lock on one that may hold what nobody may look at.
grant update (wrapped_key, locked_at) on public.packs to safeguard_app;
