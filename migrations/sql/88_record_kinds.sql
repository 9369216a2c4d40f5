-- The disposal of every kind of record besides incidents and people (87_records.sql): one function, that asks again under
-- locks, and beneath it one for each kind that says what goes with it. Holds on these have no foreign key: whoever places
-- one and whoever disposes take the same lock on the id, so that whichever commits first counts.

-- Of concerns, that a hold or a disposal exists is for those who read the vault, and never for whom it is about.
select sec.restrict('public.record_holds', 'app_hold_in_vault', 'select',
    'coalesce(other_kind not in (''concern'', ''allegation''), true)'
    ' or (select sec.reads_vault()) and other_id <> all ((select sec.hidden_concerns())::uuid[])');
-- Whoever reads it through the glass neither holds it nor lets it go.
select sec.keep_from_glass('public.record_holds', 'app_hold_not_through_glass', 'all',
    'coalesce(other_kind not in (''concern'', ''allegation''), true) or not (select sec.only_reads_vault())');
select sec.keep_from_glass('public.disposals', 'app_disposal_not_through_glass', 'all',
    'kind not in (''concern'', ''allegation'') or not (select sec.only_reads_vault())');
select sec.restrict('public.disposals', 'app_disposal_of_vault', 'select',
    'kind not in (''concern'', ''allegation'') or (select sec.reads_vault())'
    ' and not subjects && ((select sec.hidden_concerns())::uuid[])');
grant update (subject_left_on, subject_left_version) on public.concerns to safeguard_app;

select sec.policy('public.' || t, 'definer_dispose', 'all', 'safeguard_definer', 'true')
from unnest(array['evidence_items', 'evidence_controls', 'evidence_files', 'learning_events', 'learning_records',
                  'imports', 'import_problems', 'inspections', 'inspection_notes', 'inspection_openings', 'complaints',
                  'breaches', 'helpline_cases', 'helpline_entries', 'helpline_urls', 'helpline_case_urls',
                  'helpline_url_steps', 'helpline_threads', 'helpline_mail_in', 'helpline_mail_out', 'helpline_forms',
                  'helpline_feedback', 'helpline_stories']) t;
grant select, update, delete on public.evidence_items, public.evidence_controls, public.evidence_files,
    public.learning_events, public.learning_records, public.imports, public.import_problems, public.inspections,
    public.inspection_notes, public.inspection_openings, public.complaints, public.breaches, public.helpline_cases,
    public.helpline_entries, public.helpline_urls, public.helpline_case_urls, public.helpline_url_steps,
    public.helpline_threads, public.helpline_mail_in, public.helpline_mail_out, public.helpline_forms,
    public.helpline_feedback, public.helpline_stories, public.concern_entries to safeguard_definer;

set local role safeguard_definer;

-- What is being disposed of, once somebody else than whoever agrees now has asked for it; else 42501.
create or replace function sec.take_disposal(disposal uuid) returns public.disposals
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    what public.disposals;
begin
    select d.* into what from public.disposals d
        where d.organisation_id = sec.own_organisation() and d.id = disposal and d.state = 'asked' and d.subjects <> '{}'
            and exists (
                select from public.proposals p
                where p.organisation_id = d.organisation_id and p.subject_id = d.id and p.state = 'open'
                    and p.act = case when d.kind in ('concern', 'allegation') then 'concern.dispose'
                                     when d.kind = 'helpline_case' then 'case.dispose' else 'record.dispose' end
                    and p.expires_at > sec.clock() and p.proposed_by is distinct from sec.current_user_id())
        for update;
    if not found then
        raise exception 'a record is disposed of by two people' using errcode = '42501';
    end if;
    return what;
end
$$;

-- Packs of ours of these kinds that were asked for since: they may hold it. Hashes, and names in the store.
create or replace function sec.erase_packs_since(pack_kinds text[], since timestamptz) returns jsonb
    language sql volatile
    set search_path = pg_catalog, pg_temp
