-- People, memberships, invitations, sessions, devices, tokens, throttles: who may touch the tables.
--
-- Sessions, devices, throttles and people are global: no role but the definer's reads them, so that an injected
-- statement finds no session to steal and no password to guess. Hashes of invitations and tokens are written by the app
-- and never read back. Definer functions that open something take the secret itself, not its hash, or demand a context
-- that only a process which has just checked a password makes (purpose `sign-in`).

select sec.isolate('public.invitations', 'owned');
revoke select, update, delete on public.invitations from safeguard_app;
grant update (withdrawn_at, roles) on public.invitations to safeguard_app;
grant select (organisation_id, id, email, roles, created_at, created_by, expires_at, used_at, withdrawn_at)
    on public.invitations to safeguard_app;
select sec.policy('public.invitations', 'definer_all', 'all', 'safeguard_definer', 'true');
grant select, update on public.invitations to safeguard_definer;

select sec.isolate('public.tokens', 'owned');
revoke select, update, delete on public.tokens from safeguard_app;
grant select (organisation_id, id, user_id, name, sponsor_id, sponsor_name, created_at, expires_at, last_used_at,
              revoked_at, waits_for, scopes) on public.tokens to safeguard_app;
grant update (revoked_at, waits_for, sponsor_id, sponsor_name) on public.tokens to safeguard_app;
select sec.policy('public.tokens', 'definer_all', 'all', 'safeguard_definer', 'true');
grant select, update on public.tokens to safeguard_definer;

select sec.isolate('public.idempotency', 'owned');
select sec.isolate('public.sessions', 'global');
select sec.isolate('public.devices', 'global');
select sec.isolate('public.throttles', 'global');
select sec.isolate('public.password_resets', 'global');
select sec.isolate('public.pastoral_scopes', 'owned');
revoke update on public.pastoral_scopes from safeguard_app;
