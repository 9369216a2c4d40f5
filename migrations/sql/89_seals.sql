-- What others attest of a pack is kept once and never changed; it goes with its pack.

select sec.isolate('public.pack_seals', 'owned');
revoke update, delete on public.pack_seals from safeguard_app;