as $$
    select sec.erase_pack_keys(array(
        select p.id from public.packs p
        where p.organisation_id = sec.own_organisation() and p.kind = any (pack_kinds) and p.requested_at >= since))
$$;

-- For what is not settled.
create or replace function sec.refuse_open(is_open boolean) returns void
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
begin
    if is_open then
        raise exception 'open' using errcode = '55000';
    end if;
end
$$;

-- Each of these deletes records of one kind with all that is of them, and gives {ids, counts, packs, stored}: every id
-- whose committed values go, how many of what, and what lies in the store. 55000 'open' for what is not settled.

create or replace function sec.erase_concerns(ids uuid[]) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    notes uuid[];
    reports uuid[];
    others uuid[];
    gone integer;
begin
    perform from public.concerns c where c.organisation_id = here and c.id = any (ids) order by c.id for update;
    perform sec.refuse_open(exists (
        select from public.concerns c where c.organisation_id = here and c.id = any (ids) and c.state <> 'closed'));
    notes := array(select e.id from public.concern_entries e where e.organisation_id = here and e.concern_id = any (ids));
    reports := array(select r.id from public.public_reports r where r.organisation_id = here and r.concern_id = any (ids));
    others := array(
        select x.id from public.exclusions x where x.organisation_id = here and x.concern_id = any (ids)
        union all select p.id from public.proposals p where p.organisation_id = here and p.concern_id = any (ids));
    delete from public.approval_links l where l.organisation_id = here and l.proposal_id = any (others);
    delete from public.proposals p where p.organisation_id = here and p.id = any (others);
    delete from public.exclusions x where x.organisation_id = here and x.concern_id = any (ids);
    delete from public.public_reports r where r.organisation_id = here and r.id = any (reports);
    delete from public.concern_entries e where e.organisation_id = here and e.id = any (notes);
    delete from public.concerns c where c.organisation_id = here and c.id = any (ids);
    get diagnostics gone = row_count;
    return jsonb_build_object('ids', ids || notes || reports || others, 'packs', '[]'::jsonb, 'stored', '[]'::jsonb,
        'counts', jsonb_build_object('concerns', gone, 'notes', cardinality(notes), 'reports', cardinality(reports)));
end
$$;

create or replace function sec.erase_evidence_items(ids uuid[]) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    item uuid;
    files uuid[];
    stored text[];
    packs jsonb;
    gone integer;
begin
    -- Also of an item that goes with its training event: a hold counts, and whoever places one takes this lock too.
    for item in select i from unnest(ids) i order by 1 loop
        perform pg_advisory_xact_lock(hashtextextended(item::text, 47));
    end loop;
    if exists (
        select from public.record_holds h
        where h.organisation_id = here and h.lifted_at is null and h.other_id = any (ids)) then
        raise exception 'held' using errcode = '55000';
    end if;
    perform from public.evidence_items t where t.organisation_id = here and t.id = any (ids) order by t.id for update;
    perform from public.evidence_files f where f.organisation_id = here and f.item_id = any (ids) order by f.id for update;
    if exists (
        select from public.evidence_files f
        where f.organisation_id = here and f.item_id = any (ids) and f.locked_at is not null) and not exists (
        select from public.disposals d
        where d.organisation_id = here and d.kind = 'evidence_item' and d.state = 'asked' and d.ground = 'police'
            and ids <@ d.subjects) then
        raise exception 'locked' using errcode = '55000';
    end if;
    files := array(select f.id from public.evidence_files f where f.organisation_id = here and f.item_id = any (ids));
    stored := array(
        select f.object_name from public.evidence_files f where f.organisation_id = here and f.id = any (files));
    packs := sec.erase_packs_since(array['review', 'registers', 'inspection'], (
        select min(t.added_at) from public.evidence_items t where t.organisation_id = here and t.id = any (ids)));
    delete from public.evidence_files f where f.organisation_id = here and f.id = any (files);
    delete from public.evidence_controls c where c.organisation_id = here and c.item_id = any (ids);
    delete from public.evidence_items t where t.organisation_id = here and t.id = any (ids);
    get diagnostics gone = row_count;
    return jsonb_build_object('ids', ids || files, 'packs', packs -> 'packs',
        'stored', to_jsonb(stored) || (packs -> 'stored'),
        'counts', jsonb_build_object('items', gone, 'files', cardinality(files)));
