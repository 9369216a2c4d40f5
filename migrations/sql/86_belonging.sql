-- The end of a membership, and its beginning anew: what hangs on it goes with it, whichever way somebody leaves.
--
-- By hand, by a directory, by a roster, at a handover, or from the command line: each only says that a membership has
-- ended, and the same happens. Whoever comes back - invited again, switched on again, taken back - has what they are
-- given then and nothing of before: not the vault, no restricted circle, no assigned incidents, no days as a deputy,
-- no program that reads in their name. Done at the beginning too, for whoever left before there was this. What tells
-- of somebody stays: records, their own words, whom they are kept from, and how their provider knows them, which opens
-- nothing here. Which table is which stands in tests/identity/test_belonging.py, and a table that is missing there
-- stops the tests.

select sec.policy('public.' || t, 'definer_ends', 'all', 'safeguard_definer', 'true')
from unnest(array['webhooks', 'calendar_feeds', 'sign_on_exemptions']) t;
grant select, delete on public.sign_on_exemptions to safeguard_definer;
grant select, update (ended_at) on public.webhooks to safeguard_definer;
grant update (revoked_at) on public.calendar_feeds to safeguard_definer;
grant update (ended_at) on public.vault_people, public.confidants, public.broken_glass to safeguard_definer;
grant delete on public.pastoral_scopes, public.sign_on_attempts to safeguard_definer;

set local role safeguard_definer;

create or replace function sec.let_go() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := new.organisation_id;
    person uuid := new.user_id;
    moment timestamptz := sec.clock();
    programs uuid[];
begin
    delete from public.sessions s where s.organisation_id = here and s.user_id = person;
    delete from public.sign_on_attempts a where a.organisation_id = here and a.user_id = person;
    delete from public.sign_on_exemptions e where e.organisation_id = here and e.user_id = person;
    delete from public.password_resets r where r.organisation_id = here and r.made_by = person;
    delete from public.pastoral_scopes s where s.organisation_id = here and s.user_id = person;
    update public.calendar_feeds f set revoked_at = moment
        where f.organisation_id = here and f.user_id = person and f.revoked_at is null;
    update public.vault_people v set ended_at = moment
        where v.organisation_id = here and v.user_id = person and v.ended_at is null;
    update public.confidants k set ended_at = moment
        where k.organisation_id = here and k.user_id = person and k.ended_at is null;
    update public.broken_glass g set ended_at = moment
        where g.organisation_id = here and g.user_id = person and g.ended_at is null;
    update public.webhooks w set ended_at = moment
        where w.organisation_id = here and w.made_by = person and w.ended_at is null;
    with ended as (
        update public.tokens t set revoked_at = moment
            where t.organisation_id = here and person in (t.sponsor_id, t.user_id) and t.revoked_at is null
            returning t.user_id)
    select array_agg(distinct e.user_id) into programs from ended e;
    update public.memberships m set state = 'ended'
        where m.organisation_id = here and m.kind = 'service' and m.state = 'active' and m.user_id <> person
            and m.user_id = any (programs)
            and not exists (  -- one that somebody else made in its place goes on
                select from public.tokens t
                where t.organisation_id = here and t.user_id = m.user_id and t.revoked_at is null);
    new.ended_why := null;  -- why it ended before says nothing of now; whoever takes somebody out by hand says it after
    if new.state = 'active' then
        if new.roles = old.roles and new.deputy_from is not null then  -- the days were of the membership that ended
            new.roles := case when new.roles = array['deputy'] then array['reporter']
                              else array_remove(new.roles, 'deputy') end;
        end if;
        new.deputy_from := null;
        new.deputy_until := null;
    end if;
    return new;
end
$$;

revoke all on function sec.let_go() from public;
grant execute on function sec.let_go() to safeguard_owner;

reset role;

create or replace trigger let_go before update of state on public.memberships
    for each row when (new.state is distinct from old.state) execute function sec.let_go();
