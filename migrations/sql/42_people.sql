-- The people whom the organisation knows: who may touch the tables, and the one way to find somebody by name.
--
-- Nobody is deleted and nothing is overwritten unseen: the app holds no DELETE, and every version stays in
-- audit.documents. The link of an incident's person to the directory may be set and taken away.

select sec.isolate('public.people', 'owned');
revoke update, delete on public.people from safeguard_app;
grant update (
    version, kind, given_name, family_name, known_as, former_names, born_on, connection, group_name, identifiers,
    contacts, flags, address, notes, user_id, merged_into_id, changed_at, sort_key, found_by, sounds, twin
) on public.people to safeguard_app;

select sec.isolate('public.person_merges', 'owned');
revoke update, delete on public.person_merges from safeguard_app;
grant update (undone_at, undone_by, undone_by_name, undone_reason) on public.person_merges to safeguard_app;

select sec.isolate('public.people_apart', 'owned');
revoke update, delete on public.people_apart from safeguard_app;

grant update (person_id) on public.incident_people to safeguard_app;

select sec.policy('public.people', 'search_read', 'select', 'safeguard_search', 'true');
grant select on public.people to safeguard_search;