end
$$;

create or replace function sec.erase_training_events(ids uuid[]) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    attended uuid[];
    items uuid[];
    shown jsonb;
    packs jsonb;
    gone integer;
begin
    perform from public.learning_events t where t.organisation_id = here and t.id = any (ids) order by t.id for update;
    attended := array(
        select r.id from public.learning_records r where r.organisation_id = here and r.event_id = any (ids));
    items := array(
        select t.item_id from public.learning_events t
        where t.organisation_id = here and t.id = any (ids) and t.item_id is not null);
    packs := sec.erase_packs_since(array['registers', 'inspection'], (
        select min(t.recorded_at) from public.learning_events t where t.organisation_id = here and t.id = any (ids)));
    delete from public.learning_records r where r.organisation_id = here and r.id = any (attended);
    delete from public.learning_events t where t.organisation_id = here and t.id = any (ids);
    get diagnostics gone = row_count;
    shown := sec.erase_evidence_items(items);  -- what it counted as among the evidence
    return jsonb_build_object('ids', to_jsonb(ids || attended) || (shown -> 'ids'),
        'packs', (packs -> 'packs') || (shown -> 'packs'), 'stored', (packs -> 'stored') || (shown -> 'stored'),
        'counts', (shown -> 'counts') || jsonb_build_object('events', gone, 'attendances', cardinality(attended)));
end
$$;

create or replace function sec.erase_inspections(ids uuid[]) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    below uuid[];
    notes integer;
    gone integer;
begin
    perform from public.inspections t where t.organisation_id = here and t.id = any (ids) order by t.id for update;
    perform sec.refuse_open(exists (
        select from public.inspections t
        where t.organisation_id = here and t.id = any (ids) and coalesce(t.ended_at, t.expires_at) > sec.clock()));
    below := array(
        select n.id from public.inspection_notes n where n.organisation_id = here and n.inspection_id = any (ids)
        union all
        select o.id from public.inspection_openings o where o.organisation_id = here and o.inspection_id = any (ids));
    delete from public.inspection_openings o where o.organisation_id = here and o.inspection_id = any (ids);
    delete from public.inspection_notes n
        where n.organisation_id = here and n.inspection_id = any (ids) and n.answers is not null;
    delete from public.inspection_notes n where n.organisation_id = here and n.inspection_id = any (ids);
    get diagnostics notes = row_count;
    delete from public.inspection_packs g where g.organisation_id = here and g.inspection_id = any (ids);
    delete from public.inspections t where t.organisation_id = here and t.id = any (ids);
    get diagnostics gone = row_count;
    return jsonb_build_object('ids', ids || below, 'packs', '[]'::jsonb, 'stored', '[]'::jsonb,
        'counts', jsonb_build_object('inspections', gone, 'said_and_opened', cardinality(below)));
end
$$;

-- The service's own registers of what was asked, complained of or went wrong, and what came in and led to nothing.
create or replace function sec.erase_single(what text, ids uuid[]) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    stored text[] := '{}';
    gone integer;
