-- Whom somebody means who names a person: how names are compared, what posts are called, and by what names each member
-- goes. What follows from it stands in 45_restricted_excluding.sql.

set local role safeguard_definer;

-- What somebody typed, for comparing with a name: no accents, invisible signs or apostrophes (O'Brien, D’Arcy), one blank
-- for whatever else stands between its words; capitals stay.
create or replace function sec.plain(said text) returns text
    language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select regexp_replace(regexp_replace(regexp_replace(
        normalize(said, nfd), '[\u0300-\u036f\u200b-\u200f\u2060\ufeff\u00ad]', '', 'g'),
        '[''’ʼ]', '', 'g'), '[[:punct:][:space:]]+', ' ', 'g')
$$;

-- A story likewise: "Mr Hale's" names Hale, and "O Brien" is one name.
create or replace function sec.story(said text) returns text
    language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select sec.plain(regexp_replace(
        regexp_replace(left(said, 20000), '[''’ʼ]s\M', '', 'gi'), '\mO (?=[[:upper:]])', 'O', 'g'))
$$;

-- The words of a name without titles.
create or replace function sec.name_parts(said text) returns text[]
    language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select array(
        select word from unnest(string_to_array(lower(sec.plain(left(said, 300))), ' ')) with ordinality w (word, place)
        where word <> '' and word not in ('mr', 'mrs', 'ms', 'miss', 'mx', 'dr', 'sir', 'prof', 'coach', 'the')
        order by place)
$$;

-- Whether this can be nothing but what somebody signs in with: a first name reads like an account, "m.hale" does not.
create or replace function sec.is_account(typed text) returns boolean
    language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select typed ~ '^\S*([@\\_0-9]|[[:alpha:]][.][[:alpha:]]{2})\S*$'
$$;

-- Whether two words are the same but for a slip: one letter of a short name, two of a long one, none of a number.
create or replace function sec.nearly(one text, other text, shortest integer) returns boolean
    language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select one = other or least(length(one), length(other)) >= shortest and one || other !~ '[0-9]'
        and public.levenshtein(left(one, 60), left(other, 60))
            <= case when least(length(one), length(other)) < 8 then 1 else 2 end
$$;

-- A name among other words: "it was Mr Hale", "Mr Hale or Miss Stone", "Mr Hale (PE)", "our PE teacher Hale", "Morgan in
-- the kitchen", "Auntie Morgan". `known` are the words of a member's name. A surname after a title, or by itself with a
-- capital; a given name that begins, with nothing after it that could be a surname: "Ana Hale" and "Morgan Stone" are
-- others.
create or replace function sec.named_among(typed text, known text[]) returns boolean
    language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from (
            select lower(s.word) as word, s.word ~ '^[[:upper:]]' as capital,
                lower(lag(s.word) over o) as before, lag(s.word) over o ~ '^[[:upper:]][[:lower:]]' as follows_name,
                lower(lead(s.word) over o) as next, lead(s.word) over o ~ '^[[:upper:]][[:lower:]]' as precedes_name,
                lead(s.word) over o ~ '^[[:upper:]]{2,3}$' as precedes_letters
            from unnest(string_to_array(btrim(sec.story(left(typed, 300))), ' ')) with ordinality s (word, place)
            window o as (order by s.place)
        ) w
        cross join lateral (
            select known[1] as first, known[cardinality(known)] as last,
                w.before ~ ('^(mr|mrs|ms|miss|mx|dr|sir|prof|professor|coach|mister|madam|maam|herr|teacher|nurse|matron|uncle|aunt'
                            '|aunty|auntie|rev|reverend|canon|father|sister|brother|pastor|vicar|captain|head|headteacher'
                            '|headmaster|headmistress|principal|deputy|manager|chair)$') as titled,
                w.before ~ '^(coach|teacher|nurse|matron|uncle|aunt|aunty|auntie|pastor|carer)$' as familiar,
                w.next ~ ('^(my|the|our|your|his|her|a|an|in|at|on|from|of|for|with|who|whose|that|is|was|and|or|i|we|he|she'
                          '|they|year|yr|works?|does|teaches|runs|maybe|perhaps|coach|teacher|trainer|nurse|carer|staff|manager'
                          '|assistant|ta|driver|cleaner|cook|caretaker|volunteer|referee|physio|again)$') as described
        ) n
        where cardinality(known) > 1 and (
            n.titled and (sec.nearly(w.word, n.last, 4) or length(w.word) > 3 and w.word = any (known[2:]))
            or w.word = n.last and w.capital and (n.titled or not coalesce(w.follows_name, false))
                and not coalesce(w.precedes_name, false)
            or w.word = n.last and w.before is null and n.described
            or w.word = n.first and (w.before is null or n.familiar)
                and (n.described or w.precedes_letters or n.familiar and w.next is null)))
