-- The verifiable log: appended to by one function, at the end of the transaction whose acts it records.
--
-- RFC 9162 §2.1.1 hashing: leaf sha256(00 || entry), node sha256(01 || left || right). The head row keeps the compact
-- range (the roots of the complete subtrees, largest first), so that an append costs a few hashes at any size.
-- Owned by safeguard_log, as whom nobody can log in; the app may execute it, and can neither write nor change the logs.

set local role safeguard_log;

-- Only the three functions that a process may execute fix the search path: what they call has it from them.

create or replace function audit.grow(frontier bytea[], size bigint, leaf bytea) returns bytea[]
    language plpgsql immutable strict parallel safe
as $$
declare
    node bytea := leaf;
    last integer := coalesce(array_length(frontier, 1), 0);
begin
    while size & 1 = 1 loop
        node := sha256('\x01'::bytea || frontier[last] || node);
        last := last - 1;
        size := size >> 1;
    end loop;
    return frontier[1:last] || node;
end
$$;

-- What one organisation calls an actor: 16 random bytes, given at the first act. Erasing the row makes them nobody's.
create or replace function audit.actor_handle(organisation uuid, actor uuid, fresh bytea) returns bytea
    language plpgsql volatile
as $$
declare
    found_handle bytea;
begin
    select a.handle into found_handle from audit.actors a where a.organisation_id = organisation and a.user_id = actor;
    if found_handle is null then
        insert into audit.actors as a (organisation_id, user_id, handle) values (organisation, actor, fresh)
            on conflict (organisation_id, user_id) do update set handle = a.handle returning handle into found_handle;
    end if;
    return found_handle;
end
$$;

-- sha256("safeguard-object/1\n" || salt || kind ":" uuid): who holds the salt finds all entries of that object.
-- The first version of a thing is most often the first that is heard of it: that one is not looked for before.
-- squawk-ignore ban-drop-function
drop function if exists audit.object_handle(uuid, text, uuid, bytea);
create or replace function audit.object_handle(
    organisation uuid, object_kind text, object uuid, fresh bytea, is_first boolean) returns bytea
    language plpgsql volatile
as $$
declare
    found_handle bytea;
begin
    if not is_first then
        select o.handle into found_handle from audit.objects o
            where o.organisation_id = organisation and o.kind = object_kind and o.id = object;
    end if;
    if found_handle is null then
        insert into audit.objects as o (organisation_id, kind, id, salt, handle)
            values (organisation, object_kind, object, fresh, sha256(convert_to(E'safeguard-object/1\n', 'UTF8')
                || fresh || convert_to(object_kind || ':' || object, 'UTF8')))
            on conflict (organisation_id, kind, id) do update set handle = o.handle returning handle into found_handle;
    end if;
    return found_handle;
end
$$;

-- squawk-ignore ban-drop-function
drop function if exists audit.form_of_entry();

-- What every verifier reads as an entry, and nothing else: an entry that is appended can never be taken back. Asked of
-- what came from outside alone: times, handles and the request are written here, in this form. By pieces, because one
-- pattern for all nine lines took longer than hashing them and adding the row.
create or replace function audit.is_well_formed(event text, role text, version text, commitment text) returns boolean
    language sql immutable parallel safe
    return event ~ '^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$' and role ~ '^[a-z][a-z0-9_]*$'
        and version ~ '^(0|[1-9][0-9]*)$' and length(version) <= 10
        and (commitment is null or length(commitment) = 44 and commitment ~ '^[A-Za-z0-9+/]+=$');

-- One organisation and one log: take the head, append in order, put the head back.
create or replace function audit.append_entries(
    organisation uuid, target text, acts jsonb, actor uuid, role text, request uuid, at timestamptz) returns void
    language plpgsql volatile
as $$
declare
    head audit.logs;
    act jsonb;
    moment timestamptz;
    who bytea;
    what bytea;
    line text;
    leaf bytea;
    urgent boolean := false;
