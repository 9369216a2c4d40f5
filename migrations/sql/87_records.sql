-- Holds, and the disposal of records: the one place where rows of a record are deleted, with their documents and salts.
--
-- The app holds no DELETE on records. What may go, and what holds it back, is asked here again, under locks: a hold that
-- is being placed at the same moment and this wait for each other, because a hold refers to its record by a foreign
-- key. Both functions open in a context for `dispose` alone, which no page holds, and ask for the open proposal of
-- somebody else: an injected statement finds them shut.

select sec.isolate('public.record_holds', 'owned');
select sec.belongs_to_incident('public.record_holds');
revoke update, delete on public.record_holds from safeguard_app;
grant update (lifted_at, lifted_by, lifted_by_name, lift_reason, version) on public.record_holds to safeguard_app;

select sec.isolate('public.record_dates', 'owned');
revoke update, delete on public.record_dates from safeguard_app;
grant update (left_on, died_on, version, said_at, said_by, said_by_name) on public.record_dates to safeguard_app;

select sec.isolate('public.disposals', 'owned');
select sec.belongs_to_incident('public.disposals');
revoke update, delete on public.disposals from safeguard_app;
grant update (state, version, done_at, agreed_by, agreed_by_name, erased, objects, stored_erased_at, incident_id)
    on public.disposals to safeguard_app;
-- That a record which was kept from somebody existed is for those to know who read the vault.
select sec.restrict('public.disposals', 'app_disposal_in_vault', 'select',
    'not restricted or incident_id is not null or (select sec.reads_vault())');

select sec.policy('public.' || t, 'definer_dispose', 'all', 'safeguard_definer', 'true')
from unnest(array['attachments', 'packs', 'public_reports', 'alerts', 'imported_records', 'notices', 'proposals', 'people',
                  'person_merges', 'people_apart', 'record_holds', 'record_dates', 'disposals', 'inspection_packs']) t;
grant select, update, delete on public.attachments, public.packs, public.public_reports, public.alerts,
    public.imported_records, public.notices, public.proposals, public.people, public.person_merges, public.people_apart,
    public.record_holds, public.record_dates, public.disposals, public.inspection_packs, public.incidents,
    public.incident_people, public.entries, public.exclusions, public.confinements, public.confidants, public.concerns,
    public.drafts, public.outbox, public.approval_links, public.channel_outbox, public.channel_inbox, public.referrals,
    public.referral_steps to safeguard_definer;
grant delete on audit.documents, audit.objects to safeguard_log;

set local role safeguard_log;

-- The committed values, their salts, and what ties the objects to their entries. The entries themselves stay: without
-- the salts nobody can tell what they were about, and every root and every older pack still proves.
create or replace function audit.forget(kinds text[], ids uuid[]) returns bigint
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.current_organisation();
    gone bigint;
begin
    perform sec.require_purpose('dispose');
    delete from audit.documents d where d.organisation_id = here and d.kind = any (kinds) and d.id = any (ids);
    get diagnostics gone = row_count;
    delete from audit.objects o where o.organisation_id = here and o.kind = any (kinds) and o.id = any (ids);
    return gone;
end
$$;

-- Whether any version of an incident, as the log was told of it, says that one of these people had a part in it: whoever
-- was tied to it once may stand in a pack that was made then.
create or replace function audit.was_part_of(incident uuid, people uuid[]) returns boolean
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from audit.documents d, unnest(people) p
        where d.organisation_id = sec.current_organisation() and d.kind = 'incident' and d.id = incident
            and position(p::text in d.fields) > 0)
$$;
revoke all on function audit.forget(text[], uuid[]), audit.was_part_of(uuid, uuid[]) from public;
grant execute on function audit.forget(text[], uuid[]), audit.was_part_of(uuid, uuid[]) to safeguard_definer;

reset role;
set local role safeguard_definer;

-- Whether somebody else than whoever agrees now has asked for this disposal, and it still waits.
create or replace function sec.disposal_is_released(disposal uuid, about text, subject uuid) returns boolean
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from public.proposals p
        join public.disposals d on d.organisation_id = p.organisation_id and d.id = p.subject_id
        where p.organisation_id = sec.own_organisation() and p.act = 'record.dispose' and p.subject_id = disposal
            and p.state = 'open' and p.expires_at > sec.clock()
            and p.proposed_by is distinct from sec.current_user_id()
            and d.kind = about and d.subject_id = subject and d.state = 'asked')
