-- Evidence packs: the app asks for them and finishes them, and changes nothing else. A pack is not deleted here: its
-- disposal comes with the disposal of what it holds.

select sec.isolate('public.packs', 'owned');
revoke update, delete on public.packs from safeguard_app;
grant update (origin, log_size, checkpoint, vkey, as_of, ready_at, release, size, sha256, records, shown)
    on public.packs to safeguard_app;
