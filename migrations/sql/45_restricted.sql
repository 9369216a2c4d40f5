-- The restricted side: who may touch its tables, what excludes a person by itself, and what of the log is hidden.
--
-- The exclusion is made by the database, in the statement that names somebody as alleged or that ties a person to an
-- account: no path of the code, of today or of tomorrow, can record the one without the other.

select sec.isolate('public.exclusions', 'owned');
revoke update, delete on public.exclusions from safeguard_app;
grant update (lifted_at, lifted_by, lifted_by_name, ground, told_how, reason) on public.exclusions to safeguard_app;
select sec.isolate('public.confinements', 'owned');
revoke update, delete on public.confinements from safeguard_app;
grant update (ended_at, ended_by, end_reason) on public.confinements to safeguard_app;
select sec.isolate('public.confidants', 'owned');
revoke update, delete on public.confidants from safeguard_app;
grant update (ended_at) on public.confidants to safeguard_app;
select sec.isolate('public.vault_people', 'owned');
revoke update, delete on public.vault_people from safeguard_app;
grant update (ended_at, ended_by) on public.vault_people to safeguard_app;
select sec.isolate('public.broken_glass', 'owned');
revoke update, delete on public.broken_glass from safeguard_app;
grant update (ended_at) on public.broken_glass to safeguard_app;
select sec.isolate('public.concerns', 'owned');
revoke update, delete on public.concerns from safeguard_app;
grant update (
    version, state, subject_user_id, subject_name, subject_work, received_at, received_by, level, level_reason,
    decided_at, outcome, outcome_reason, told_at, closed_at, last_activity_at
) on public.concerns to safeguard_app;
select sec.isolate('public.concern_entries', 'owned');
revoke update, delete on public.concern_entries from safeguard_app;

select sec.policy('public.' || t, 'definer_all', 'all', 'safeguard_definer', 'true')
from unnest(array['exclusions', 'confinements', 'confidants', 'vault_people', 'broken_glass', 'concerns',
                  'concern_entries', 'incidents', 'incident_people', 'entries']) t;
grant select, insert on public.exclusions to safeguard_definer;
grant select on public.confinements, public.confidants, public.vault_people, public.broken_glass, public.concerns,
    public.concern_entries, public.incidents, public.incident_people, public.entries to safeguard_definer;
grant update (restricted_at, assigned_to, assigned_name) on public.incidents to safeguard_definer;

select sec.belongs_to_incident('public.incidents', 'id');
select sec.belongs_to_incident('public.incident_people');
select sec.belongs_to_incident('public.entries');
select sec.belongs_to_incident('public.packs');
select sec.belongs_to_incident('public.proposals');
-- A link tells of the incident at its other end.
select sec.restrict('public.entries', 'app_link_not_hidden', 'all',
    'linked_id is null or linked_id <> all ((select sec.hidden_incidents())::uuid[])');
select sec.belongs_to_incident('public.exclusions');
select sec.belongs_to_incident('public.confinements');
select sec.belongs_to_incident('public.confidants');
-- Nobody breaks the glass for themselves: whoever agrees does it for them, also past every page of ours.
drop policy if exists app_not_for_oneself on public.broken_glass;
create policy app_not_for_oneself on public.broken_glass as restrictive for insert to safeguard_app
    with check (user_id is distinct from (select sec.current_user_id()));
select sec.belongs_to_vault('public.concerns', 'id');
select sec.belongs_to_vault('public.concern_entries');
-- Anybody may raise a concern, also while they read in an emergency; nothing is added to one through the glass.
select sec.keep_from_glass(t::regclass, 'app_vault_not_through_glass', command, 'not (select sec.only_reads_vault())')
from (values ('public.concerns', 'update'), ('public.concern_entries', 'all'), ('public.vault_people', 'all'))
    written (t, command);

-- From whom a concern is kept is for those who read the vault, and never for them themselves, whatever glass they broke;
-- nor is anybody let in, or shut out, through the glass.
select sec.restrict('public.exclusions', 'app_not_of_vault', 'select',
    'concern_id is null or (select sec.reads_vault()) and concern_id <> all ((select sec.hidden_concerns())::uuid[])');
select sec.keep_from_glass(t::regclass, 'app_concern_not_through_glass', 'all',
    'concern_id is null or not (select sec.only_reads_vault())')