$$;

-- Whoever somebody is, through every duplicate that was merged, either way: a hold on one record of theirs holds what is
-- tied to another.
create or replace function sec.whole_person(organisation uuid, person uuid) returns setof uuid
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    with recursive same (id) as (
        select person where person is not null
        union
        select case when p.id = s.id then p.merged_into_id else p.id end
        from same s join public.people p on p.organisation_id = organisation
            and (p.id = s.id and p.merged_into_id is not null or p.merged_into_id = s.id))
    select s.id from same s
$$;

-- Erases the keys of these packs of ours; gives the hashes of their files, and how the names of these begin in the store.
create or replace function sec.erase_pack_keys(ids uuid[]) returns jsonb
    language sql volatile
    set search_path = pg_catalog, pg_temp
as $$
    with erased as (
        update public.packs p set disposed_at = sec.clock(), wrapped_key = null
        where p.organisation_id = sec.own_organisation() and p.disposed_at is null and p.id = any (ids)
        returning p.id, p.organisation_id, p.sha256)
    select jsonb_build_object(
        'packs', coalesce(jsonb_agg(encode(e.sha256, 'hex') order by e.id) filter (where e.sha256 is not null), '[]'),
        'stored', coalesce(jsonb_agg('packs/' || e.organisation_id || '/' || e.id || '-' order by e.id), '[]'))
    from erased e
$$;

-- Packs of ours that hold an incident: its own, those of a span of time in which it lies, and of those that were asked for
-- since it was recorded the ones for an inspection that tell it or a referral of it, the files of whoever had a part in
-- it, and referrals of days on which it was referred. Of a person, the packs of their file.
create or replace function sec.erase_packs_of(incident uuid, recorded timestamptz, person uuid) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    zone text := (select o.time_zone from public.organisations o where o.id = here);
begin
    return sec.erase_pack_keys(array(
        select p.id from public.packs p
        where p.organisation_id = here and case
            when person is not null then
                p.kind = 'person' and p.person_id in (select w from sec.whole_person(here, person) w)
            when p.kind in ('review', 'registers', 'disposals') then false
            when p.kind = 'incident' then p.incident_id = incident
            when p.kind = 'period' then (recorded at time zone zone)::date between p.from_on and p.until_on
            when p.kind = 'person' then p.requested_at >= recorded
                and audit.was_part_of(incident, array(select w from sec.whole_person(here, p.person_id) w))
            when p.kind = 'referrals' then p.requested_at >= recorded and exists (
                select from public.referrals r
                where r.organisation_id = here and r.incident_id = incident
                    and (r.sent_at at time zone zone)::date between p.from_on and p.until_on)
            when p.kind = 'inspection' then p.requested_at >= recorded and (
                incident = any (p.sampled) or exists (
                    select from public.referrals r where r.organisation_id = here and r.incident_id = incident))
            else p.requested_at >= recorded end));
end
$$;

-- Packs of ours that tell, beside these incidents, what somebody held against them since: it goes with whoever it is of.
create or replace function sec.erase_packs_telling(incidents uuid[], since timestamptz) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    zone text := (select o.time_zone from public.organisations o where o.id = here);
begin
    return sec.erase_pack_keys(array(
        select p.id from public.packs p
        where p.organisation_id = here and p.requested_at >= since and (
            p.kind = 'incident' and p.incident_id = any (incidents)
            or p.kind = 'inspection' and p.sampled && incidents
            or p.kind = 'period' and exists (
                select from public.incidents i
                where i.organisation_id = here and i.id = any (incidents)
                    and (i.recorded_at at time zone zone)::date between p.from_on and p.until_on))));
end
$$;

