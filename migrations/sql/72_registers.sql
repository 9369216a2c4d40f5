-- Registers: policies and agreements, training, filtering and monitoring, the committee, voices and impact. What was
-- recorded is never deleted; what may change is granted by the column, and every change is a version in the log.

select sec.isolate('public.policies', 'owned');
revoke update, delete on public.policies from safeguard_app;
grant update (title, readers, parties, item_id, edition, version, expected, reminded_at, asked_since, withdrawn_at,
        withdrawn_reason)
    on public.policies to safeguard_app;
select sec.isolate('public.policy_editions', 'owned');
revoke update, delete on public.policy_editions from safeguard_app;
select sec.isolate('public.policy_files', 'owned');
revoke update, delete on public.policy_files from safeguard_app;
grant update (wrapped_key) on public.policy_files to safeguard_app;  -- an organisation's key is replaced
grant update (state, finding, scanner, scanned_at, version) on public.policy_files to safeguard_app;
-- For whoever holds an address for signing: see `find_agreement_file`.
select sec.policy('public.policy_files', 'definer_read', 'select', 'safeguard_definer', 'true');
grant select on public.policy_files to safeguard_definer;
select sec.policy('public.organisation_keys', 'definer_read', 'select', 'safeguard_definer', 'true');
grant select on public.organisation_keys to safeguard_definer;
select sec.isolate('public.policy_readings', 'owned');
revoke update, delete on public.policy_readings from safeguard_app;
grant update (read_at, expires_on, version) on public.policy_readings to safeguard_app;  -- read again, when it ran out
select sec.isolate('public.agreement_signatures', 'owned');
revoke update, delete on public.agreement_signatures from safeguard_app;
grant update (ended_at, ended_reason) on public.agreement_signatures to safeguard_app;
-- Whoever signs by a link adds a row and reads none: see 86_visitors.sql.
select sec.isolate('public.agreement_links', 'owned');
-- The secret of a link is written and never read back.
revoke select, update, delete on public.agreement_links from safeguard_app;
grant select (organisation_id, id, policy_id, many, lasting, signed, party, name, expires_at, used_at, ended_at,
              recorded_at, recorded_by, recorded_by_name) on public.agreement_links to safeguard_app;
grant update (used_at, ended_at) on public.agreement_links to safeguard_app;
select sec.policy('public.agreement_links', 'definer_all', 'all', 'safeguard_definer', 'true');
grant select, update on public.agreement_links to safeguard_definer;
select sec.policy('public.policies', 'definer_read', 'select', 'safeguard_definer', 'true');
grant select on public.policies to safeguard_definer;
select sec.policy('public.policy_editions', 'definer_read', 'select', 'safeguard_definer', 'true');
grant select on public.policy_editions to safeguard_definer;

select sec.isolate('public.learning_events', 'owned');
revoke update, delete on public.learning_events from safeguard_app;
grant update (item_id) on public.learning_events to safeguard_app;
select sec.isolate('public.learning_records', 'owned');
revoke update, delete on public.learning_records from safeguard_app;
grant update (ended_at) on public.learning_records to safeguard_app;

select sec.isolate('public.filtering_systems', 'owned');
revoke update, delete on public.filtering_systems from safeguard_app;
grant update (kind, name, approach, stance, covers, provider, version, ended_on)
    on public.filtering_systems to safeguard_app;
select sec.isolate('public.filtering_blocks', 'owned');
revoke update, delete on public.filtering_blocks from safeguard_app;
grant update (ended_on, ended_reason) on public.filtering_blocks to safeguard_app;
select sec.isolate('public.filtering_checks', 'owned');
revoke update, delete on public.filtering_checks from safeguard_app;
select sec.isolate('public.filtering_people', 'owned');
revoke update, delete on public.filtering_people from safeguard_app;
select sec.isolate('public.filtering_reviews', 'owned');
revoke update, delete on public.filtering_reviews from safeguard_app;

select sec.isolate('public.committees', 'owned');
revoke update, delete on public.committees from safeguard_app;
grant update (name, remit, meets, version) on public.committees to safeguard_app;
select sec.isolate('public.committee_members', 'owned');
revoke update, delete on public.committee_members from safeguard_app;
grant update (left_on) on public.committee_members to safeguard_app;
select sec.isolate('public.committee_meetings', 'owned');
revoke update, delete on public.committee_meetings from safeguard_app;
select sec.isolate('public.meeting_actions', 'owned');
revoke update, delete on public.meeting_actions from safeguard_app;

select sec.isolate('public.voice_sessions', 'owned');
revoke update, delete on public.voice_sessions from safeguard_app;
select sec.isolate('public.impact_assessments', 'owned');
revoke update, delete on public.impact_assessments from safeguard_app;
grant update (verdict, words, judged_at, version) on public.impact_assessments to safeguard_app;

-- What was recorded by mistake is struck out, with a reason; the rest of the row stays as it was.
grant update (struck_on, struck_reason, struck_by_name) on public.learning_events to safeguard_app;
grant update (struck_on, struck_reason, struck_by_name) on public.filtering_blocks to safeguard_app;
grant update (struck_on, struck_reason, struck_by_name) on public.filtering_checks to safeguard_app;
grant update (struck_on, struck_reason, struck_by_name) on public.filtering_reviews to safeguard_app;
grant update (struck_on, struck_reason, struck_by_name) on public.committee_members to safeguard_app;
grant update (struck_on, struck_reason, struck_by_name) on public.committee_meetings to safeguard_app;
grant update (struck_on, struck_reason, struck_by_name) on public.voice_sessions to safeguard_app;
grant update (struck_on, struck_reason, struck_by_name) on public.impact_assessments to safeguard_app;