begin
    select * into head from audit.logs l where l.organisation_id = organisation and l.log = target for update;
    if not found then
        raise exception 'organisation has no log %', target using errcode = '23503';
    end if;
    moment := greatest(at, head.last_at);
    who := audit.actor_handle(organisation, coalesce(actor, '00000000-0000-0000-0000-000000000000'),
                              decode(acts -> 0 ->> 'fresh_actor', 'base64'));
    for place in 0 .. jsonb_array_length(acts) - 1 loop
        act := acts -> place;
        if not coalesce(audit.is_well_formed(act ->> 'event', role, act ->> 'version', act ->> 'commitment'), false) then
            raise exception 'an audit entry is malformed' using errcode = '22023';
        end if;
        what := audit.object_handle(organisation, act ->> 'kind', (act ->> 'object')::uuid,
                                    decode(act ->> 'fresh_object', 'base64'),
                                    act ? 'document' and act ->> 'version' = '1');
        urgent := urgent or act ->> 'event' = any ('{pack.requested,referral.sent,envelope.sent,record.disposed,
            glass.broken,exclusion.made,exclusion.lifted}');
        line := concat(
            E'safeguard-audit/1\n',
            to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), E'\n',
            act ->> 'event', E'\n',
            encode(who, 'base64'), E'\n',
            role, E'\n',
            encode(what, 'base64'), E'\n',
            act ->> 'version', E'\n',
            coalesce(act ->> 'commitment', '-'), E'\n',
            request, E'\n');
        if octet_length(line) > 1024 or request is null then
            raise exception 'an audit entry is malformed' using errcode = '22023';
        end if;
        leaf := sha256('\x00'::bytea || convert_to(line, 'UTF8'));
        insert into audit.leaves (organisation_id, log, index, entry, hash, object)
            values (organisation, target, head.size, line, leaf, what);
        head.frontier := audit.grow(head.frontier, head.size, leaf);
        head.size := head.size + 1;
        if act ? 'document' then
            insert into audit.documents (organisation_id, kind, id, version, fields, salt, commitment)
                values (organisation, act ->> 'kind', (act ->> 'object')::uuid, (act ->> 'version')::integer,
                        act ->> 'document', decode(act ->> 'salt', 'base64'), decode(act ->> 'commitment', 'base64'));
        end if;
    end loop;
    -- The signer signs once a minute, and at once after these and after every hundredth entry. Rare, because commits
    -- that notify wait for each other.
    if urgent or (head.size - jsonb_array_length(acts)) / 100 < head.size / 100 then
        perform pg_notify('safeguard_signer', organisation::text);
    end if;
    update audit.logs l set size = head.size, frontier = head.frontier, last_at = moment
        where l.organisation_id = organisation and l.log = target;
end
$$;

-- The end of a unit of work: acts into the logs (general before restricted: one order, no deadlock), then its jobs.
-- `unit` = {request, actor, role, acts: {log: [{event, kind, object, version, commitment, document, salt, fresh_*}]},
--           jobs: [{id, kind, subject, key, run_at}]}
create or replace function audit.finish_at(at timestamptz, unit jsonb) returns void
    language plpgsql volatile
as $$
declare
    organisation uuid := sec.current_organisation();
    target text;
begin
    if sec.is_restricted(organisation, unit -> 'acts' -> 'general') then
        unit := jsonb_set(unit #- '{acts,general}', '{acts,restricted}',
            (unit #> '{acts,general}') || coalesce(unit #> '{acts,restricted}', '[]'));
    end if;
    if unit -> 'acts' ? 'restricted' then  -- whoever appends to both logs, or to either, waits for one and the same head
        perform from audit.logs l where l.organisation_id = organisation and l.log = 'general' for update;
    end if;
    foreach target in array array['general', 'platform', 'restricted'] loop
        if unit -> 'acts' ? target then
            perform audit.append_entries(organisation, target, unit -> 'acts' -> target, (unit ->> 'actor')::uuid,
                                         unit ->> 'role', (unit ->> 'request')::uuid, at);
        end if;
    end loop;
    if unit ? 'jobs' then
        insert into jobs.job (organisation_id, id, kind, subject_id, key, asked_by, run_at, created_at)
        select organisation, (j ->> 'id')::uuid, j ->> 'kind', (j ->> 'subject')::uuid, j ->> 'key',
               -- What is told, carried or kept back is so by the system: whoever asked may have left by then, or may not
               -- know of whom or of what.
               case when j ->> 'kind' !~ '^(notice|mail|channel)[.]|^transfer[.]withhold$' then (unit ->> 'actor')::uuid end, coalesce((j ->> 'run_at')::timestamptz, at), at
        from jsonb_array_elements(unit -> 'jobs') j
        on conflict (organisation_id, kind, key) do nothing;
    end if;
end
$$;

create or replace function audit.finish(unit jsonb) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    if (unit ->> 'actor')::uuid is distinct from sec.current_user_id() then
        raise exception 'an entry names whoever acts, and nobody else' using errcode = '42501';
    end if;
    perform audit.finish_at(sec.clock(), unit);
end
$$;

-- For demonstration data and imports by the operator: a moment in the past, still never before the previous entry.
create or replace function audit.append_at(at timestamptz, unit jsonb) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$ begin perform audit.finish_at(at, unit); end $$;

-- A new organisation's two logs, each beginning with `log.created` about itself. Only while an organisation is set up.
create or replace function audit.create_log(target text, log_id uuid, origin text, request uuid,
                                            fresh_actor text, fresh_object text, at timestamptz default null) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    organisation uuid := sec.current_organisation();
begin
    if at is not null and session_user <> 'safeguard_owner' then
        raise exception 'only the owner may date a log' using errcode = '42501';
    end if;
    if session_user <> 'safeguard_owner' then
        perform sec.require_purpose('provision');
    end if;
    insert into audit.logs (organisation_id, log, id, origin_id) values (organisation, target, log_id, origin);
    perform audit.append_entries(organisation, target, jsonb_build_array(jsonb_build_object(
        'event', 'log.created', 'kind', 'log', 'object', log_id, 'version', 1,
        'fresh_actor', fresh_actor, 'fresh_object', fresh_object)), null, 'system', request, coalesce(at, sec.clock()));
end
$$;

revoke all on all functions in schema audit from public;
grant execute on function audit.finish(jsonb) to safeguard_app, safeguard_owner;
grant execute on function audit.create_log(text, uuid, text, uuid, text, text, timestamptz) to safeguard_app, safeguard_owner;
grant execute on function audit.append_at(timestamptz, jsonb) to safeguard_owner;

reset role;