-- Deletes an incident and everything that is of it; gives what was erased, as numbers, hashes and names in the store.
-- Raises 55000 with a word when something holds it back.
create or replace function public.dispose_incident(disposal uuid, incident uuid, kinds text[]) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    what public.incidents;
    why text;
    whole uuid[];
    entry_ids uuid[];
    link_ids uuid[];
    file_ids uuid[];
    person_ids uuid[];
    referral_ids uuid[];
    envelope_ids uuid[];
    inbox_ids uuid[];
    asked_ids uuid[];
    other_ids uuid[];
    notice_ids uuid[];
    mail_ids uuid[];
    stored text[];
    packs jsonb;
begin
    perform sec.require_purpose('dispose');
    if not sec.disposal_is_released(disposal, 'incident', incident) then
        raise exception 'a record is disposed of by two people' using errcode = '42501';
    end if;
    select * into what from public.incidents i where i.organisation_id = here and i.id = incident for update;
    if not found then
        raise exception 'gone' using errcode = '55000';
    end if;
    whole := array(
        select distinct w from public.incident_people n, sec.whole_person(here, n.person_id) w
        where n.organisation_id = here and n.incident_id = incident);
    perform from public.people p
        where p.organisation_id = here and p.id = any (whole) order by p.id for update;
    select d.ground into why from public.disposals d where d.organisation_id = here and d.id = disposal for update;
    if exists (
        select from public.record_holds h
        where h.organisation_id = here and h.lifted_at is null
            and (h.incident_id = incident or h.person_id = any (whole))) then
        raise exception 'held' using errcode = '55000';
    end if;
    if what.state <> 'closed' then
        raise exception 'open' using errcode = '55000';
    end if;
    if what.last_activity_at > (
        select d.asked_at from public.disposals d where d.organisation_id = here and d.id = disposal) then
        raise exception 'changed' using errcode = '55000';
    end if;
    if exists (
        select from public.referrals r
        where r.organisation_id = here and r.incident_id = incident and r.closed_at is null) then
        raise exception 'referred' using errcode = '55000';
    end if;
    if why <> 'police' and exists (
        select from public.attachments a
        where a.organisation_id = here and a.incident_id = incident and a.locked_at is not null) then
        raise exception 'locked' using errcode = '55000';
    end if;

    entry_ids := array(select e.id from public.entries e where e.organisation_id = here and e.incident_id = incident);
    -- In other incidents: the link to this one, and what took such a link away.
    link_ids := array(
        select e.id from public.entries e
        where e.organisation_id = here and e.linked_id = incident and e.incident_id <> incident);
    link_ids := link_ids || array(
        select e.id from public.entries e
        where e.organisation_id = here and e.action_id = any (link_ids) and e.incident_id <> incident);
    file_ids := array(select a.id from public.attachments a where a.organisation_id = here and a.incident_id = incident);
    stored := array(
        select a.object_name from public.attachments a where a.organisation_id = here and a.incident_id = incident);
    person_ids := array(select n.id from public.incident_people n where n.organisation_id = here and n.incident_id = incident);
    referral_ids := array(select r.id from public.referrals r where r.organisation_id = here and r.incident_id = incident);
    envelope_ids := array(
        select o.id from public.channel_outbox o where o.organisation_id = here and o.subject_id = any (referral_ids));
    inbox_ids := array(
        select b.id from public.channel_inbox b where b.organisation_id = here and b.subject_id = any (referral_ids));
    asked_ids := array(
        select p.id from public.proposals p
        where p.organisation_id = here and p.incident_id = incident
            and (p.subject_id <> disposal or what.restricted_at is not null));
    other_ids := array(
        select a.id from public.alerts a where a.organisation_id = here and a.incident_id = incident
        union all select r.id from public.public_reports r where r.organisation_id = here and r.incident_id = incident
        union all select h.id from public.record_holds h where h.organisation_id = here and h.incident_id = incident
        union all select x.id from public.exclusions x where x.organisation_id = here and x.incident_id = incident
        union all select c.id from public.confinements c where c.organisation_id = here and c.incident_id = incident
        union all  -- what would tell, once the incident is gone, that there was something to hide
        select x.transfer_id from public.transfer_items x
            where x.organisation_id = here and x.incident_id = incident and what.restricted_at is not null);
    notice_ids := array(
        select n.id from public.notices n
        where n.organisation_id = here
            and (n.incident_id = incident or n.subject_id = incident or n.subject_id = any (entry_ids || asked_ids)));
    mail_ids := array(
        select o.id from public.outbox o
        where o.organisation_id = here and (o.notice_id = any (notice_ids) or o.about_id = incident
            or o.about_id = any (entry_ids || asked_ids || referral_ids)));
    packs := sec.erase_packs_of(incident, what.recorded_at, null);

    delete from public.outbox o where o.organisation_id = here and o.id = any (mail_ids);
    delete from public.notices n where n.organisation_id = here and n.id = any (notice_ids);
    -- Answers to requests that hold a copy of it: their keys go, and the copies.
    with answered as (
        update public.access_requests r set wrapped_key = null
        where r.organisation_id = here and r.wrapped_key is not null and exists (
            select from public.access_items c
            where c.organisation_id = here and c.request_id = r.id and c.incident_id = incident)
        returning r.id)
    select stored || coalesce(array_agg('access/' || here || '/' || a.id), '{}') into stored from answered a;
    delete from public.access_items c where c.organisation_id = here and c.incident_id = incident;
    delete from public.access_redactions c where c.organisation_id = here and c.incident_id = incident;
    -- Files that were sent with it and that nobody has fetched yet: their keys go.
    with stopped as (
        update public.transfers t set locked_key = null, secret = null
        where t.organisation_id = here and t.locked_key is not null and exists (
            select from public.transfer_items x
            where x.organisation_id = here and x.transfer_id = t.id and x.incident_id = incident)
        returning t.object_name)
    select stored || coalesce(array_agg(s.object_name) filter (where s.object_name is not null), '{}')
        into stored from stopped s;
    delete from public.transfer_items x
        where x.organisation_id = here and (x.incident_id = incident or x.transfer_id = any (other_ids));
    delete from public.transfers t where t.organisation_id = here and t.id = any (other_ids);
    delete from public.drafts d
        where d.organisation_id = here and (d.incident_id = incident or d.place like '/incidents/' || incident || '%');
    stored := stored || array(  -- sealed for the helpline, and perhaps not fetched yet
        select f.object_name from public.referral_files f
        where f.organisation_id = here and f.incident_id = incident and f.object_name is not null);
    other_ids := other_ids || array(
        select f.id from public.referral_files f where f.organisation_id = here and f.incident_id = incident);
    delete from public.referral_files f where f.organisation_id = here and f.incident_id = incident;
    delete from public.referral_steps s where s.organisation_id = here and s.incident_id = incident;
    delete from public.referrals r where r.organisation_id = here and r.incident_id = incident;
    delete from public.channel_inbox b where b.organisation_id = here and b.id = any (inbox_ids);
    delete from public.channel_outbox o where o.organisation_id = here and o.id = any (envelope_ids);
    delete from public.alerts a where a.organisation_id = here and a.incident_id = incident;
    delete from public.imported_records m where m.organisation_id = here and m.incident_id = incident;
    delete from public.public_reports r where r.organisation_id = here and r.incident_id = incident;
    delete from public.attachments a where a.organisation_id = here and a.incident_id = incident;
    update public.concerns c set incident_id = null where c.organisation_id = here and c.incident_id = incident;
    delete from public.exclusions x where x.organisation_id = here and x.incident_id = incident;
    delete from public.confidants k where k.organisation_id = here and k.incident_id = incident;
    delete from public.confinements c where c.organisation_id = here and c.incident_id = incident;
    update public.disposals d set incident_id = null where d.organisation_id = here and d.incident_id = incident;
    delete from public.approval_links l where l.organisation_id = here and l.proposal_id = any (asked_ids);
    delete from public.proposals p where p.organisation_id = here and p.id = any (asked_ids);
    update public.proposals p set incident_id = null where p.organisation_id = here and p.incident_id = incident;
    delete from public.record_holds h where h.organisation_id = here and h.incident_id = incident;
    -- What it counted for in the figures goes by triggers (71_insights.sql): entries before people before the incident.
    delete from public.entries e where e.organisation_id = here and e.id = any (entry_ids || link_ids);
    delete from public.incident_people n where n.organisation_id = here and n.incident_id = incident;
    delete from public.incidents i where i.organisation_id = here and i.id = incident;
    perform audit.forget(kinds, incident || entry_ids || link_ids || file_ids || person_ids || referral_ids || envelope_ids
        || inbox_ids || asked_ids || other_ids || mail_ids);
    return jsonb_build_object(
        'entries', cardinality(entry_ids), 'links', cardinality(link_ids), 'files', cardinality(file_ids),
        'people', cardinality(person_ids), 'referrals', cardinality(referral_ids), 'notices', cardinality(notice_ids),
        'packs', packs -> 'packs', 'stored', to_jsonb(stored) || (packs -> 'stored'),
        'restricted', what.restricted_at is not null);
