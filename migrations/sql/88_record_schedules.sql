-- The disposal of what registers, lists, transfers, packs and accounts leave behind (88_record_kinds.sql calls it): one
-- function for each kind that says what goes with it. Like those it gives {ids, counts, packs, stored}, and raises 55000
-- 'open' for what is not settled, 'locked' for what is kept for the police.

select sec.policy('public.' || t, 'definer_dispose', 'all', 'safeguard_definer', 'true')
from unnest(array['policies', 'policy_editions', 'policy_files', 'policy_readings', 'agreement_signatures',
                  'committee_meetings', 'meeting_actions', 'recurring_duties', 'duty_actions',
                  'duty_sendings', 'roster_problems', 'provisioned_people',
                  'provisioned_group_members', 'pastoral_scopes', 'notice_choices']) t;
grant select, update, delete on public.policies, public.policy_editions, public.policy_files, public.policy_readings,
    public.agreement_signatures, public.agreement_links, public.committee_meetings, public.meeting_actions,
    public.recurring_duties, public.duty_actions, public.duty_sendings,
    public.rosters, public.roster_problems, public.incoming_transfers, public.transfer_items,
    public.provisioned_people, public.provisioned_group_members, public.pastoral_scopes, public.notice_choices,
    public.sign_on_accounts, public.invitations, public.packs, public.memberships to safeguard_definer;
grant select, update, delete on public.users, public.sessions, public.devices, public.second_factors,
    public.recovery_codes, public.password_resets to safeguard_definer;

set local role safeguard_definer;

-- Withdrawn policies with every edition and file. Signatures go before, by their own period.
create or replace function sec.erase_policies(ids uuid[]) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    editions uuid[];
    files uuid[];
    links uuid[];
    stored text[];
    items uuid[];
    shown jsonb;
    packs jsonb;
    gone integer;
begin
    perform from public.policies t where t.organisation_id = here and t.id = any (ids) order by t.id for update;
    perform sec.refuse_open(exists (
        select from public.policies t where t.organisation_id = here and t.id = any (ids) and t.withdrawn_at is null));
    editions := array(select e.id from public.policy_editions e where e.organisation_id = here and e.policy_id = any (ids));
    files := array(select f.id from public.policy_files f where f.organisation_id = here and f.policy_id = any (ids));
    links := array(select l.id from public.agreement_links l where l.organisation_id = here and l.policy_id = any (ids));
    stored := array(
        select f.object_name from public.policy_files f where f.organisation_id = here and f.id = any (files));
    items := array(
        select t.item_id from public.policies t
        where t.organisation_id = here and t.id = any (ids) and t.item_id is not null);
    packs := sec.erase_packs_since(array['registers', 'inspection'], (
        select min(t.recorded_at) from public.policies t where t.organisation_id = here and t.id = any (ids)));
    delete from public.agreement_links l where l.organisation_id = here and l.id = any (links);
    delete from public.policy_files f where f.organisation_id = here and f.id = any (files);
    delete from public.policy_editions e where e.organisation_id = here and e.id = any (editions);
    delete from public.policies t where t.organisation_id = here and t.id = any (ids);
    get diagnostics gone = row_count;
    shown := sec.erase_evidence_items(items);  -- what it counted as among the evidence
    return jsonb_build_object('ids', to_jsonb(ids || editions || files || links) || (shown -> 'ids'),
        'packs', (packs -> 'packs') || (shown -> 'packs'),
        'stored', to_jsonb(stored) || (packs -> 'stored') || (shown -> 'stored'),
        'counts', (shown -> 'counts') || jsonb_build_object(
            'policies', gone, 'editions', cardinality(editions),
            'files', cardinality(files) + (shown -> 'counts' ->> 'files')::integer));
end
$$;

-- Everybody's signatures and receipts of reading of one edition that does not hold any more; the ids are the edition's.
create or replace function sec.erase_signatures(ids uuid[]) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    signed uuid[];
    readings uuid[];
    packs jsonb;
