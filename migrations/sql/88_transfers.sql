-- Files of people on their way to the next place.
--
-- What holds an incident that somebody must not know of is not there for them: the whole transfer is among their hidden
-- objects (25_restricting.sql). Nothing here is deleted; what is disposed of takes its names with it (87_records.sql).

select sec.isolate('public.transfers', 'owned');
revoke select, update, delete on public.transfers from safeguard_app;
-- What a link is known by is written, and never read back.
grant select (organisation_id, id, version, person_id, person_name, way, other_id, recipient, recipient_person, basis,
    policy, state, incident_count, file_count, sent_at, sent_by, sent_by_name, sha256, size, object_name, locked_key,
    secret, expires_at, tries_left, due_on, outbox_id, received_at, received_by, received_role, received_at_place,
    receipt, cancelled_at, cancelled_by_name, cancel_reason) on public.transfers to safeguard_app;
grant update (version, state, object_name, locked_key, secret, outbox_id, received_at, received_by,
    received_role, received_at_place, receipt, cancelled_at, cancelled_by_name, cancel_reason)
    on public.transfers to safeguard_app;
select sec.restrict('public.transfers', 'app_object_not_hidden', 'all',
    'id <> all ((select sec.hidden_objects())::uuid[])');

select sec.isolate('public.transfer_items', 'owned');
revoke update, delete on public.transfer_items from safeguard_app;
select sec.belongs_to_incident('public.transfer_items');
select sec.restrict('public.transfer_items', 'app_transfer_not_hidden', 'all',
    'transfer_id <> all ((select sec.hidden_objects())::uuid[])');

select sec.isolate('public.incoming_transfers', 'owned');
revoke update, delete on public.incoming_transfers from safeguard_app;
grant update (version, state, object_name, locked_key, secret, opened_at, opened_by, opened_by_name, opened_role,
    ended_at, ended_by_name, end_reason, person_id, made_count, known_count, file_count)
    on public.incoming_transfers to safeguard_app;

select sec.policy('public.' || t, 'definer_all', 'all', 'safeguard_definer', 'true')
from unnest(array['transfers', 'transfer_items', 'incoming_transfers']) t;
grant select, update, delete on public.transfers to safeguard_definer;
grant select, update on public.incoming_transfers to safeguard_definer;
grant select, delete on public.transfer_items to safeguard_definer;

set local role safeguard_definer;

-- To whom a file can be sent within this service. A number of the register or the name in addresses finds anybody; a
-- part of the name finds all but homes, whose being somewhere is nobody's to find out: those, by their whole name.
create or replace function public.find_receivers(wanted text)
    returns table (id uuid, name text, kind text, urn text)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    said text := lower(btrim(coalesce(wanted, '')));
    part text := '%' || replace(replace(replace(said, '\', '\\'), '%', '\%'), '_', '\_') || '%';
begin
    if here is null or length(said) < 3 then
        return;
    end if;
    return query
        select o.id, o.name, o.kind, coalesce(o.urn, '') from public.organisations o
        where o.id <> here and o.state = 'active' and o.kind not in ('helpline', 'group')
            and (o.urn = said or o.slug = said or lower(o.name) = said
                 or o.kind <> 'childrens_home' and lower(o.name) like part)
        order by lower(o.name) <> said, o.name, o.id limit 20;
end
$$;

-- What the holder of a one-time link is told: from whom, how it stands, and what the passphrase opens. The passphrase
-- is nowhere in the database: what is wrapped here opens with it and with nothing else.
create or replace function public.find_transfer_link(secret_hash bytea)
    returns table (organisation_id uuid, organisation_name text, transfer_id uuid, recipient text, state text,
                   expires_at timestamptz, received_at timestamptz, tries_left integer, sha256 bytea, size bigint,
                   object_name text, locked_key bytea)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
        select o.id, o.name, t.id, t.recipient,
            case when t.state <> 'sent' then t.state when t.expires_at <= sec.clock() then 'expired' else 'open' end,
            t.expires_at, t.received_at, t.tries_left, t.sha256, t.size, t.object_name, t.locked_key
        from public.transfers t
        join public.organisations o on o.id = t.organisation_id and o.state not in ('suspended', 'leaving')
        where t.link_hash = secret_hash;
end
$$;

-- One try of the passphrase is used up before it is looked at; how many were left with this one, none when it is over.
-- For a day after it was handed over what is left of them is for whoever fetched it, and whose download broke off.
create or replace function public.try_transfer_link(secret_hash bytea) returns integer
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    tries integer;
begin
    perform sec.require_purpose('public');
    update public.transfers t set tries_left = t.tries_left - 1, version = t.version + 1,
        state = case when t.tries_left <= 1 and t.state = 'sent' then 'locked' else t.state end
    where t.organisation_id = sec.current_organisation() and t.link_hash = secret_hash and t.tries_left > 0
        and (t.state = 'sent' and t.expires_at > sec.clock()
             or t.state = 'received' and t.received_at > sec.clock() - interval '24 hours')
    returning t.tries_left + 1 into tries;
    return coalesce(tries, 0);
end
$$;

-- The file is handed over, once: false for whoever comes second, and null for the same one who asks again within a day.
-- Who confirmed it stands with it. The key stays for that day, locked with the passphrase; the job that asks after
-- receipts clears it.
create or replace function public.take_transfer_link(secret_hash bytea, by_name text, by_role text, at_place text,
                                                     slip text) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('public');
    update public.transfers t set state = 'received', version = t.version + 1, received_at = sec.clock(),
        received_by = by_name, received_role = by_role, received_at_place = at_place, receipt = slip
    where t.organisation_id = sec.current_organisation() and t.link_hash = secret_hash
        and t.state in ('sent', 'locked') and t.received_at is null and t.expires_at > sec.clock();
    if found then
        return true;
    end if;
    perform from public.transfers t
    where t.organisation_id = sec.current_organisation() and t.link_hash = secret_hash and t.state = 'received'
        and t.received_at > sec.clock() - interval '24 hours' and t.locked_key is not null
        and lower(t.received_by) = lower(by_name) and lower(t.received_at_place) = lower(at_place);
    return case when found then null else false end;
end
$$;

revoke all on function public.find_receivers(text), public.find_transfer_link(bytea), public.try_transfer_link(bytea),
    public.take_transfer_link(bytea, text, text, text, text) from public;
grant execute on function public.find_receivers(text), public.find_transfer_link(bytea),
    public.try_transfer_link(bytea), public.take_transfer_link(bytea, text, text, text, text) to safeguard_app;

reset role;