from unnest(array['public.exclusions', 'public.proposals', 'public.public_reports']) t;

-- The list of whom the head named is for those who read the vault. Whoever broke the glass is known to all who may ask.
select sec.restrict('public.vault_people', 'app_list_in_vault', 'all', '(select sec.reads_vault())');

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
    select case when cardinality(sec.name_parts(typed)) > 1 and exists (
            select from public.memberships m
            where m.organisation_id = organisation and m.kind = 'person'
                and sec.name_parts(m.name) = sec.name_parts(typed))
        then '{}' else sec.roles_meant(typed) end
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

-- Every name by which somebody who belongs here may be called: that of their account, and those of their own record.
create or replace function sec.names_of_members(organisation uuid, only_one uuid default null)
    returns table (user_id uuid, name text)
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select m.user_id, m.name from public.memberships m
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

-- Whether somebody was told of it on record: who knows is not kept from it again. Who was let in because another was
-- meant may be, when somebody says anew who it is.
create or replace function sec.was_told(organisation uuid, incident uuid, concern uuid, person uuid) returns boolean
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from public.exclusions x
        where x.organisation_id = organisation and x.user_id = person and x.ground = 'told'
            and (x.incident_id = incident or x.concern_id = concern))
$$;

-- The members who were harmed in an incident: named in full as affected, tied to it, or its writer, however they name
-- themselves there. Whoever harmed them may share a name with them.
create or replace function sec.harmed_in(organisation uuid, incident uuid) returns setof uuid
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    with harmed as materialized (
        select n.name, n.person_id, i.recorded_by from public.incident_people n
        join public.incidents i on i.organisation_id = organisation and i.id = n.incident_id
        where n.organisation_id = organisation and n.incident_id = incident and n.role = 'affected'
            and n.kind <> 'child' and n.removed_at is null
    )
    select m.user_id from harmed h join sec.names_of_members(organisation) m
        on sec.name_parts(h.name) = sec.name_parts(m.name)
            or m.user_id = h.recorded_by and sec.names_agree(h.name, m.name)
    union
    select h.recorded_by from harmed h where lower(btrim(h.name)) in ('me', 'myself', 'fi', 'fi fy hun')
    union
    select a.user_id from harmed h cross join lateral sec.accounts_of_person(organisation, h.person_id) a (user_id)
    where h.person_id is not null
$$;

-- A part of a name is enough, but not for whoever was harmed: "Mr Lee" is then another than Sam Lee, whom he harmed.
create or replace function sec.exclude_from_incident(
    organisation uuid, incident uuid, person uuid, person_kind text, typed text) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.exclusions (organisation_id, id, incident_id, user_id, cause, since)
    select organisation, gen_random_uuid(), incident, a.user_id, min(a.cause), sec.clock()
    from (
        select user_id, 'linked' as cause, true as for_sure from sec.accounts_of_person(organisation, person) user_id
        where person is not null
        union all
        select m.user_id, 'named', true from public.memberships m
        where m.organisation_id = organisation and m.kind = 'person' and person_kind <> 'child' and m.email <> ''
            and m.roles && (select sec.roles_named(organisation, typed))
        union all
        select m.user_id, 'named', sec.name_parts(called) = sec.name_parts(m.name)
        from sec.names_of_alleged(organisation, person, person_kind, typed) called
        join sec.names_of_members(organisation) m on sec.names_agree(called, m.name)
        union all  -- by what they sign in with, where it can be nothing else: a first name reads like an account
        select user_id, 'named', true from unnest(sec.accounts_meant(organisation, typed)) user_id
        where person_kind <> 'child' and sec.is_account(typed)
    ) a
    where not sec.was_told(organisation, incident, null, a.user_id)
        and (a.for_sure or a.user_id not in (
            select h from sec.harmed_in(organisation, incident) h where h is not null))
    group by a.user_id
    on conflict do nothing;
end
$$;

-- Of somebody who is in it already only what is said anew is looked at: who was let in as another of that name is not
-- shut out again by a change of something else.
create or replace function sec.exclude_alleged() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'UPDATE' and (old.name, old.kind, old.role, old.removed_at)
            is not distinct from (new.name, new.kind, new.role, new.removed_at) then
        if new.person_id is distinct from old.person_id then
            perform sec.exclude_from_incident(new.organisation_id, new.incident_id, new.person_id, new.kind, '');
        end if;
    else
        perform sec.exclude_from_incident(new.organisation_id, new.incident_id, new.person_id, new.kind, new.name);
    end if;
    return null;