begin
    perform sec.refuse_open(exists (
        select from public.policies t
        join public.policy_editions e on e.organisation_id = t.organisation_id and e.policy_id = t.id
        where t.organisation_id = here and e.id = any (ids) and t.withdrawn_at is null and e.number = t.edition));
    signed := array(
        select s.id from public.agreement_signatures s
        join public.policy_editions e
            on e.organisation_id = s.organisation_id and e.policy_id = s.policy_id and e.number = s.edition
        where s.organisation_id = here and e.id = any (ids) order by s.id for update of s);
    readings := array(
        select r.id from public.policy_readings r
        join public.policy_editions e
            on e.organisation_id = r.organisation_id and e.policy_id = r.policy_id and e.number = r.edition
        where r.organisation_id = here and e.id = any (ids) order by r.id for update of r);
    packs := sec.erase_packs_since(array['registers', 'inspection'], (
        select min(e.recorded_at) from public.policy_editions e where e.organisation_id = here and e.id = any (ids)));
    delete from public.agreement_signatures s where s.organisation_id = here and s.id = any (signed);
    delete from public.policy_readings r where r.organisation_id = here and r.id = any (readings);
    return jsonb_build_object('ids', signed || readings, 'packs', packs -> 'packs', 'stored', packs -> 'stored',
        'counts', jsonb_build_object('signatures', cardinality(signed), 'readings', cardinality(readings)));
end
$$;

-- Minutes, and visits or reviews that come round; an action that came out of one stays in the plan, and does not say any
-- more where it came from.
create or replace function sec.erase_minutes(ids uuid[]) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    actions uuid[];
    items uuid[];
    shown jsonb;
    packs jsonb;
    met integer;
    visited integer;
begin
    perform from public.committee_meetings t where t.organisation_id = here and t.id = any (ids) order by t.id for update;
    perform from public.recurring_duties t where t.organisation_id = here and t.id = any (ids) order by t.id for update;
    actions := array(
        select a.id from public.meeting_actions a where a.organisation_id = here and a.meeting_id = any (ids)
        union all
        select a.id from public.duty_actions a where a.organisation_id = here and a.duty_id = any (ids)
        union all
        select s.id from public.duty_sendings s where s.organisation_id = here and s.duty_id = any (ids));
    items := array(
        select t.item_id from public.committee_meetings t
        where t.organisation_id = here and t.id = any (ids) and t.item_id is not null
        union all
        select t.item_id from public.recurring_duties t
        where t.organisation_id = here and t.id = any (ids) and t.item_id is not null);
    packs := sec.erase_packs_since(array['registers', 'inspection'], least(
        (select min(t.recorded_at) from public.committee_meetings t where t.organisation_id = here and t.id = any (ids)),
        (select min(t.recorded_at) from public.recurring_duties t where t.organisation_id = here and t.id = any (ids))));
    delete from public.meeting_actions a where a.organisation_id = here and a.id = any (actions);
    delete from public.duty_actions a where a.organisation_id = here and a.id = any (actions);
    delete from public.duty_sendings s where s.organisation_id = here and s.id = any (actions);
    delete from public.committee_meetings t where t.organisation_id = here and t.id = any (ids);
    get diagnostics met = row_count;
    delete from public.recurring_duties t where t.organisation_id = here and t.id = any (ids);
    get diagnostics visited = row_count;
    shown := sec.erase_evidence_items(items);
    return jsonb_build_object('ids', to_jsonb(ids || actions) || (shown -> 'ids'),
        'packs', (packs -> 'packs') || (shown -> 'packs'), 'stored', (packs -> 'stored') || (shown -> 'stored'),
        'counts', (shown -> 'counts') || jsonb_build_object('meetings', met, 'visits', visited));
end
$$;

-- Lists of people that were brought in, with the file where it was never taken over. Whom a system means by its numbers
-- goes with the people.
create or replace function sec.erase_rosters(ids uuid[]) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    stored text[];
    lines integer;
    gone integer;
begin
    perform from public.rosters t where t.organisation_id = here and t.id = any (ids) order by t.id for update;
    perform sec.refuse_open(exists (
        select from public.rosters t
        where t.organisation_id = here and t.id = any (ids) and t.state in ('reading', 'applying', 'undoing')));
    stored := array(
        select t.object_name from public.rosters t
        where t.organisation_id = here and t.id = any (ids) and t.object_name is not null);
    delete from public.roster_problems p where p.organisation_id = here and p.run_id = any (ids);
    delete from public.roster_rows r where r.organisation_id = here and r.run_id = any (ids);
    get diagnostics lines = row_count;
    delete from public.rosters t where t.organisation_id = here and t.id = any (ids);
    get diagnostics gone = row_count;
    return jsonb_build_object('ids', ids, 'packs', '[]'::jsonb, 'stored', to_jsonb(stored),
        'counts', jsonb_build_object('lists', gone, 'lines', lines));
end
$$;