set local role safeguard_definer;

-- What whoever holds a link to an agreement is shown: what is to be signed, and whose it is. Nothing else is found.
create or replace function public.find_agreement_link(secret bytea)
    returns table (organisation_id uuid, organisation_name text, kind text, nation text, time_zone text, link_id uuid,
                   policy_id uuid, many boolean, party text, name text, state text, title text, edition integer,
                   summary text, words text, kept_at text, lasts_months integer)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
        select o.id, o.name, o.kind, o.nation, o.time_zone, l.id, p.id, l.many, l.party,
            case when l.lasting then '' else l.name end,  -- what an address for many is for is the keeper's own note
            case when l.ended_at is not null or p.withdrawn_at is not null then 'ended'
                 when l.used_at is not null and not l.many then 'used'
                 when l.expires_at <= sec.clock() or l.signed >= 5000 then 'expired' else 'open' end,
            p.title, p.edition, e.summary, e.words, e.kept_at, e.lasts_months
        from public.agreement_links l
        join public.organisations o on o.id = l.organisation_id and o.state not in ('suspended', 'leaving')
        join public.policies p on p.organisation_id = l.organisation_id and p.id = l.policy_id
        join public.policy_editions e
            on e.organisation_id = p.organisation_id and e.policy_id = p.id and e.number = p.edition
        where l.token_hash = secret;
end
$$;

-- The file of what is to be signed, for whoever holds a link that is open: of the present edition, once it was checked,
-- with the key that opens it, wrapped twice. No id is asked for, so nothing else is found by it.
create or replace function public.find_agreement_file(secret bytea)
    returns table (organisation_id uuid, file_id uuid, edition integer, size bigint, object_name text, wrapped_key bytea,
                   organisation_key bytea)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
        select f.organisation_id, f.id, f.edition, f.size, f.object_name, f.wrapped_key, k.wrapped
        from public.agreement_links l
        join public.organisations o on o.id = l.organisation_id and o.state not in ('suspended', 'leaving')
        join public.policies p on p.organisation_id = l.organisation_id and p.id = l.policy_id
            and p.kind = 'agreement' and p.withdrawn_at is null
        join public.policy_files f on f.organisation_id = p.organisation_id and f.policy_id = p.id
            and f.edition = p.edition and f.state = 'clean'
        join public.organisation_keys k on k.organisation_id = f.organisation_id
            and k.key_id = substr(f.wrapped_key, 1, octet_length(k.key_id))
        where l.token_hash = secret and l.ended_at is null and l.expires_at > sec.clock()
            and (l.many or l.used_at is null);
end
$$;

-- What keeps the file of what is to be signed shut, for whoever holds a link: waiting for the virus check, or infected;
-- null where there is no file, or it can be opened. It is asked within the work that signs, too.
create or replace function public.find_agreement_seal(secret bytea) returns text
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select f.state from public.agreement_links l
        join public.policies p on p.organisation_id = l.organisation_id and p.id = l.policy_id
        join public.policy_files f on f.organisation_id = p.organisation_id and f.policy_id = p.id
            and f.edition = p.edition and f.state <> 'clean'
        where l.token_hash = secret);
end
$$;

-- The address is used, by whoever holds its secret: false when it was used before, is over or was taken back. The table
-- itself is shut to whoever signs, for it names who else was asked to.
create or replace function public.use_agreement_link(secret bytea) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    moment timestamptz := sec.clock();
begin
    perform sec.require_purpose('public');
    update public.agreement_links l set used_at = moment
        where l.organisation_id = sec.current_organisation() and l.token_hash = secret and l.ended_at is null
            and l.expires_at > moment and (l.many or l.used_at is null) and l.signed < 5000;
    return found;
end
$$;

-- Whether many sign at the address, for weeks. At most 5,000 do: whoever floods it fills it, and nothing else.
create or replace function public.is_agreement_lasting(secret bytea) returns boolean
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (select from public.agreement_links l where l.token_hash = secret and l.lasting);
end
$$;

-- One more has signed at the address, told by whoever holds its secret.
create or replace function public.count_agreement_link(secret bytea) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('public');
    update public.agreement_links l set signed = l.signed + 1
        where l.organisation_id = sec.current_organisation() and l.token_hash = secret;
end
$$;

-- Organisations in which something waits to be read or signed: for the daily look at who is to be asked and reminded.
create or replace function public.list_asking_organisations() returns table (id uuid, time_zone text)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_schedule();
    return query select o.id, o.time_zone from public.organisations o
        where o.state = 'active' and exists (
            select from public.policies p where p.organisation_id = o.id and p.withdrawn_at is null);
end
$$;

revoke all on function public.find_agreement_link(bytea), public.find_agreement_file(bytea), public.find_agreement_seal(bytea),
    public.use_agreement_link(bytea), public.is_agreement_lasting(bytea), public.count_agreement_link(bytea),
    public.list_asking_organisations() from public;
grant execute on function public.find_agreement_link(bytea), public.find_agreement_file(bytea), public.find_agreement_seal(bytea),
    public.use_agreement_link(bytea), public.is_agreement_lasting(bytea), public.count_agreement_link(bytea),
    public.list_asking_organisations() to safeguard_app;

reset role;