end
$$;

-- Somebody of the list of people is called otherwise, or has an account now: it may be they whom an incident or a concern
-- named, as they were called by whoever wrote. Who was let in before is not shut out again by this.
create or replace function sec.exclude_called(organisation uuid, person uuid) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.exclusions (organisation_id, id, incident_id, user_id, cause, since)
    select organisation, gen_random_uuid(), f.incident_id, f.user_id, 'named', sec.clock()
    from (
        select n.incident_id, m.user_id  -- a member, by a name that they have now
        from sec.accounts_of_person(organisation, person) a (user_id)
        cross join lateral sec.names_of_members(organisation, a.user_id) m
        join public.incident_people n on n.organisation_id = organisation and n.role = 'alleged' and n.removed_at is null
            and n.kind <> 'child' and sec.names_agree(n.name, m.name)
        union
        select n.incident_id, m.user_id  -- whoever is alleged already and is called like a member now
        from sec.records_of_person(organisation, person) s (id)
        join public.incident_people n on n.organisation_id = organisation and n.person_id = s.id and n.role = 'alleged'
            and n.removed_at is null
        cross join lateral sec.names_of_alleged(organisation, n.person_id, n.kind, '') called
        join sec.names_of_members(organisation) m on sec.names_agree(called, m.name)
    ) f
    where not exists (
        select from public.exclusions x
        where x.organisation_id = organisation and x.incident_id = f.incident_id and x.user_id = f.user_id)
    on conflict do nothing;
    insert into public.exclusions (organisation_id, id, concern_id, user_id, cause, since)
    select distinct on (c.id, m.user_id) organisation, gen_random_uuid(), c.id, m.user_id, 'named', sec.clock()
    from sec.accounts_of_person(organisation, person) a (user_id)
    cross join lateral sec.names_of_members(organisation, a.user_id) m
    join public.concerns c on c.organisation_id = organisation and sec.names_agree(c.subject_name, m.name)
    where not exists (
        select from public.exclusions x
        where x.organisation_id = organisation and x.concern_id = c.id and x.user_id = m.user_id)
    on conflict do nothing;
end
$$;

create or replace function sec.exclude_renamed() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.exclude_called(new.organisation_id, new.id);
    return null;
end
$$;

-- A person of the directory turns out to have an account, or to be another who has.
create or replace function sec.exclude_account() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.exclusions (organisation_id, id, incident_id, user_id, cause, since)
    select new.organisation_id, gen_random_uuid(), n.incident_id, a.user_id, 'linked', sec.clock()
    from sec.records_of_person(new.organisation_id, new.id) s (id)
    join public.incident_people n on n.organisation_id = new.organisation_id and n.person_id = s.id
        and n.role = 'alleged' and n.removed_at is null
    cross join lateral (select distinct user_id from sec.accounts_of_person(new.organisation_id, new.id) user_id) a
    where not sec.was_told(new.organisation_id, n.incident_id, null, a.user_id)
    group by n.incident_id, a.user_id
    on conflict do nothing;
    perform sec.exclude_called(new.organisation_id, new.id);
    return null;
end
$$;

-- Somebody joins, or takes a name, that an incident or a concern has given before.
create or replace function sec.exclude_member() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    known boolean := tg_op = 'UPDATE' and new.name is not distinct from old.name;  -- who was let in stays so
begin
    insert into public.exclusions (organisation_id, id, incident_id, user_id, cause, since)
    select distinct on (n.incident_id) new.organisation_id, gen_random_uuid(), n.incident_id, new.user_id, 'named',
        sec.clock()
    from public.incident_people n
    where n.organisation_id = new.organisation_id and n.role = 'alleged' and n.removed_at is null and n.kind <> 'child'
        and (sec.names_agree(n.name, new.name) or n.person_id is not null and exists (
            select from sec.names_of_alleged(new.organisation_id, n.person_id, n.kind, '') called
            where sec.names_agree(called, new.name))
            or sec.is_account(n.name) and sec.account_means(n.name, new.name, new.email))
        and not sec.was_told(new.organisation_id, n.incident_id, null, new.user_id)
        and not (known and exists (
            select from public.exclusions x
            where x.organisation_id = new.organisation_id and x.incident_id = n.incident_id and x.user_id = new.user_id))
    on conflict do nothing;
    insert into public.exclusions (organisation_id, id, concern_id, user_id, cause, since)
    select new.organisation_id, gen_random_uuid(), c.id, new.user_id, 'named', sec.clock()
    from public.concerns c
    where c.organisation_id = new.organisation_id and (sec.names_agree(c.subject_name, new.name)
            or sec.is_account(c.subject_name) and sec.account_means(c.subject_name, new.name, new.email))
        and not sec.was_told(new.organisation_id, null, c.id, new.user_id)
        and not (known and exists (
            select from public.exclusions x
            where x.organisation_id = new.organisation_id and x.concern_id = c.id and x.user_id = new.user_id))
    on conflict do nothing;
    return null;