begin
    case what
        when 'public_report' then
            perform from public.public_reports t  -- whose writer may be writing on
                where t.organisation_id = here and t.id = any (ids) order by t.id for update;
            perform sec.refuse_open(exists (
                select from public.public_reports t
                where t.organisation_id = here and t.id = any (ids) and t.state <> 'set_aside'));
            delete from public.public_reports t where t.organisation_id = here and t.id = any (ids);
        when 'alert' then
            perform sec.refuse_open(exists (
                select from public.alerts t
                where t.organisation_id = here and t.id = any (ids) and t.state <> 'closed'));
            delete from public.alerts t where t.organisation_id = here and t.id = any (ids);
        when 'import' then
            perform sec.refuse_open(exists (
                select from public.imports t
                where t.organisation_id = here and t.id = any (ids) and t.state not in ('done', 'dropped')));
            delete from public.import_problems t where t.organisation_id = here and t.import_id = any (ids);
            delete from public.imported_records t where t.organisation_id = here and t.import_id = any (ids);
            delete from public.imports t where t.organisation_id = here and t.id = any (ids);
        when 'complaint' then
            perform sec.refuse_open(exists (
                select from public.complaints t
                where t.organisation_id = here and t.id = any (ids) and t.answered_at is null));
            delete from public.complaints t where t.organisation_id = here and t.id = any (ids);
        when 'breach' then
            perform sec.refuse_open(exists (
                select from public.breaches t
                where t.organisation_id = here and t.id = any (ids) and t.reported_at is null and t.not_reported = ''));
            delete from public.breaches t where t.organisation_id = here and t.id = any (ids);
        when 'access_request' then
            perform sec.refuse_open(exists (
                select from public.access_requests t
                where t.organisation_id = here and t.id = any (ids) and t.answered_at is null));
            stored := array(select 'access/' || here || '/' || i from unnest(ids) i);
            delete from public.access_items t where t.organisation_id = here and t.request_id = any (ids);
            delete from public.access_redactions t where t.organisation_id = here and t.request_id = any (ids);
            delete from public.access_requests t where t.organisation_id = here and t.id = any (ids);
    end case;
    get diagnostics gone = row_count;
    return jsonb_build_object('ids', ids, 'packs', '[]'::jsonb, 'stored', to_jsonb(stored),
        'counts', jsonb_build_object('records', gone));
end
$$;

create or replace function sec.erase_helpline_cases(ids uuid[]) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    notes uuid[];
    addresses uuid[];
    mails uuid[];
    below uuid[];
    arrived uuid[];
    files uuid[];
    stored text[];
    referrals uuid[];
    packs jsonb;
    gone integer;
