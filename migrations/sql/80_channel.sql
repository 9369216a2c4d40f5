-- The channel: what one organisation sends another. Each has its own rows, and no policy spans two of them. One function
-- carries sealed bytes from an outbox into an inbox; it reads nothing in them, and no page can call it.

select sec.isolate('public.channel_keys', 'owned');
revoke update, delete on public.channel_keys from safeguard_app;
select sec.isolate('public.channel_pairs', 'owned');
revoke delete on public.channel_pairs from safeguard_app;
select sec.isolate('public.channel_outbox', 'owned');
revoke update, delete on public.channel_outbox from safeguard_app;
grant update (body, sequence, envelope, hash, expires_at, delivered_at, receipt, verdict, alarmed_at)
    on public.channel_outbox to safeguard_app;
-- How much was sent to the helpline would tell of a referral that its reader must not know of. No page reads a pair or
-- the inbox, nor begins a pair: that is a worker's, whose context no page can make.
select sec.restrict('public.channel_outbox', 'app_object_not_hidden', 'all',
    'id <> all ((select sec.hidden_objects())::uuid[])');
select sec.restrict('public.channel_pairs', 'app_for_workers', 'all', $$(select sec.current_purpose()) = 'job'$$);
select sec.isolate('public.channel_inbox', 'owned');
revoke insert, update, delete on public.channel_inbox from safeguard_app;
grant update (state, fault, sequence, opened_at, answered_at, subject_id) on public.channel_inbox to safeguard_app;
select sec.restrict('public.channel_inbox', 'app_for_workers', 'all', $$(select sec.current_purpose()) = 'job'$$);

select sec.isolate('public.referrals', 'owned');
select sec.belongs_to_incident('public.referrals');
revoke update, delete on public.referrals from safeguard_app;
grant update (version, state, case_reference, closed_at, outcome, helpful, feedback, last_activity_at)
    on public.referrals to safeguard_app;
select sec.isolate('public.referral_steps', 'owned');
select sec.belongs_to_incident('public.referral_steps');
revoke update, delete on public.referral_steps from safeguard_app;

select sec.policy('public.' || t, 'definer_all', 'all', 'safeguard_definer', 'true')
from unnest(array['channel_keys', 'channel_pairs', 'channel_outbox', 'channel_inbox', 'referrals', 'referral_steps']) t;
grant select on public.channel_keys, public.channel_pairs, public.channel_outbox, public.channel_inbox,
    public.referrals, public.referral_steps to safeguard_definer;
grant update (carried_at) on public.channel_outbox to safeguard_definer;
grant insert on public.channel_inbox to safeguard_definer;

set local role safeguard_definer;

-- Whom an organisation can refer to: every helpline of this service that is open for work.
create or replace function public.list_helplines() returns table (id uuid, name text)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.current_organisation();
    return query select o.id, o.name from public.organisations o
        where o.kind = 'helpline' and o.state = 'active' order by o.name, o.id;
end
$$;

-- The public halves of another's keys, the newest first: what seals to it, and what its signatures are checked with.
create or replace function public.read_channel_keys(other uuid) returns table (version integer, signing bytea, sealing bytea)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.current_organisation();
    return query select k.version, k.signing, k.sealing from public.channel_keys k
        where k.organisation_id = other order by k.version desc;
end
$$;

-- What an organisation is called that has something in this one's inbox: proven by its key, whatever a body says.
create or replace function public.name_correspondent(other uuid) returns table (name text, kind text, nation text)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query select o.name, o.kind, o.nation from public.organisations o
        where o.id = other and exists (
            select from public.channel_pairs p
            where p.organisation_id = sec.current_organisation() and p.other_id = other);
end
$$;

-- Carry everything that is sealed and not yet carried from this organisation's outbox into the inbox of one other, which
-- must be of this service. Both rows change in one transaction: nothing is lost between, and nothing arrives twice.
create or replace function public.carry_envelopes(other uuid) returns bigint
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    organisation uuid := sec.current_organisation();
    carried bigint;