end
$$;

-- Somebody takes a post, as head, lead or deputy, that an incident or a concern has named while nobody held it: then they
-- alone may be meant. Where the post kept somebody from it as it was written, it is the one before them who is meant.
-- Read are those few whose words can name a post at all.
create or replace function sec.exclude_post() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    taken text[] := array(
        select unnest(new.roles) intersect select unnest(array['head', 'lead', 'deputy'])
        except select unnest(case when tg_op = 'UPDATE' then old.roles else '{}' end));
    post constant text := 'head|princip|manage|chair|boss|owner|propriet|direct|chief|ceo|charge|runs|pennaeth|prifathr'
        '|cadeir|rheol|guard|dsl|dsp|welfare|protect|designat|diogel';
begin
    if taken = '{}' then
        return null;
    end if;
    insert into public.exclusions (organisation_id, id, incident_id, user_id, cause, since)
    select distinct on (n.incident_id) new.organisation_id, gen_random_uuid(), n.incident_id, new.user_id, 'named',
        sec.clock()
    from public.incident_people n
    where n.organisation_id = new.organisation_id and n.role = 'alleged' and n.removed_at is null and n.kind <> 'child'
        and n.name ~* post
        and not exists (
            select from public.exclusions x
            where x.organisation_id = new.organisation_id and x.incident_id = n.incident_id)
        and sec.roles_named(new.organisation_id, n.name) && taken
    on conflict do nothing;
    insert into public.exclusions (organisation_id, id, concern_id, user_id, cause, since)
    select new.organisation_id, gen_random_uuid(), c.id, new.user_id, 'named', sec.clock()
    from public.concerns c
    where c.organisation_id = new.organisation_id and (c.subject_name ~* post or c.subject_work ~* post)
        and not exists (
            select from public.exclusions x
            where x.organisation_id = new.organisation_id and x.concern_id = c.id)
        and (sec.roles_named(new.organisation_id, c.subject_name) || sec.roles_meant(c.subject_work)) && taken
    on conflict do nothing;
    return null;
end
$$;

create or replace function sec.exclude_subject() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'UPDATE' and (old.subject_user_id, old.subject_name, old.subject_work)
            is not distinct from (new.subject_user_id, new.subject_name, new.subject_work) then
        return null;
    end if;
    insert into public.exclusions (organisation_id, id, concern_id, user_id, cause, since)
    select new.organisation_id, gen_random_uuid(), new.id, m.user_id,
        case when m.user_id = new.subject_user_id then 'linked' else 'named' end, sec.clock()
    from public.memberships m
    where m.organisation_id = new.organisation_id and m.kind = 'person'
        and (m.user_id = new.subject_user_id or m.user_id in (
                 select k.user_id from sec.names_of_members(new.organisation_id) k
                 where sec.names_agree(new.subject_name, k.name))
             or m.roles && (
                 select sec.roles_named(new.organisation_id, new.subject_name) || sec.roles_meant(new.subject_work)))
        and not sec.was_told(new.organisation_id, null, new.id, m.user_id)
    on conflict do nothing;
    return null;
end
$$;

-- A concern tells more of whom an incident names than the incident did: whoever is kept from it, by a name or by hand, is
-- kept from the incident that it came from as well.
create or replace function sec.exclude_from_source() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.exclusions (organisation_id, id, incident_id, user_id, cause, since)
    select c.organisation_id, gen_random_uuid(), c.incident_id, new.user_id, new.cause, sec.clock()
    from public.concerns c
    where c.organisation_id = new.organisation_id and c.id = new.concern_id and c.incident_id is not null
        and not sec.was_told(c.organisation_id, c.incident_id, null, new.user_id)
    on conflict do nothing;
    return null;