begin
    perform from public.helpline_cases t where t.organisation_id = here and t.id = any (ids) order by t.id for update;
    perform sec.refuse_open(exists (
        select from public.helpline_cases t
        where t.organisation_id = here and t.id = any (ids) and t.ended_at is null));
    if exists (
        select from public.helpline_files f
        where f.organisation_id = here and f.case_id = any (ids) and f.locked_at is not null) and not exists (
        select from public.disposals d
        where d.organisation_id = here and d.kind = 'helpline_case' and d.state = 'asked' and d.ground = 'police'
            and ids <@ d.subjects) then
        raise exception 'locked' using errcode = '55000';
    end if;
    -- What they are called in the channel: origins are `sender/referral`, others are the names of earlier products.
    referrals := array(
        select split_part(t.origin, '/', 2)::uuid from public.helpline_cases t
        where t.organisation_id = here and t.id = any (ids) and t.channel = 'shared'
            and t.origin ~ '^[0-9a-f-]{36}/[0-9a-f-]{36}$');
    files := array(select f.id from public.helpline_files f where f.organisation_id = here and f.case_id = any (ids));
    stored := array(
        select f.object_name from public.helpline_files f
        where f.organisation_id = here and f.id = any (files) and f.object_name is not null);
    notes := array(select e.id from public.helpline_entries e where e.organisation_id = here and e.case_id = any (ids));
    -- Addresses that no other case has.
    addresses := array(
        select u.id from public.helpline_urls u
        where u.organisation_id = here
            and exists (select from public.helpline_case_urls l
                        where l.organisation_id = here and l.url_id = u.id and l.case_id = any (ids))
            and not exists (select from public.helpline_case_urls l
                            where l.organisation_id = here and l.url_id = u.id and l.case_id <> all (ids)));
    mails := array(
        select m.id from public.helpline_mail_in m
        where m.organisation_id = here and (m.case_id = any (ids) or m.entry_id = any (notes))
        union all
        select m.id from public.helpline_mail_out m
        where m.organisation_id = here and (m.case_id = any (ids) or m.entry_id = any (notes)));
    below := array(
        select l.id from public.helpline_case_urls l where l.organisation_id = here and l.case_id = any (ids)
        union all
        select s.id from public.helpline_url_steps s where s.organisation_id = here and s.url_id = any (addresses)
        union all
        select t.id from public.helpline_threads t where t.organisation_id = here and t.case_id = any (ids)
        union all
        select f.id from public.helpline_forms f where f.organisation_id = here and f.case_id = any (ids)
        union all
        select f.id from public.helpline_feedback f where f.organisation_id = here and f.case_id = any (ids)
        union all
        select s.id from public.helpline_stories s where s.organisation_id = here and s.case_id = any (ids)
        union all
        select r.id from public.helpline_referrals r where r.organisation_id = here and r.case_id = any (ids));
    arrived := array(
        select b.id from public.channel_inbox b where b.organisation_id = here and b.subject_id = any (referrals)
        union all
        select o.id from public.channel_outbox o where o.organisation_id = here and o.subject_id = any (referrals));
    packs := sec.erase_packs_since(array['referrals', 'inspection'], (
        select min(t.received_at) from public.helpline_cases t where t.organisation_id = here and t.id = any (ids)));
    delete from public.channel_inbox b where b.organisation_id = here and b.id = any (arrived);
    delete from public.channel_outbox o where o.organisation_id = here and o.id = any (arrived);
    delete from public.helpline_mail_in m where m.organisation_id = here and m.id = any (mails);
    delete from public.helpline_mail_out m where m.organisation_id = here and m.id = any (mails);
    delete from public.helpline_stories s where s.organisation_id = here and s.case_id = any (ids);
    delete from public.helpline_feedback f where f.organisation_id = here and f.case_id = any (ids);
    delete from public.helpline_forms f where f.organisation_id = here and f.case_id = any (ids);
    delete from public.helpline_threads t where t.organisation_id = here and t.case_id = any (ids);
    delete from public.helpline_case_urls l where l.organisation_id = here and l.case_id = any (ids);
    delete from public.helpline_url_steps s where s.organisation_id = here and s.url_id = any (addresses);
    delete from public.helpline_urls u where u.organisation_id = here and u.id = any (addresses);
    delete from public.helpline_referrals r where r.organisation_id = here and r.case_id = any (ids);
    delete from public.helpline_files f where f.organisation_id = here and f.id = any (files);
    delete from public.helpline_entries e where e.organisation_id = here and e.id = any (notes);
    delete from public.helpline_cases t where t.organisation_id = here and t.id = any (ids);
    get diagnostics gone = row_count;
    return jsonb_build_object('ids', ids || notes || addresses || mails || below || arrived || files,
        'packs', packs -> 'packs', 'stored', to_jsonb(stored) || (packs -> 'stored'),
        'counts', jsonb_build_object('cases', gone, 'notes', cardinality(notes), 'mails', cardinality(mails),
                                     'addresses', cardinality(addresses), 'files', cardinality(files)));
end
$$;

-- Deletes everything that this disposal names. Raises 55000 with a word when something holds it back.
create or replace function public.dispose_others(disposal uuid, kinds text[]) returns jsonb
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    what public.disposals;
    subject uuid;
    erased jsonb;
    whole uuid[];
    asked uuid[];
    told uuid[];
    mail uuid[];
    holds uuid[];
