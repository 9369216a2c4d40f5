-- The signed context that every policy asks for.
--
-- `safeguard.context` holds a capability, not a name: organisation|user|purpose|expires|key id|HMAC. A plain setting
-- would stop mistakes, but an injected `set_config` could name any organisation; without the key it cannot make this.
-- Processes sign with the key file `keys/context`; `sec.keys` holds the same key, readable by safeguard_definer alone.
-- HMAC-SHA-256 (RFC 2104) is built of core sha256(), with both pads prepared: managed servers may lack pgcrypto.

revoke all on schema sec, audit, jobs, identity from public;
revoke create on schema public from public;
-- A temporary table stays on its pooled connection, stands before every other of its name, and knows no row security:
-- one injected statement could catch what the next organisations write. Nobody but the owner makes any.
do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$;
grant usage on schema public, sec, audit, jobs, identity
    to safeguard_app, safeguard_relay, safeguard_signer, safeguard_definer, safeguard_log, safeguard_search;
grant create on schema public, sec, audit, jobs, identity to safeguard_definer, safeguard_log, safeguard_search;
grant select on sec.keys to safeguard_definer;

-- The database's clock: one function, so that a test can hold it still.
create or replace function sec.clock() returns timestamptz
    language sql volatile parallel safe
    set search_path = pg_catalog, pg_temp
    as $$ select clock_timestamp() $$;

-- The roles that a membership gives at this moment: a deputy may be one for a period. Nobody is left with none: whoever
-- was only a deputy goes on as somebody who reports.
create or replace function sec.roles_held(roles text[], deputy_from timestamptz, deputy_until timestamptz)
    returns text[]
    language sql stable parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select case
        when not ('deputy' = any (roles)) or deputy_from is null then roles
        when sec.clock() >= deputy_from and sec.clock() < coalesce(deputy_until, 'infinity') then roles
        when roles = array['deputy'] then array['reporter']
        else array_remove(roles, 'deputy') end
$$;
revoke all on function sec.roles_held(text[], timestamptz, timestamptz) from public;
grant execute on function sec.roles_held(text[], timestamptz, timestamptz)
    to safeguard_app, safeguard_definer, safeguard_search, safeguard_owner;

set local role safeguard_definer;

create or replace function sec.verified_context() returns text[]
    language plpgsql stable parallel restricted security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    parts text[] := string_to_array(current_setting('safeguard.context', true), '|');
    pads record;
begin
    if array_length(parts, 1) is distinct from 6 then
        raise exception 'there is no context: no organisation was entered' using errcode = '42501';
    end if;
    select k.inner_pad, k.outer_pad into pads from sec.keys k
        where k.id = parts[5] and (k.until is null or k.until > sec.clock());
    if not found or parts[6] is distinct from encode(sha256(pads.outer_pad
            || sha256(pads.inner_pad || convert_to(array_to_string(parts[1:5], '|'), 'UTF8'))), 'hex') then
        raise exception 'the context is forged' using errcode = '42501';
    end if;
    if parts[4]::bigint < extract(epoch from sec.clock()) then
        raise exception 'the context has expired' using errcode = '42501';
    end if;
    return parts;
end
$$;

create or replace function sec.current_organisation() returns uuid
    language plpgsql stable parallel restricted security definer
    set search_path = pg_catalog, pg_temp
as $$ begin return (sec.verified_context())[1]::uuid; end $$;

-- The same for everybody but whoever writes by the public page: for them it is nothing, and no row is theirs.
-- Policies ask this one, so that a table which nobody opened to visitors is shut to them.
create or replace function sec.own_organisation() returns uuid
    language plpgsql stable parallel restricted security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    parts text[] := sec.verified_context();
begin
    return case when parts[3] <> 'public' then parts[1]::uuid end;
end
$$;

create or replace function sec.current_user_id() returns uuid
    language plpgsql stable parallel restricted security definer
    set search_path = pg_catalog, pg_temp
as $$ begin return nullif((sec.verified_context())[2], '')::uuid; end $$;

create or replace function sec.current_purpose() returns text
    language plpgsql stable parallel restricted security definer
    set search_path = pg_catalog, pg_temp
as $$ begin return (sec.verified_context())[3]; end $$;

-- Prepared statements outlive a transaction, and drivers call theirs by name: an injected PREPARE could exchange one,
-- to be run in the context of whoever the pool lends the connection to next. No part of ours prepares by statement.
-- Asked as each transaction begins, before anything secret is sent, in a message that no prepared name can stand for.
create or replace function sec.refuse_planted_statements() returns void
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (select from pg_prepared_statements p where p.from_sql) then
        raise exception 'a statement was prepared by hand on this connection' using errcode = '42501';
    end if;
end
$$;

-- Some doors open in one kind of context only, which no page and no token ever holds: a process makes it for the one
-- statement that needs it. So an injected statement, which has the context of its page, finds them shut.
create or replace function sec.require_purpose(wanted text) returns void
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.refuse_planted_statements();
    if sec.current_purpose() <> wanted then
        raise exception 'this needs a context for %', wanted using errcode = '42501';
    end if;
end
$$;

-- The job of the schedule runs for no organisation, and it alone may ask which organisations there are.
create or replace function sec.require_schedule() returns void
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('job');
    if sec.current_organisation() <> '00000000-0000-0000-0000-000000000000' then
        raise exception 'only the job of the schedule may do this' using errcode = '42501';
    end if;
end
$$;

-- Makes and sets a context: for definer functions that have just checked a session or a token, and for nobody else.
create or replace function sec.enter(organisation uuid, person uuid, purpose text, seconds integer) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    pads record;
    body text;
begin
    select k.id, k.inner_pad, k.outer_pad into strict pads from sec.keys k
        where k.until is null or k.until > sec.clock()
        order by k.until nulls first, k.created_at desc, k.id limit 1;  -- the one that has no end
    body := concat_ws('|', organisation, coalesce(person::text, ''), purpose,
                      floor(extract(epoch from sec.clock()))::bigint + seconds, pads.id);
    perform set_config('safeguard.context', body || '|' || encode(sha256(pads.outer_pad
        || sha256(pads.inner_pad || convert_to(body, 'UTF8'))), 'hex'), true);
end
$$;

revoke all on function sec.verified_context(), sec.current_organisation(), sec.own_organisation(), sec.current_user_id(),
    sec.current_purpose(), sec.require_purpose(text), sec.require_schedule(), sec.refuse_planted_statements(),
    sec.enter(uuid, uuid, text, integer) from public;
grant execute on function sec.own_organisation() to safeguard_owner, safeguard_app, safeguard_search;
grant execute on function sec.require_purpose(text), sec.refuse_planted_statements() to safeguard_log;
grant execute on function sec.refuse_planted_statements()
    to safeguard_owner, safeguard_app, safeguard_relay, safeguard_signer;
grant execute on function sec.current_organisation(), sec.current_user_id(), sec.current_purpose()
    to safeguard_owner, safeguard_app, safeguard_relay, safeguard_signer, safeguard_log, safeguard_search;

reset role;
