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

-- Since when something is known of a person, and since when an incident says who somebody is: a duty that follows from
-- it counts from then. Written here, because rosters, files and merges write these columns too.
create or replace function public.date_flags() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    new.flags_since := coalesce((
        select jsonb_object_agg(f, case
            when tg_op = 'INSERT' or not f = any (old.flags) then to_jsonb(sec.clock()) else old.flags_since -> f end)
        from unnest(new.flags) f), '{}');
    return new;
end
$$;
create or replace trigger date_flags before insert or update of flags on public.people
    for each row execute function public.date_flags();

create or replace function public.date_tie() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    new.tied_at := case when new.person_id is not null then sec.clock() end;
    return new;
end
$$;
create or replace trigger date_tie_first before insert on public.incident_people
    for each row when (new.person_id is not null) execute function public.date_tie();
create or replace trigger date_tie before update of person_id on public.incident_people
    for each row when (new.person_id is distinct from old.person_id) execute function public.date_tie();
revoke all on function public.date_flags(), public.date_tie() from public;

select sec.policy('public.people', 'search_read', 'select', 'safeguard_search', 'true');
grant select on public.people to safeguard_search;

-- squawk-ignore ban-drop-function
drop function if exists public.accounts_of_person(uuid);

-- Finding somebody. LIKE, word similarity and array overlap are not leakproof, so under row security their indexes go
-- unused: at a hundred thousand people each key typed would read all of them. This function runs as safeguard_search,
-- which may read every row, and so takes the organisation from the verified context and from nothing else, and asks for
-- the caller's rights itself: those who may read every incident may look somebody up, nobody else.
--
-- `terms` are words in plain small letters. First whoever has a word that begins with each of them (names, group,
-- identifiers); if these do not fill the list, those who are spelt or sound nearly so. The longest word asks the index,
-- the others only sift. Pieces of a word and its sound bring too many: to either "group" is a Harvey. So of those who come
-- so, one word must be near by its letters as well: two in five may differ, fewer where it begins otherwise (Kathryn is
-- Catherine, no Page is a fake). What was merged is found as the person that it was merged into.
select public.word_similarity('load', 'the library, without which its settings are unknown');

set local role safeguard_search;

create or replace function public.search_people(terms text[], only_kind text, wanted integer)
    returns table (id uuid, score real)
    language plpgsql stable security definer
    rows 30  -- a page: with the thousand that is reckoned unless said, joining them reads every row there is
    set search_path = pg_catalog, pg_temp
    set pg_trgm.word_similarity_threshold = 0.5
    set enable_seqscan = off  -- the planner thinks a comparison of names as cheap as one of numbers
as $$
declare
    here uuid := sec.own_organisation();  -- nobody's, for whoever writes by the public page
    person uuid := sec.current_user_id();
    longest text := (select t from unnest(terms) t order by length(t) desc limit 1);
    sound text[] := coalesce(public.daitch_mokotoff(longest), '{}');
    hidden uuid[] := sec.hidden_people();  -- no policy of the app's is asked here
    hits integer;
begin
    if person is not null and not exists (
        select from public.memberships m
        where m.organisation_id = here and m.user_id = person and m.state = 'active'
            and sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && array['lead', 'deputy']) then
        return;
    end if;
    return query
        with recursive hit as (
            select p.id, p.merged_into_id,
                (select sum(case when p.found_by like '% ' || t || ' %' then 1.0 else 0.8 end) from unnest(terms) t) as s
            from public.people p
            where p.organisation_id = here and p.found_by like '% ' || longest || '%'
                and not exists (select from unnest(terms) t where p.found_by not like '% ' || t || '%')
        ), up as (
            select h.id, h.merged_into_id, h.s from hit h
            union all
            select p.id, p.merged_into_id, u.s from up u
            join public.people p on p.organisation_id = here and p.id = u.merged_into_id
        ), best as (
            select u.id, max(u.s) as s from up u where u.merged_into_id is null group by u.id
        )
        select b.id, (b.s / cardinality(terms))::real
        from best b join public.people p on p.organisation_id = here and p.id = b.id
        where (only_kind is null or p.kind = only_kind) and p.id <> all (hidden) and p.withdrawn_at is null
        order by b.s desc, p.sort_key, p.id
        limit wanted;
    get diagnostics hits = row_count;
    if hits >= wanted or length(longest) < 3 then
        return;
    end if;
    return query
        with recursive hit as (
            select p.id, p.merged_into_id, (
                select sum(greatest(
                    public.word_similarity(t, p.found_by),
                    case when p.sounds && public.daitch_mokotoff(t) then 0.55 else 0 end))
                from unnest(terms) t) as s
            from public.people p
            where p.organisation_id = here
                and (p.found_by operator(public.%>) longest or p.sounds && sound)
                and exists (select from unnest(terms) t where p.found_by not like '% ' || t || '%')
                and not exists (
                    select from unnest(terms) t
                    where p.found_by not like '% ' || t || '%' and not (
                        (p.found_by operator(public.%>) t or p.sounds && coalesce(public.daitch_mokotoff(t), '{}'))
                        and exists (
                            select from string_to_table(btrim(p.found_by), ' ') w
                            where public.levenshtein(t, left(w, 40)) <= greatest(length(t), length(w))
                                * case when left(t, 1) = left(w, 1) then 0.6 else 0.45 end)))
        ), up as (
            select h.id, h.merged_into_id, h.s from hit h
            union all
            select p.id, p.merged_into_id, u.s from up u
            join public.people p on p.organisation_id = here and p.id = u.merged_into_id
        ), best as (
            select u.id, max(u.s) as s from up u where u.merged_into_id is null group by u.id
        )
        select b.id, (b.s / cardinality(terms) * 0.7)::real
        from best b join public.people p on p.organisation_id = here and p.id = b.id
        where (only_kind is null or p.kind = only_kind) and p.id <> all (hidden) and p.withdrawn_at is null
        order by b.s desc, p.sort_key, p.id
        limit case hits when 0 then wanted else least(wanted - hits, 3) end;
end
$$;

revoke all on function public.search_people(text[], text, integer) from public;
grant execute on function public.search_people(text[], text, integer) to safeguard_app;

reset role;