begin
    perform sec.require_purpose('dispose');
    what := sec.take_disposal(disposal);
    for subject in select s from unnest(what.subjects) s order by 1 loop
        perform pg_advisory_xact_lock(hashtextextended(subject::text, 47));
    end loop;
    if exists (
        select from public.record_holds h
        where h.organisation_id = here and h.lifted_at is null and h.other_id = any (what.subjects)) then
        raise exception 'held' using errcode = '55000';
    end if;
    begin
        erased := case  -- 88_standards_schedules.sql and 88_record_schedules.sql hold what is not above
            when what.kind in ('concern', 'allegation') then sec.erase_concerns(what.subjects)
            when what.kind = 'evidence_item' then sec.erase_evidence_items(what.subjects)
            when what.kind = 'training_event' then sec.erase_training_events(what.subjects)
            when what.kind = 'inspection' then sec.erase_inspections(what.subjects)
            when what.kind = 'helpline_case' then sec.erase_helpline_cases(what.subjects)
            when what.kind in ('voice', 'impact', 'filtering') then sec.erase_from_register(what.kind, what.subjects)
            when what.kind = 'review' then sec.erase_reviews(what.subjects)
            when what.kind = 'improvement' then sec.erase_improvements(what.subjects)
            when what.kind = 'policy' then sec.erase_policies(what.subjects)
            when what.kind = 'signature' then sec.erase_signatures(what.subjects)
            when what.kind = 'minutes' then sec.erase_minutes(what.subjects)
            when what.kind = 'roster' then sec.erase_rosters(what.subjects)
            when what.kind = 'transfer' then sec.erase_transfers(what.subjects)
            when what.kind = 'pack' then sec.erase_packs(what.subjects)
            when what.kind = 'former_account' then sec.erase_accounts(what.subjects)
            else sec.erase_single(what.kind, what.subjects)
        end;
    exception when foreign_key_violation then
        raise exception 'used' using errcode = '55000';
    end;
    whole := array(select i::uuid from jsonb_array_elements_text(erased -> 'ids') i);
    holds := array(
        select h.id from public.record_holds h where h.organisation_id = here and h.other_id = any (what.subjects));
    asked := array(
        select p.id from public.proposals p where p.organisation_id = here and p.subject_id = any (whole));
    told := array(
        select n.id from public.notices n
        where n.organisation_id = here and n.subject_id = any (whole || asked));
    mail := array(
        select o.id from public.outbox o
        where o.organisation_id = here and (o.notice_id = any (told) or o.about_id = any (whole || asked)));
    delete from public.outbox o where o.organisation_id = here and o.id = any (mail);
    delete from public.notices n where n.organisation_id = here and n.id = any (told);
    delete from public.approval_links l where l.organisation_id = here and l.proposal_id = any (asked);
    delete from public.proposals p where p.organisation_id = here and p.id = any (asked);
    delete from public.drafts d
        where d.organisation_id = here
            and exists (select from unnest(what.subjects) w where position(w::text in d.place) > 0);
    delete from public.record_holds h where h.organisation_id = here and h.id = any (holds);
    perform audit.forget(kinds, whole || holds || asked || mail);
    return (erased -> 'counts') || jsonb_build_object(
        'packs', erased -> 'packs', 'stored', coalesce(erased -> 'stored', '[]') || sec.erase_answers_with(whole),
        'restricted', what.restricted);
end
$$;

revoke all on function sec.refuse_open(boolean), sec.take_disposal(uuid), sec.erase_packs_since(text[], timestamptz),
    sec.erase_concerns(uuid[]), sec.erase_evidence_items(uuid[]), sec.erase_training_events(uuid[]),
    sec.erase_inspections(uuid[]), sec.erase_single(text, uuid[]), sec.erase_helpline_cases(uuid[]), public.dispose_others(uuid, text[]) from public;
grant execute on function public.dispose_others(uuid, text[]) to safeguard_app;

reset role;