-- What hangs on an incident or a person is not disposed of while a hold stands over that, nor when the incident was
-- restricted since somebody asked: then it goes with the incident. The hold waits for us, or we see it.
create or replace function sec.refuse_what_is_kept(incidents uuid[], persons uuid[]) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    whole uuid[] := array(select distinct w from unnest(persons) one, sec.whole_person(here, one) w);
begin
    perform from public.incidents i where i.organisation_id = here and i.id = any (incidents) order by i.id for update;
    perform from public.people p where p.organisation_id = here and p.id = any (whole) order by p.id for update;
    if exists (
        select from public.record_holds h
        where h.organisation_id = here and h.lifted_at is null
            and (h.incident_id = any (incidents) or h.person_id = any (whole))) then
        raise exception 'held' using errcode = '55000';
    end if;
    if exists (
        select from public.incidents i
        where i.organisation_id = here and i.id = any (incidents) and i.restricted_at is not null) then
        raise exception 'changed' using errcode = '55000';
    end if;
end
$$;

-- Files that were sent on and files that came, with receipts and with whatever still lies sealed.
create or replace function sec.erase_transfers(ids uuid[]) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    incidents uuid[];
    below uuid[];
    stored text[];
    sent integer;
    came integer;
    packs jsonb;
begin
    perform from public.transfers t where t.organisation_id = here and t.id = any (ids) order by t.id for update;
    perform from public.incoming_transfers t where t.organisation_id = here and t.id = any (ids) order by t.id for update;
    incidents := array(
        select x.incident_id from public.transfer_items x
        where x.organisation_id = here and x.transfer_id = any (ids) and x.incident_id is not null);
    perform sec.refuse_what_is_kept(incidents, array(
        select t.person_id from public.transfers t
        where t.organisation_id = here and t.id = any (ids) and t.person_id is not null
        union
        select t.person_id from public.incoming_transfers t
        where t.organisation_id = here and t.id = any (ids) and t.person_id is not null));
    if exists (
        select from public.transfers t where t.organisation_id = here and t.id = any (ids) and t.state = 'locked') then
        raise exception 'locked' using errcode = '55000';
    end if;
    perform sec.refuse_open(exists (
        select from public.transfers t where t.organisation_id = here and t.id = any (ids) and t.state = 'sent')
        or exists (
        select from public.incoming_transfers t
        where t.organisation_id = here and t.id = any (ids) and t.state in ('waiting', 'opened')));
    -- Somebody's file tells to whom it went.
    packs := sec.erase_packs_since(array['person'], (
        select min(t.sent_at) from public.transfers t where t.organisation_id = here and t.id = any (ids)));
    below := array(
        select x.id from public.transfer_items x where x.organisation_id = here and x.transfer_id = any (ids)
        union all
        select b.id from public.channel_inbox b where b.organisation_id = here and b.subject_id = any (ids)
        union all
        select o.id from public.channel_outbox o where o.organisation_id = here and o.subject_id = any (ids));
    stored := array(
        select t.object_name from public.transfers t
        where t.organisation_id = here and t.id = any (ids) and t.object_name is not null
        union all
        select t.object_name from public.incoming_transfers t
        where t.organisation_id = here and t.id = any (ids) and t.object_name is not null);
    delete from public.transfer_items x where x.organisation_id = here and x.transfer_id = any (ids);
    delete from public.transfers t where t.organisation_id = here and t.id = any (ids);
    get diagnostics sent = row_count;
    delete from public.incoming_transfers t where t.organisation_id = here and t.id = any (ids);
    get diagnostics came = row_count;
    delete from public.channel_inbox b where b.organisation_id = here and b.id = any (below);
    delete from public.channel_outbox o where o.organisation_id = here and o.id = any (below);
    return jsonb_build_object('ids', ids || below, 'packs', packs -> 'packs', 'stored', to_jsonb(stored) || (packs -> 'stored'),
        'counts', jsonb_build_object('sent', sent, 'came', came));
end
$$;

-- Packs in our own store: the file and its key. That one was made, by whom and with which hash, stays in the list, so
-- that a copy outside can be told for ours; it still verifies.
create or replace function sec.erase_packs(ids uuid[]) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    packs jsonb;
begin
    perform from public.packs p where p.organisation_id = here and p.id = any (ids) order by p.id for update;
    perform sec.refuse_what_is_kept(
        array(select p.incident_id from public.packs p
              where p.organisation_id = here and p.id = any (ids) and p.incident_id is not null),
        array(select p.person_id from public.packs p
              where p.organisation_id = here and p.id = any (ids) and p.person_id is not null));
    if exists (
        select from public.packs p where p.organisation_id = here and p.id = any (ids) and p.locked_at is not null) then
        raise exception 'locked' using errcode = '55000';
    end if;
    perform sec.refuse_open(exists (
        select from public.packs p where p.organisation_id = here and p.id = any (ids) and p.ready_at is null));
    packs := sec.erase_pack_keys(ids);
    return packs || jsonb_build_object(
        'ids', '[]'::jsonb, 'counts', jsonb_build_object('made', jsonb_array_length(packs -> 'stored')));