end
$$;

create or replace function sec.mark_restricted() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    -- Held from here on, marked already or not: what follows at the end (take_from_excluded) must not wait for somebody
    -- who waits for the head of the log.
    perform from public.incidents i
        where i.organisation_id = new.organisation_id and i.id = new.incident_id for no key update;
    update public.incidents i set restricted_at = sec.clock()
    where i.organisation_id = new.organisation_id and i.id = new.incident_id and i.restricted_at is null;
    return null;
end
$$;

-- Whoever is excluded handles it no more, whatever excluded them: a correction, two people who are one, an account that
-- turns out to be somebody's, a new name, in this organisation or in another. Looked at when the work is done: what names
-- somebody may have said so itself. The excluded may be the one who acts and must not learn it, so nothing of this runs
-- in their statements: the organisation's own job writes it down and tells who may act. Its first look is the next one,
-- because nobody rings for what a database asks.
create or replace function sec.take_from_excluded() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    moment timestamptz := sec.clock();
begin
    update public.incidents i set assigned_to = null, assigned_name = ''
    where i.organisation_id = new.organisation_id and i.id = new.incident_id and i.assigned_to = new.user_id
        and i.state <> 'closed';
    if found then
        insert into jobs.job (organisation_id, id, kind, subject_id, key, run_at, created_at, rung_at)
        values (new.organisation_id, gen_random_uuid(), 'incident.let_go', new.incident_id, new.id::text, moment, moment,
                moment - interval '1 minute');
    end if;
    return null;
end
$$;

-- Of this incident, or of this concern, who could still take care of it: people who may read and are not shut out.
create or replace function sec.handlers_of_incident(incident uuid) returns uuid[]
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    organisation uuid := sec.own_organisation();  -- nobody's, for whoever writes by the public page
begin
    if incident = any (sec.hidden_incidents()) then
        return '{}';
    end if;
    return array(
        select m.user_id from public.memberships m join public.users u on u.id = m.user_id and u.disabled_at is null
        where m.organisation_id = organisation and m.state = 'active' and m.kind = 'person'
            and sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && array['lead', 'deputy']
            and incident <> all (sec.hidden_incidents_of(organisation, m.user_id))
            and incident <> all (sec.kept_to_others(organisation, m.user_id))  -- through the glass one only reads
        order by 1);
end
$$;

-- Whether anybody here could take care of an incident: a lead or deputy, else whoever reads the vault, none of them shut
-- out. Whoever reported it may know that nobody could: then they have to tell somebody else as well.
create or replace function sec.reaches_somebody(organisation uuid, incident uuid) returns boolean
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from public.memberships m join public.users u on u.id = m.user_id and u.disabled_at is null
        where m.organisation_id = organisation and m.state = 'active' and m.kind = 'person'
            and case when sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && array['lead', 'deputy']
                then incident <> all (sec.hidden_incidents_of(organisation, m.user_id))
                    and incident <> all (sec.kept_to_others(organisation, m.user_id))
                else sec.keeps_vault_as(organisation, m.user_id) and not exists (
                        select from public.exclusions x
                        where x.organisation_id = organisation and x.incident_id = incident
                            and x.user_id = m.user_id and x.lifted_at is null) end)
$$;

create or replace function sec.is_in_reach(incident uuid) returns boolean
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return incident = any (sec.hidden_incidents()) or sec.reaches_somebody(sec.own_organisation(), incident);
end
$$;

create or replace function sec.handlers_of_concern(concern uuid) returns uuid[]
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    organisation uuid := sec.current_organisation();
    person uuid := sec.current_user_id();
begin
    -- Whoever raised it may know that somebody received it, or that nobody could.
    if concern = any (sec.hidden_concerns()) or not (sec.reads_vault() or exists (
            select from public.concerns c
            where c.organisation_id = organisation and c.id = concern and c.raised_by = person)) then
        return '{}';
    end if;
    return array(
        select m.user_id from public.memberships m join public.users u on u.id = m.user_id and u.disabled_at is null
        where m.organisation_id = organisation and m.state = 'active' and sec.keeps_vault_as(organisation, m.user_id)
            and not exists (
                select from public.exclusions x
                where x.organisation_id = organisation and x.concern_id = concern and x.user_id = m.user_id
                    and x.lifted_at is null)
        order by 1);
