-- What passes at a handover besides roles: what the work needs, in the same transaction in which whoever leaves ends.
--
-- Programs and webhooks go on, answered for by the successor, and may no more than they may. The circles of restricted
-- incidents: whoever took care of one hands it on, or nobody there could. Whoever is kept from an incident stays so: an
-- exclusion beats every circle. Nothing but an open proposal of somebody else opens this, so that no statement that was
-- smuggled into a page gives anybody another's eyes.

grant insert on public.confidants, public.pastoral_scopes to safeguard_definer;
grant update (made_by) on public.webhooks to safeguard_definer;

set local role safeguard_definer;

create or replace function identity.pass_on(predecessor uuid, successor uuid) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.current_organisation();
    moment timestamptz := sec.clock();
    taking public.memberships;
begin
    perform sec.refuse_planted_statements();
    if not exists (
        select from public.proposals p
        where p.organisation_id = here and p.act = 'role.handover' and p.subject_id = successor
            and p.details ->> 'from' = predecessor::text and p.state = 'open' and p.expires_at > moment
            and p.proposed_by is distinct from sec.current_user_id()) then
        raise exception 'a handover takes two people' using errcode = '42501';
    end if;
    select m.* into strict taking from public.memberships m
        where m.organisation_id = here and m.user_id = successor and m.state = 'active' and m.kind = 'person';
    update public.tokens t set sponsor_id = successor, sponsor_name = taking.name
        where t.organisation_id = here and t.sponsor_id = predecessor and t.revoked_at is null;
    update public.webhooks w set made_by = successor
        where w.organisation_id = here and w.made_by = predecessor and w.ended_at is null;
    insert into public.confidants (organisation_id, id, incident_id, user_id, since)
        select here, gen_random_uuid(), k.incident_id, successor, moment from public.confidants k
        where k.organisation_id = here and k.user_id = predecessor and k.ended_at is null
            and not exists (
                select from public.confidants own
                where own.organisation_id = here and own.incident_id = k.incident_id and own.user_id = successor
                    and own.ended_at is null);
    insert into public.pastoral_scopes (organisation_id, user_id, kind, value, set_at, set_by)
        select here, successor, s.kind, s.value, moment, s.set_by from public.pastoral_scopes s
        where s.organisation_id = here and s.user_id = predecessor and 'pastoral' = any (taking.roles)
        on conflict do nothing;
end
$$;

reset role;

revoke all on function identity.pass_on(uuid, uuid) from public;
grant execute on function identity.pass_on(uuid, uuid) to safeguard_app;