end
$$;

-- Deletes what the list of people holds of somebody, with the records that were merged into theirs. Records of others in
-- which they have a part keep the name that was written there, and lose the link.
create or replace function public.dispose_person(disposal uuid, person uuid, kinds text[]) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    whole uuid[];
    merges uuid[];
    holds uuid[];
    asked uuid[];
    said uuid[];
    sent uuid[];
    parts uuid[];
    answers jsonb;
    cut integer;
    packs jsonb;
    telling jsonb;
begin
    perform sec.require_purpose('dispose');
    if not sec.disposal_is_released(disposal, 'person', person) then
        raise exception 'a record is disposed of by two people' using errcode = '42501';
    end if;
    whole := array(
        with recursive up as (
            select p.id from public.people p where p.organisation_id = here and p.id = person
            union
            select p.id from public.people p join up on p.organisation_id = here and p.merged_into_id = up.id)
        select u.id from up u);
    if whole = '{}' then
        raise exception 'gone' using errcode = '55000';
    end if;
    perform from public.people p where p.organisation_id = here and p.id = any (whole) order by p.id for update;
    if exists (
        select from public.record_holds h
        where h.organisation_id = here and h.lifted_at is null and h.person_id = any (whole)) then
        raise exception 'held' using errcode = '55000';
    end if;
    if exists (
        select from public.incident_people n
        where n.organisation_id = here and n.person_id = any (whole) and n.role = 'affected' and n.removed_at is null) then
        raise exception 'affected' using errcode = '55000';
    end if;
    packs := sec.erase_packs_of(null, (select min(p.recorded_at) from public.people p
        where p.organisation_id = here and p.id = any (whole)), person);
    delete from public.inspection_packs g using public.packs p
        where g.organisation_id = here and p.organisation_id = here and p.id = g.pack_id and p.kind = 'person'
            and (to_jsonb(p) ->> 'person_id')::uuid = any (whole);
    delete from public.packs p
        where p.organisation_id = here and p.kind = 'person' and (to_jsonb(p) ->> 'person_id')::uuid = any (whole);
    merges := array(
        select m.id from public.person_merges m
        where m.organisation_id = here and (m.kept_id = any (whole) or m.absorbed_id = any (whole)));
    holds := array(select h.id from public.record_holds h where h.organisation_id = here and h.person_id = any (whole));
    parts := array(
        select distinct n.incident_id from public.incident_people n
        where n.organisation_id = here and n.person_id = any (whole));
    update public.incident_people n set person_id = null where n.organisation_id = here and n.person_id = any (whole);
    get diagnostics cut = row_count;
    -- Requests about them: that one was made and answered stays, and nothing of whom it was about.
    asked := array(
        select r.id from public.access_requests r where r.organisation_id = here and r.person_id = any (whole));
    said := array(
        select d.id from public.disagreements d where d.organisation_id = here and d.person_id = any (whole));
    telling := sec.erase_packs_telling(parts, (
        select min(d.written_at) from public.disagreements d where d.organisation_id = here and d.id = any (said)));
    answers := sec.erase_answers_with(whole || said);
    delete from public.access_items c where c.organisation_id = here and c.request_id = any (asked);
    delete from public.access_redactions c where c.organisation_id = here and c.request_id = any (asked);
    update public.access_requests r set person_id = null, about_name = '', asker_name = '', asker_contact = '',
            stop_reason = case when r.stopped_on is null then '' else '-' end, extension_reason = '', standing_words = '',
            harm_words = '', seen = '', wishes = '', limits = '', advised_by = '', refusal = '', search_words = '{}',
            wrapped_key = null
        where r.organisation_id = here and r.id = any (asked);
    -- That their file was sent and a receipt came stays, and nothing of whose it was; what the log was told of it named
    -- them.
    sent := array(
        select t.id from public.transfers t where t.organisation_id = here and t.person_id = any (whole));
    update public.transfers t set person_id = null, person_name = '', recipient_person = '', basis = '-'
        where t.organisation_id = here and t.person_id = any (whole);
    update public.incoming_transfers t set person_id = null where t.organisation_id = here and t.person_id = any (whole);
    delete from public.disagreements d where d.organisation_id = here and d.id = any (said);
    delete from public.drafts d
        where d.organisation_id = here and exists (select from unnest(whole) w where d.place like '/people/' || w || '%');
    delete from public.person_merges m where m.organisation_id = here and m.id = any (merges);
    delete from public.people_apart a
        where a.organisation_id = here and (a.one_id = any (whole) or a.other_id = any (whole));
    delete from public.record_holds h where h.organisation_id = here and h.id = any (holds);
    delete from public.record_dates d where d.organisation_id = here and d.person_id = any (whole);
    delete from public.people p where p.organisation_id = here and p.id = any (whole);
    perform audit.forget(kinds, whole || merges || holds || asked || said || sent);
    perform audit.forget(array['objection'], parts);  -- what the restricted log was told of it; others' is told anew
    return jsonb_build_object(
        'records', cardinality(whole), 'parts', cut, 'packs', (packs -> 'packs') || (telling -> 'packs'), 'stored',
        (packs -> 'stored') || (telling -> 'stored') || answers || (
            select coalesce(jsonb_agg('access/' || here || '/' || a), '[]') from unnest(asked) a),
        'restricted', false);
