-- Which of these words are names of people whom the organisation knows, and which two of them are one person's.
--
-- The words of a text go in and the same words come out: no record, and nothing that whoever asks had not written
-- already. As with finding somebody (42_people.sql): it runs as safeguard_search, takes the organisation from the
-- verified context, asks for the caller's rights itself, and leaves out whom the caller may not know of. Whoever has no
-- right is refused, and not told that nobody was found. One reading of the organisation's people whatever the length of
-- the text; nothing of them leaves but words of that text.
--
-- `part` is `given` (also what somebody is known as), `family` (also former names), `number`, or `whole` for two words
-- of one person in the order in which the text has them. What is only the name of a group is nobody's.
set local role safeguard_search;

create or replace function public.spot_names(words text[], pairs text[]) returns table (said text, part text)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();  -- nobody's, for whoever writes by the public page
    person uuid := sec.current_user_id();
    hidden uuid[] := sec.hidden_people();  -- no policy of the app's is asked here
    accents text := '[\u0300-\u036f]';
    marks text := '[\u0300-\u036f''’‘ʼ`´]';
    strange text := 'łøđðı';
    plain text := 'loddi';
begin
    if person is not null and not exists (
        select from public.memberships m
        where m.organisation_id = here and m.user_id = person and m.state = 'active'
            and sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && array['lead', 'deputy']) then
        raise insufficient_privilege using message = 'only leads and deputies look for names';
    end if;
    return query
        with asked as materialized (
            select distinct w as word from unnest(words) w where w <> ''
        ), listed as materialized (
            select p.id, a.word,
                ' ' || regexp_replace(regexp_replace(translate(normalize(lower(p.given_name || ' ' || p.known_as
                    || case when p.given_name = '' then ' ' || p.family_name else '' end), nfkd), strange, plain),
                    marks, '', 'g'), '[^[:alnum:]]+', ' ', 'g') || ' ' as given,
                ' ' || regexp_replace(regexp_replace(translate(normalize(lower(p.family_name || ' '
                    || array_to_string(p.former_names, ' ')), nfkd), strange, plain),
                    marks, '', 'g'), '[^[:alnum:]]+', ' ', 'g') || ' ' as family,
                ' ' || regexp_replace(lower(p.group_name), '[^[:alnum:]]+', ' ', 'g') || ' ' as grouped
            from public.people p
            cross join lateral string_to_table(btrim(p.found_by), ' ') f(word)
            join asked a on a.word = f.word
            where p.organisation_id = here and p.id <> all (hidden)
        ), hit as materialized (
            select l.id, l.word,
                case when l.word ~ '[0-9]' then 'number' when strpos(l.given, ' ' || l.word || ' ') > 0 then 'given'
                     else 'family' end as part
            from listed l
            where strpos(l.given || l.family, ' ' || l.word || ' ') > 0
                or strpos(l.grouped, ' ' || l.word || ' ') = 0
            union all
            select m.user_id, a.word, case f.place when 1 then 'given' else 'family' end
            from public.memberships m
            cross join unnest(m.former_names || m.name) n (name)
            cross join lateral string_to_table(btrim(regexp_replace(regexp_replace(
                translate(normalize(lower(n.name), nfkd), strange, plain), accents, '', 'g'),
                '[^[:alnum:]]+', ' ', 'g')), ' ') with ordinality f(word, place)
            join asked a on a.word = f.word
            where m.organisation_id = here and m.kind = 'person' and m.email <> ''  -- none of an account disposed of
        )
        select distinct h.word, h.part from hit h
        union all
        select distinct t.pair, 'whole'
        from hit x join hit y on y.id = x.id
        join (select distinct p as pair from unnest(pairs) p) t on t.pair = x.word || ' ' || y.word
        where x.part <> 'number' and y.part <> 'number';
end
$$;

revoke all on function public.spot_names(text[], text[]) from public;
grant execute on function public.spot_names(text[], text[]) to safeguard_app;

reset role;