$$;

-- "Mr Hale", "hale", "M. Hale", "Hale, Morgan", "Morgan H.", "Morgen Hale", "Morgan", "Morgan Hale (coach)": does what
-- somebody typed name this member? One part is enough: an exclusion by mistake is ended by whoever handles the incident,
-- and one that was missed can never be made good.
create or replace function sec.names_agree(typed text, known text) returns boolean
    language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select coalesce(case cardinality(t.words)
        when 0 then false
        when 1 then t.words[1] = n.last or sec.nearly(t.words[1], n.last, 5)
            or t.words[1] = k.words[1] and typed !~* '^\s*(mr|mrs|ms|mx|dr|prof)\y'  -- what follows these is a surname
        else exists (
            select from unnest(t.words) with ordinality l (word, place)
            join unnest(t.words) with ordinality f (word, place) on f.place <> l.place
            where cardinality(k.words) > 1 and (
                sec.nearly(l.word, n.last, 4) and (f.word = left(k.words[1], 1) or sec.nearly(f.word, k.words[1], 4))
                or l.word = left(n.last, 1) and f.word = k.words[1]))
            or t.words = k.words or cardinality(k.words) = 1 and n.last = any (t.words)
        end
            or case when exists (  -- who is meant by none of the words is not looked for among them
                select from unnest(t.words) l (word) where l.word = any (k.words) or sec.nearly(l.word, n.last, 4) or l.word = n.last || 's')
                then sec.named_among(typed, k.words) end, false)
    from (select sec.name_parts(typed) offset 0) t (words),  -- told apart once, not wherever they stand above
         (select sec.name_parts(known) offset 0) k (words),
         lateral (select k.words[cardinality(k.words)]) n (last)
$$;