end
$$;

revoke all on function sec.disposal_is_released(uuid, text, uuid), sec.erase_pack_keys(uuid[]),
    sec.erase_packs_of(uuid, timestamptz, uuid), sec.erase_packs_telling(uuid[], timestamptz), sec.whole_person(uuid, uuid), public.dispose_incident(uuid, uuid, text[]), public.dispose_person(uuid, uuid, text[]) from public;
grant execute on function public.dispose_incident(uuid, uuid, text[]), public.dispose_person(uuid, uuid, text[])
    to safeguard_app;

reset role;

-- Requests for what is kept about somebody: a working copy is made, changed and made anew; what was asked and answered
-- stays. What was copied from an incident hides with it.
select sec.isolate('public.access_requests', 'owned');
revoke update, delete on public.access_requests from safeguard_app;
grant update (due_on, stopped_on, stop_reason, stopped_days, extended_on, extension_reason, standing_words, harm,
    harm_words, state, version, gathered_at, answered_at, answered_by_name, refusal, wrapped_key, size, sha256,
    search_words)
    on public.access_requests to safeguard_app;
select sec.isolate('public.access_items', 'owned');
select sec.belongs_to_incident('public.access_items');
revoke update on public.access_items from safeguard_app;
grant update (withheld) on public.access_items to safeguard_app;
select sec.isolate('public.access_redactions', 'owned');
select sec.belongs_to_incident('public.access_redactions');
revoke update on public.access_redactions from safeguard_app;
grant update (undone_by_name) on public.access_redactions to safeguard_app;
select sec.isolate('public.disagreements', 'owned');
revoke update, delete on public.disagreements from safeguard_app;
select sec.isolate('public.complaints', 'owned');
revoke update, delete on public.complaints from safeguard_app;
grant update (version, answer, upheld, answered_at, answered_by_name) on public.complaints to safeguard_app;
select sec.isolate('public.breaches', 'owned');
revoke update, delete on public.breaches from safeguard_app;
grant update (version, people_count, risk, measures, reported_at, report_reference, not_reported, told_at,
        not_told)
    on public.breaches to safeguard_app;

select sec.policy('public.' || t, 'definer_dispose', 'all', 'safeguard_definer', 'true')
from unnest(array['access_requests', 'access_items', 'access_redactions', 'disagreements']) t;
grant select, update, delete on public.access_requests, public.access_items, public.access_redactions,
    public.disagreements to safeguard_definer;