end
$$;

-- Whether anybody takes care of the vault at all: whoever writes a concern hears it before, and not who that is.
create or replace function sec.vault_is_kept() returns boolean
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from public.memberships m join public.users u on u.id = m.user_id and u.disabled_at is null
        where m.organisation_id = sec.current_organisation() and m.state = 'active'
            and sec.keeps_vault_as(m.organisation_id, m.user_id))
$$;

-- A receipt, for whoever raised it: that it was, when, and whether somebody has it. Nothing that was made of it.
create or replace function public.list_concerns_raised()
    returns table (reference text, raised_at timestamptz, received_at timestamptz, has_handler boolean)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    organisation uuid := sec.current_organisation();
    person uuid := sec.current_user_id();
begin
    return query
        select c.reference, c.raised_at, c.received_at, sec.handlers_of_concern(c.id) <> '{}'
        from public.concerns c
        where c.organisation_id = organisation and c.raised_by = person and c.id <> all (sec.hidden_concerns())
        order by c.raised_at desc, c.id desc
        limit 50;
end
$$;

revoke all on function sec.names_of_record(text, text, text, text[]), sec.names_of_members(uuid, uuid),
    sec.names_of_alleged(uuid, uuid, text, text), sec.exclude_called(uuid, uuid), sec.exclude_renamed() from public;
grant execute on function sec.exclude_renamed() to safeguard_owner;
revoke all on function sec.plain(text), sec.story(text), sec.is_account(text), sec.named_among(text, text[]), sec.names_agree(text, text),
    sec.name_parts(text),
    sec.nearly(text, text, integer), sec.roles_meant(text), sec.roles_named(uuid, text),
    sec.records_of_person(uuid, uuid), sec.accounts_of_person(uuid, uuid),
    sec.was_told(uuid, uuid, uuid, uuid), sec.harmed_in(uuid, uuid), sec.exclude_from_incident(uuid, uuid, uuid, text, text), sec.exclude_alleged(), sec.exclude_account(),
    sec.exclude_member(), sec.exclude_post(), sec.exclude_subject(), sec.mark_restricted(), sec.take_from_excluded(),
    sec.exclude_from_source(), sec.handlers_of_incident(uuid),
    sec.reaches_somebody(uuid, uuid), sec.is_in_reach(uuid), sec.handlers_of_concern(uuid), sec.vault_is_kept(), public.list_concerns_raised() from public;
grant execute on function sec.exclude_alleged(), sec.exclude_account(), sec.exclude_member(), sec.exclude_post(),
    sec.exclude_subject(),
    sec.mark_restricted(), sec.take_from_excluded(), sec.exclude_from_source() to safeguard_owner;
grant execute on function sec.plain(text), sec.story(text), sec.handlers_of_incident(uuid), sec.is_in_reach(uuid),
    sec.handlers_of_concern(uuid), sec.vault_is_kept(), public.list_concerns_raised() to safeguard_app;

reset role;

select sec.policy('public.people', 'definer_read', 'select', 'safeguard_definer', 'true');
grant select on public.people to safeguard_definer;

-- A trigger fires for nobody's sake but the alleged: other people cost the recording of an incident nothing.
create or replace trigger exclude_alleged_added after insert on public.incident_people
    for each row when (new.role = 'alleged' and new.removed_at is null) execute function sec.exclude_alleged();
create or replace trigger exclude_alleged_changed
    after update of role, kind, name, person_id, removed_at on public.incident_people
    for each row when (new.role = 'alleged' and new.removed_at is null) execute function sec.exclude_alleged();
create or replace trigger exclude_account_added after insert on public.people
    for each row when (new.user_id is not null) execute function sec.exclude_account();
create or replace trigger exclude_account_changed after update of user_id, merged_into_id on public.people
    for each row when (new.user_id is distinct from old.user_id or new.merged_into_id is distinct from old.merged_into_id)
    execute function sec.exclude_account();
create or replace trigger exclude_renamed after update of given_name, family_name, known_as, former_names on public.people
    for each row when (new.kind = 'adult' and (new.given_name, new.family_name, new.known_as, new.former_names)
        is distinct from (old.given_name, old.family_name, old.known_as, old.former_names))
    execute function sec.exclude_renamed();