begin
    perform sec.require_purpose('carry');
    if not exists (select from public.organisations o where o.id = other) then
        return 0;
    end if;
    with taken as (
        update public.channel_outbox b set carried_at = sec.clock()
        where b.organisation_id = organisation and b.other_id = other and b.envelope is not null and b.carried_at is null
            and b.delivered_at is null  -- never so while it was not carried: the index of what waits holds it
        returning b.envelope, b.hash, b.sequence
    )
    insert into public.channel_inbox (organisation_id, id, other_id, what, hash, content, arrived_at)
    select other, gen_random_uuid(), organisation, 'envelope', t.hash, t.envelope, sec.clock()
    from taken t order by t.sequence
    on conflict (organisation_id, hash) do nothing;
    get diagnostics carried = row_count;
    return carried;
end
$$;

-- Carry receipts back to whoever sent the envelopes.
-- squawk-ignore ban-drop-function
drop function if exists public.carry_receipt(uuid, bytea);
create or replace function public.carry_receipts(other uuid, receipts bytea[]) returns bigint
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    organisation uuid := sec.current_organisation();
    carried bigint;
begin
    perform sec.require_purpose('carry');
    if not exists (select from public.organisations o where o.id = other) then
        return 0;
    end if;
    insert into public.channel_inbox (organisation_id, id, other_id, what, hash, content, arrived_at)
    select other, gen_random_uuid(), organisation, 'receipt', sha256(r.receipt), r.receipt, sec.clock()
    from unnest(receipts) as r (receipt)
    on conflict (organisation_id, hash) do nothing;
    get diagnostics carried = row_count;
    return carried;
end
$$;

-- Whatever has waited for half a minute, in every organisation: the worker that keeps the channel asks, and nobody else.
-- What is for an organisation that was removed is carried no more; that it was not delivered is told once, like the rest.
create or replace function public.list_channel_waiting()
    returns table (organisation_id uuid, other_id uuid, what text, oldest timestamptz)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('carry');
    return query
        select b.organisation_id, b.other_id, 'carry', min(b.put_at) from public.channel_outbox b
        where b.carried_at is null and b.delivered_at is null and b.put_at < sec.clock() - interval '30 seconds'
            and exists (select from public.organisations o where o.id = b.other_id)
        group by b.organisation_id, b.other_id
        union all
        select i.organisation_id, i.other_id, 'open', min(i.arrived_at) from public.channel_inbox i
        where i.state = 'waiting' and i.arrived_at < sec.clock() - interval '30 seconds'
        group by i.organisation_id, i.other_id
        union all
        select i.organisation_id, i.other_id, 'answer', min(i.opened_at) from public.channel_inbox i
        where i.answered_at is null and i.sequence is not null and i.opened_at < sec.clock() - interval '30 seconds'
        group by i.organisation_id, i.other_id
        union all
        select b.organisation_id, b.other_id, 'undelivered', min(b.put_at) from public.channel_outbox b
        where b.delivered_at is null and b.put_at < sec.clock() - interval '10 minutes'
            and exists (select from public.organisations o where o.id = b.other_id)  -- else an alarm without an end
        group by b.organisation_id, b.other_id
        union all
        select b.organisation_id, b.other_id, 'alarm', min(b.put_at) from public.channel_outbox b
        where b.delivered_at is null and b.alarmed_at is null and b.put_at < sec.clock() - interval '10 minutes'
        group by b.organisation_id, b.other_id;
end
$$;

revoke all on function public.list_helplines(), public.read_channel_keys(uuid), public.name_correspondent(uuid),
    public.carry_envelopes(uuid), public.carry_receipts(uuid, bytea[]), public.list_channel_waiting() from public;
grant execute on function public.list_helplines(), public.read_channel_keys(uuid), public.name_correspondent(uuid),
    public.carry_envelopes(uuid), public.carry_receipts(uuid, bytea[]), public.list_channel_waiting() to safeguard_app;

reset role;