-- Whom somebody means who says what a person is here: "the head", "our welfare officer". Nothing for a "teacher".
-- A post that only has such a word in it is somebody else's: a deputy head, a site manager, the head's secretary, the
-- head chef, a director of music. These are taken out first, each because it is on a list: of a name that no list knows
-- ("manager of Fernlea House") whoever is in charge is meant. Whoever is kept out by mistake is let in by two.
create or replace function sec.roles_meant(said text) returns text[]
    language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    with plain (words) as (
        select btrim(regexp_replace(regexp_replace(
            normalize(lower(left(said, 600)), nfd), '[\u0300-\u036f''’ʼ]', '', 'g'), '[^[:alnum:]]+', ' ', 'g'))
    ), theirs (words) as (  -- without who only works for whoever is in charge, or stands in for them, or did it once
        select regexp_replace(regexp_replace(regexp_replace(p.words,
            ('\y(pa|p a|personal assistant|executive assistant|secretary|assistant|clerk|driver|wife|husband|partner|son'
             '|daughter|brother|sister|mother|father|mum|dad|friend) (to|of|for) (the |our |my |a )?(\w+ )?'
             '(head ?(teacher|master|mistress|coach)?|principal|manager|chair(man|woman|person)?|boss|owner|director)\y'),
            ' ', 'g'),
            ('\y(head ?(teacher|master|mistress|coach)?|principal|manager|chair(man|woman|person)?|boss|owner|director)s? '
             '(pa|p a|personal assistant|secretary|wife|husband|partner|son|daughter|brother|sister)\y'), ' ', 'g'),
            ('\y(deputy|dep|assistant|asst|associate|assoc|vice|former|ex|previous|retired|trainee) '
             '((?!and |or )\w+ )?'
             '(head ?(teacher|master|mistress|coach)?|principal|manager|chair(man|woman|person)?|president|director|chief executive)\y'),
            ' ', 'g')
        from plain p
    ), of_all (words) as (  -- and without who is in charge of a part of it
        select regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(t.words,
            ('\y(site|office|kitchen|catering|business|team|it|ict|network|data|exams?|finance|hr|personnel|facilities'
             '|premises|property|estates|grounds|maintenance|lettings|pastoral|behaviour|attendance|admissions|inclusion'
             '|curriculum|cover|shift|night|day|duty|floor|ward|clinical|case|project|marketing|communications'
             '|media|events|bar|shop|kit|equipment|stage|transport|fleet|training|quality|compliance|volunteers?|stock'
             '|unit|store|squad|reserves?|first team|girls|boys|ladies|mens|womens|juniors?|youth|u ?\d+s?|under \d+s?|line|sen|send|careers'
             '|library|lunch\w*|reception|accounts|front of house|safeguarding|welfare|wellbeing) '
             'manager\y'), ' ', 'g'),
            ('\y(head|manager|director|in charge) of ((the|our|all) )*'
             '(years?|key stages?|ks ?\d|phase|faculty|faculties|department|dept|subject|maths|mathematics|english|science'
             '|biology|chemistry|physics|pe|physical education|sports?|games|music|arts?|drama|dance|history|geography'
             '|languages?|mfl|french|spanish|german|welsh|re|religious studies|computing|it|ict|technology|dt|humanities'
             '|psychology|sociology|business studies|sixth( form)?|6th( form)?|(upper|lower|middle) school|studies|units?|early years|eyfs|reception class|boarding|houses?'
             '|pastoral|inclusion|sen|send|learning|teaching|curriculum|assessment|behaviour|attendance|careers|wellbeing'
             '|finance|hr|personnel|operations|marketing|communications|admissions|fundraising|estates|facilities|premises'
             '|security|catering|kitchens?|transport|minibus|bus|kit|equipment|coaching|juniors|seniors|youth|girls|boys'
             '|care|safeguarding|welfare|u ?\d+s?|under \d+s?|first team|reserves?|squad|women|ladies|men|swimming|football|rugby|cricket|hockey|netball|tennis|athletics|gymnastics|volunteers'
             '|events|research|digital|data|nursing|activities|trips?|registers?|rotas?|library|lunch\w*)\y( form)?'),
            ' ', 'g'),
            ('\yhead (boy|girl|student|pupil|prefect|coach|coaches|chef|cook|caretaker|cleaner|gardener|grounds\w+|technician|lifeguard'
             '|steward|waiter|waitress|nurse|matron|librarian|porter|driver|housekeeper|receptionist|judge|referee'
             '|injury|injuries|lice|ache)\y'), ' ', 'g'),
            ('\y(music|musical|sports?|sporting|technical|finance|financial|art|artistic|creative|medical|football|rugby'
             '|cricket) director\y|\yprincipal (teacher|lecturer|social worker|officer|dancer)\y'
             '|\ydirprwy (bennaeth|brifathro|brifathrawes|gadeirydd|reolwr)\y'
             '|\y[pb]h?ennaeth (cynorthwyol|adran|cyfadran|blwyddyn)\y|\yrh?eolwr (swyddfa|safle|cegin|busnes|tim)\y'), ' ', 'g'),
            ('\y(pta|ptfa|parents|fundraising|finance|social|events|friends) (committee )?chair(man|woman|person)?\y'
             '|\ychair(man|woman|person)? of (the |our )?(pta|ptfa|parents|fundraising|finance|social|events|friends)\y'),
            ' ', 'g')
        from theirs t
    ), guarding (deputies, others) as (  -- who keeps children safe here; a governor who looks after it does not
        select p.words ~ s.deputy,
            regexp_replace(regexp_replace(p.words, s.deputy, ' ', 'g'),
                '\ysafeguarding (link )?(governor|trustee|administrator|admin)\y', ' ', 'g')
                ~ ('\y(safeguarding|safeguard|safe guarding|dsl|dsp|dso|cwo|pdd'
                   '|(welfare|wellbeing) (officer|lead|manager)|welfare (lady|man|woman|person|contact)|child protection'
                   '|child wellbeing and protection|designated (teacher|person|lead)|diogelu|swyddog lles)\y'
                   '|^(club )?welfare$')
        from plain p, (values ('\y(ddsl|(deputy|dep|assistant|asst) (designated )?(safeguarding (lead|officer|person)|dsl|dsp'
            '|welfare (officer|lead)|child protection (officer|lead)))\y')) s (deputy)
    )
    select case when a.words ~ ('\y((head ?(teacher|master|mistress)?|principal|manager|chair(man|woman|person)?'
            '|boss|owner|proprietor|director|manageress|president|group scout leader)s?|bosses|chief executive|ceo|in charge'
            '|([pb]|ph|mh)(ennaeth|rifathro|rifathrawes)|(c|g|ch|ngh)adeirydd|rh?eolwr'  -- as Welsh writes them after a word
            '|runs (it|this|everything|((the|this|our|whole) )+(club|school|academy|college|nursery'
            '|home|house|place|charity|service|thing|show)))\y')
        then '{head}'::text[] else '{}' end
        || case when g.others then '{lead,deputy}'::text[] when g.deputies then '{deputy}'::text[] else '{}' end
    from of_all a, guarding g
$$;

-- The same of a name: that of somebody here, such as Pat Head, is a name and no post.
create or replace function sec.roles_named(organisation uuid, typed text) returns text[]
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select case when r.roles <> '{}' and cardinality(sec.name_parts(typed)) > 1 and exists (
            select from public.memberships m
            where m.organisation_id = organisation and m.kind = 'person'
                and exists (
                    select from unnest(m.former_names || m.name) n (name)
                    where sec.name_parts(n.name) = sec.name_parts(typed)))
        then '{}' else r.roles end
    from (select sec.roles_meant(typed) offset 0) r (roles)  -- few names say a post: only these are held against everybody's
$$;