create or replace trigger exclude_member_joined after insert on public.memberships
    for each row when (new.kind = 'person') execute function sec.exclude_member();
create or replace trigger exclude_member_renamed after update of name, email on public.memberships
    for each row when (new.kind = 'person' and (new.name, new.email) is distinct from (old.name, old.email))
    execute function sec.exclude_member();
create or replace trigger exclude_post_taken after insert or update of roles on public.memberships
    for each row when (new.kind = 'person' and new.roles && array['head', 'lead', 'deputy'])
    execute function sec.exclude_post();
create or replace trigger exclude_subject_named after insert or update of subject_user_id, subject_name, subject_work
    on public.concerns
    for each row execute function sec.exclude_subject();
-- What was looked at and keeps nobody out (89_looking_back.sql) is ended as it is written: it does nothing of these.
create or replace trigger mark_excluding after insert on public.exclusions
    for each row when (new.incident_id is not null and new.lifted_at is null) execute function sec.mark_restricted();
create or replace trigger mark_confined after insert on public.confinements
    for each row execute function sec.mark_restricted();
create or replace trigger exclude_from_source after insert on public.exclusions
    for each row when (new.concern_id is not null and new.lifted_at is null) execute function sec.exclude_from_source();
drop trigger if exists take_from_excluded on public.exclusions;  -- one of this kind is not replaced in place
create constraint trigger take_from_excluded after insert on public.exclusions deferrable initially deferred
    for each row when (new.incident_id is not null and new.lifted_at is null) execute function sec.take_from_excluded();

-- Concerns from before a concern kept anybody from the incident it came from. Once: the trigger leaves none behind.
set local role safeguard_definer;
insert into public.exclusions (organisation_id, id, incident_id, user_id, cause, since)
select c.organisation_id, gen_random_uuid(), c.incident_id, x.user_id, min(x.cause), sec.clock()
from public.exclusions x
join public.concerns c on c.organisation_id = x.organisation_id and c.id = x.concern_id and c.incident_id is not null
where x.lifted_at is null and not exists (
    select from public.exclusions y
    where y.organisation_id = c.organisation_id and y.incident_id = c.incident_id and y.user_id = x.user_id)
group by c.organisation_id, c.incident_id, x.user_id;
set constraints all immediate;  -- what waits for the end would keep the tables from being changed below
set constraints all deferred;
reset role;

-- The log. How much the restricted log holds is nobody's to know; of its entries, those of records that one may read.
-- Committed documents and the keys to entries hide with their record, also those from before it was restricted.
set local role safeguard_log;

create or replace function sec.hidden_handles() returns bytea[]
    language plpgsql stable parallel restricted security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return array(
        select o.handle from audit.objects o
        where o.organisation_id = sec.current_organisation() and o.id = any (sec.hidden_objects()));
end
$$;

revoke all on function sec.hidden_handles() from public;
grant execute on function sec.hidden_handles() to safeguard_app, safeguard_owner;

reset role;

select sec.restrict('audit.documents', 'app_object_not_hidden', 'all', 'id <> all ((select sec.hidden_objects())::uuid[])');
select sec.restrict('audit.objects', 'app_object_not_hidden', 'all', 'id <> all ((select sec.hidden_objects())::uuid[])');
select sec.restrict('audit.leaves', 'app_entry_not_hidden', 'all',
    $$log <> 'restricted' or object <> all ((select sec.hidden_handles())::bytea[])$$);
select sec.restrict('audit.logs', 'app_not_sized', 'all', $$log <> 'restricted'$$);
select sec.restrict('audit.checkpoints', 'app_not_sized', 'all', $$log <> 'restricted'$$);

-- A job's row names what it is about. Workers, and nobody's page, see all of them. Jobs of the channel name another
-- organisation, whatever they carry: how many there are would tell of what is hidden, so no page sees any.
select sec.restrict('jobs.job', 'app_job_not_hidden', 'all',
    $$(select sec.current_purpose()) = 'job'
      or kind not like 'channel.%' and subject_id <> all ((select sec.hidden_objects())::uuid[])
          and (kind <> 'webhook.send' or exists (  -- one about a delivery that is hidden hides with it
              select from public.webhook_deliveries d where d.organisation_id = job.organisation_id
                  and d.id = job.subject_id))$$);