end
$$;

-- Accounts of people who left: name, earlier ones (keep_former_name), address, and how their directory knew them. That there was an account stays without
-- a name, because records and the log point to it; what they wrote keeps the name that stands in it. The person's own
-- entry over all organisations goes when no other has it, and when nobody is to be kept from a record by it.
create or replace function sec.erase_accounts(ids uuid[]) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    nobody text := 'Somebody who has left';
    addresses text[];
    invited uuid[];
    mails uuid[];
    alone uuid[];
    gone integer;
begin
    perform from public.memberships m
        where m.organisation_id = here and m.user_id = any (ids) order by m.user_id for update;
    perform from public.users u where u.id = any (ids) order by u.id for update;  -- nobody joins elsewhere meanwhile
    perform sec.refuse_open(exists (
        select from public.memberships m
        where m.organisation_id = here and m.user_id = any (ids) and (m.state <> 'ended' or m.kind <> 'person')));
    addresses := array(
        select m.email from public.memberships m
        where m.organisation_id = here and m.user_id = any (ids) and m.email <> '');
    invited := array(select i.id from public.invitations i where i.organisation_id = here and i.email = any (addresses));
    mails := array(  -- to the address itself, before there was an account
        select o.id from public.outbox o where o.organisation_id = here and o.address = any (addresses));
    delete from public.outbox o where o.organisation_id = here and o.id = any (mails);
    delete from public.invitations i where i.organisation_id = here and i.id = any (invited);
    delete from public.provisioned_group_members g where g.organisation_id = here and g.user_id = any (ids);
    delete from public.provisioned_people p where p.organisation_id = here and p.user_id = any (ids);
    delete from public.sign_on_accounts a where a.organisation_id = here and a.user_id = any (ids);
    delete from public.roster_links l where l.organisation_id = here and l.email = any (addresses);
    delete from public.pastoral_scopes s where s.organisation_id = here and s.user_id = any (ids);
    delete from public.notice_choices c where c.organisation_id = here and c.user_id = any (ids);
    delete from public.drafts d where d.organisation_id = here and d.user_id = any (ids);
    update public.memberships m set name = nobody, email = ''
        where m.organisation_id = here and m.user_id = any (ids) and m.email <> '';
    get diagnostics gone = row_count;
    alone := array(
        select i from unnest(ids) i
        where not exists (select from public.memberships m where m.user_id = i and m.email <> '')
            and not exists (select from public.exclusions x where x.user_id = i and x.lifted_at is null)
            and not exists (select from public.concerns c where c.subject_user_id = i));
    delete from public.sessions s where s.user_id = any (alone);
    delete from public.devices d where d.user_id = any (alone);
    delete from public.second_factors f where f.user_id = any (alone);
    delete from public.recovery_codes c where c.user_id = any (alone);
    delete from public.password_resets r where r.user_id = any (alone);
    update public.users u set name = nobody, email = u.id || '@left.invalid', password_hash = null
        where u.id = any (alone);
    return jsonb_build_object('ids', invited || mails, 'packs', '[]'::jsonb, 'stored', '[]'::jsonb,
        'counts', jsonb_build_object('accounts', gone));
end
$$;

-- public.dispose_others calls each of these itself.
-- squawk-ignore ban-drop-function
drop function if exists sec.erase_scheduled(text, uuid[]);

-- When somebody's membership ends, and that it does not any more when they come back.
create or replace function sec.note_end() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    new.ended_at := case when new.state = 'ended' then sec.clock() end;
    return new;
end
$$;

-- Since when somebody holds a role more, or is back: what asks people by their roles gives them time from then.
create or replace function sec.note_roles() returns trigger
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    if not new.roles <@ old.roles or new.state = 'active' and old.state <> 'active' then
        new.roles_since := sec.clock();
    end if;
    return new;
end
$$;

revoke all on function sec.erase_policies(uuid[]), sec.erase_signatures(uuid[]), sec.erase_minutes(uuid[]),
    sec.erase_rosters(uuid[]), sec.refuse_what_is_kept(uuid[], uuid[]), sec.erase_transfers(uuid[]),
    sec.erase_packs(uuid[]), sec.erase_accounts(uuid[]), sec.note_end(), sec.note_roles() from public;
grant execute on function sec.note_end(), sec.note_roles() to safeguard_owner;

reset role;

create or replace trigger note_end before update of state on public.memberships
    for each row when (new.state is distinct from old.state) execute function sec.note_end();
create or replace trigger note_roles before update of roles, state on public.memberships
    for each row execute function sec.note_roles();