-- The records of a person of the directory: their own, and every one that was merged into it or it into.
create or replace function sec.records_of_person(organisation uuid, person uuid) returns setof uuid
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    with recursive same (id) as (
        select person
        union
        select case when p.id = s.id then p.merged_into_id else p.id end
        from same s join public.people p on p.organisation_id = organisation
            and (p.id = s.id and p.merged_into_id is not null or p.merged_into_id = s.id)
    )
    select s.id from same s
$$;

-- The accounts of a person of the directory.
create or replace function sec.accounts_of_person(organisation uuid, person uuid) returns setof uuid
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select p.user_id from sec.records_of_person(organisation, person) s (id)
    join public.people p on p.organisation_id = organisation and p.id = s.id and p.user_id is not null
$$;

-- What a record of the list of people calls somebody: their name, what they are known as, and former names. A single word
-- is a given name that they are known by, or a surname that they had.
create or replace function sec.names_of_record(given text, family text, known text, former text[]) returns setof text
    language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select distinct btrim(n.name)
    from (
        select given || ' ' || family
        union all select case when btrim(known) ~ '\s' then known else known || ' ' || family end where known <> ''
        union all select case when btrim(f) ~ '\s' then f else given || ' ' || f end from unnest(former) f where f <> ''
    ) n (name)
    where btrim(n.name) <> ''
$$;

-- Whoever marries, or calls themselves otherwise for a reason of their own, is still whom others know by the name before:
-- it stays with their membership, whatever changes the name, until the account is disposed of. Each organisation keeps
-- what it knew somebody by, and hears of no name from another. Of more than fifty the first stay, because those are what
-- people say.
create or replace function sec.keep_former_name() returns trigger
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    new.former_names := case when new.email = '' then '{}' else array(
        select f.name from unnest(old.former_names || old.name) with ordinality f (name, place)
        where f.name <> new.name group by f.name order by min(f.place) limit 50) end;
    return new;
end
$$;

-- Every name by which somebody who belongs here may be called: those of their account, now and before, and those of their
-- own record.
create or replace function sec.names_of_members(organisation uuid, only_one uuid default null)
    returns table (user_id uuid, name text)
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select m.user_id, c.name from public.memberships m
    cross join lateral (select m.name union all select f from unnest(m.former_names) f) c (name)
    where m.organisation_id = organisation and m.kind = 'person'
        and m.email <> ''  -- an account that was disposed of has no name any more
        and (only_one is null or m.user_id = only_one)
    union
    select m.user_id, n.name from public.people p
    join public.memberships m on m.organisation_id = organisation and m.user_id = p.user_id and m.kind = 'person'
        and m.email <> ''
    cross join lateral (
        select p.id where p.merged_into_id is null
        union  -- only of those few that were merged every record is looked for
        select s.id from sec.records_of_person(organisation, p.id) s (id)
        where p.merged_into_id is not null or exists (
            select from public.people d where d.organisation_id = organisation and d.merged_into_id = p.id)) s (id)
    join public.people q on q.organisation_id = organisation and q.id = s.id
    cross join lateral sec.names_of_record(q.given_name, q.family_name, q.known_as, q.former_names) n (name)
    where p.organisation_id = organisation and p.user_id is not null and (only_one is null or p.user_id = only_one)
$$;

-- By what names somebody in an incident is called: what was typed, and the names of the adult's record that they are tied
-- to. Whose record has an account is known by that, and their names mean nobody else.
create or replace function sec.names_of_alleged(organisation uuid, person uuid, person_kind text, typed text)
    returns setof text
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select typed where typed <> '' and person_kind <> 'child'
    union
    select n.name from sec.records_of_person(organisation, person) s (id)
    join public.people q on q.organisation_id = organisation and q.id = s.id and q.kind = 'adult'
    cross join lateral sec.names_of_record(q.given_name, q.family_name, q.known_as, q.former_names) n (name)
    where person is not null and person_kind <> 'child'
        and not exists (select from sec.accounts_of_person(organisation, person) a)
$$;

revoke all on function sec.plain(text), sec.story(text), sec.name_parts(text), sec.is_account(text),
    sec.nearly(text, text, integer), sec.named_among(text, text[]), sec.names_agree(text, text), sec.roles_meant(text),
    sec.roles_named(uuid, text), sec.records_of_person(uuid, uuid), sec.accounts_of_person(uuid, uuid),
    sec.names_of_record(text, text, text, text[]), sec.names_of_members(uuid, uuid),
    sec.names_of_alleged(uuid, uuid, text, text), sec.keep_former_name() from public;
grant execute on function sec.keep_former_name() to safeguard_owner;
grant execute on function sec.plain(text), sec.story(text) to safeguard_app;

reset role;

select sec.policy('public.people', 'definer_read', 'select', 'safeguard_definer', 'true');
grant select on public.people to safeguard_definer;
