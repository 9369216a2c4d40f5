-- Acts that take two people: who may touch proposals, and the one-time link of the outside second person.
--
-- A proposal is never deleted and its question never edited; what is decided is written once. The link's hash is
-- written by the app and never read back. Whoever holds a link learns who asks for what kind of act, in which
-- organisation, and nothing of any record; only the newest link of a proposal opens, and only for the person who is
-- named as the outside second person at that moment.

select sec.isolate('public.proposals', 'owned');
revoke update, delete on public.proposals from safeguard_app;
grant update (state, version, decided_at, decided_by, decided_by_name, decision_reason) on public.proposals
    to safeguard_app;
select sec.policy('public.proposals', 'definer_read', 'select', 'safeguard_definer', 'true');
grant select on public.proposals to safeguard_definer;

select sec.isolate('public.approval_links', 'owned');
revoke select, update, delete on public.approval_links from safeguard_app;
grant select (organisation_id, id, proposal_id, email, created_at, expires_at, used_at) on public.approval_links
    to safeguard_app;
select sec.policy('public.approval_links', 'definer_all', 'all', 'safeguard_definer', 'true');
grant select, update on public.approval_links to safeguard_definer;

set local role safeguard_definer;

create or replace function identity.find_approval(secret text)
    returns table (
        organisation_id uuid, organisation_name text, organisation_kind text, organisation_nation text,
        organisation_time_zone text, proposal_id uuid, act text, told text, proposed_by_name text,
        proposed_at timestamptz, expires_at timestamptz, second_person_name text, state text
    )
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    moment timestamptz := sec.clock();
begin
    return query
        select p.organisation_id, o.name, o.kind, o.nation, o.time_zone, p.id, p.act, p.told, p.proposed_by_name,
               p.proposed_at, least(l.expires_at, p.expires_at), coalesce(o.second_person_name, ''),
               case when p.state <> 'open' then p.state
                    when l.used_at is not null then 'used'
                    when o.state = 'suspended' or l.email is distinct from o.second_person_email
                        or exists (select from public.approval_links newer
                                   where newer.organisation_id = l.organisation_id
                                       and newer.proposal_id = l.proposal_id and newer.created_at > l.created_at)
                        then 'replaced'
                    when least(l.expires_at, p.expires_at) <= moment then 'expired'
                    else 'open' end
        from public.approval_links l
        join public.proposals p on p.organisation_id = l.organisation_id and p.id = l.proposal_id
        join public.organisations o on o.id = l.organisation_id
        where l.token_hash = sha256(convert_to(secret, 'UTF8'));
end
$$;

-- Once: the link is used up, in the transaction that decides. Null when it does not open.
create or replace function identity.use_approval_link(secret text) returns uuid
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    opened uuid;
begin
    perform sec.require_purpose('approval');
    perform from public.approval_links l
        where l.organisation_id = sec.current_organisation()
            and l.token_hash = sha256(convert_to(secret, 'UTF8')) for update;
    select f.proposal_id into opened from identity.find_approval(secret) f
        where f.organisation_id = sec.current_organisation() and f.state = 'open';
    if opened is null then
        return null;
    end if;
    update public.approval_links l set used_at = sec.clock()
        where l.organisation_id = sec.current_organisation()
            and l.token_hash = sha256(convert_to(secret, 'UTF8'));
    return opened;
end
$$;

reset role;

revoke all on function identity.find_approval(text), identity.use_approval_link(text) from public;
grant execute on function identity.find_approval(text), identity.use_approval_link(text) to safeguard_app;
