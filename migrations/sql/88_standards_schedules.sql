-- The disposal of what an organisation wrote about how it does: what children said together, changes that were looked at
-- again, checks and reviews of filtering, reviews against standards, improvements. 88_record_kinds.sql calls it; like
-- those it gives {ids, counts, packs, stored}, and raises 55000 'open' for what is not settled.

select sec.policy('public.' || t, 'definer_dispose', 'all', 'safeguard_definer', 'true')
from unnest(array['voice_sessions', 'impact_assessments', 'filtering_checks', 'filtering_reviews', 'reviews', 'ratings',
                  'improvements', 'reports']) t;
grant select, update, delete on public.voice_sessions, public.impact_assessments, public.filtering_checks,
    public.filtering_reviews, public.reviews, public.ratings, public.improvements, public.reports to safeguard_definer;

set local role safeguard_definer;

-- What stands in a register, with what it counted as among the evidence.
create or replace function sec.erase_from_register(what text, ids uuid[]) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    items uuid[];
    since timestamptz;
    shown jsonb;
    packs jsonb;
    gone integer;
    yearly integer := 0;
begin
    case what
        when 'voice' then
            select array_agg(t.item_id) filter (where t.item_id is not null), min(t.recorded_at) into items, since
                from public.voice_sessions t where t.organisation_id = here and t.id = any (ids);
            delete from public.voice_sessions t where t.organisation_id = here and t.id = any (ids);
            get diagnostics gone = row_count;
        when 'impact' then
            perform from public.impact_assessments t
                where t.organisation_id = here and t.id = any (ids) order by t.id for update;
            perform sec.refuse_open(exists (
                select from public.impact_assessments t
                where t.organisation_id = here and t.id = any (ids) and t.struck_on is null
                    and t.verdict in ('', 'too_early')));
            select array_agg(t.item_id) filter (where t.item_id is not null), min(t.recorded_at) into items, since
                from public.impact_assessments t where t.organisation_id = here and t.id = any (ids);
            delete from public.impact_assessments t where t.organisation_id = here and t.id = any (ids);
            get diagnostics gone = row_count;
        when 'filtering' then
            select array_agg(t.item_id) filter (where t.item_id is not null) into items
                from public.filtering_reviews t where t.organisation_id = here and t.id = any (ids);
            since := least(
                (select min(t.recorded_at) from public.filtering_checks t where t.organisation_id = here and t.id = any (ids)),
                (select min(t.recorded_at) from public.filtering_reviews t where t.organisation_id = here and t.id = any (ids)));
            delete from public.filtering_checks t where t.organisation_id = here and t.id = any (ids);
            get diagnostics gone = row_count;
            delete from public.filtering_reviews t where t.organisation_id = here and t.id = any (ids);
            get diagnostics yearly = row_count;
    end case;
    packs := sec.erase_packs_since(array['registers', 'inspection'], since);
    shown := sec.erase_evidence_items(coalesce(items, '{}'));
    return jsonb_build_object('ids', to_jsonb(ids) || (shown -> 'ids'),
        'packs', (packs -> 'packs') || (shown -> 'packs'), 'stored', (packs -> 'stored') || (shown -> 'stored'),
        'counts', (shown -> 'counts') || jsonb_build_object(
            case what when 'voice' then 'sessions' when 'impact' then 'changes' else 'checks' end, gone,
            'yearly', yearly));
end
$$;

-- Reviews that were signed off, with every judgement and the reports that were made of them. A pack that was made of one
-- keeps its row, and nothing that opens it.
create or replace function sec.erase_reviews(ids uuid[]) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    judged uuid[];
    papers uuid[];
    packs jsonb;
    gone integer;
begin
    perform from public.reviews t where t.organisation_id = here and t.id = any (ids) order by t.id for update;
    perform sec.refuse_open(exists (
        select from public.reviews t where t.organisation_id = here and t.id = any (ids) and t.state <> 'signed'));
    judged := array(select r.id from public.ratings r where r.organisation_id = here and r.review_id = any (ids));
    papers := array(select p.id from public.reports p where p.organisation_id = here and p.review_id = any (ids));
    packs := sec.erase_packs_since(array['review', 'inspection'], (
        select min(t.started_at) from public.reviews t where t.organisation_id = here and t.id = any (ids)));
    delete from public.reports p where p.organisation_id = here and p.id = any (papers);
    delete from public.ratings r where r.organisation_id = here and r.id = any (judged);
    delete from public.reviews t where t.organisation_id = here and t.id = any (ids);
    get diagnostics gone = row_count;
    return jsonb_build_object('ids', to_jsonb(ids || judged || papers), 'packs', packs -> 'packs',
        'stored', (packs -> 'stored')
            || to_jsonb(array(select 'reports/' || here || '/' || p || '-' from unnest(papers) p)),
        'counts', jsonb_build_object('reviews', gone, 'judgements', cardinality(judged), 'papers', cardinality(papers)));
end
$$;

-- Improvements that are over.
create or replace function sec.erase_improvements(ids uuid[]) returns jsonb
    language plpgsql volatile
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    packs jsonb;
    gone integer;
begin
    perform from public.improvements t where t.organisation_id = here and t.id = any (ids) order by t.id for update;
    perform sec.refuse_open(exists (
        select from public.improvements t
        where t.organisation_id = here and t.id = any (ids) and t.finished_at is null));
    packs := sec.erase_packs_since(array['review', 'inspection'], (
        select min(t.planned_at) from public.improvements t where t.organisation_id = here and t.id = any (ids)));
    delete from public.improvements t where t.organisation_id = here and t.id = any (ids);
    get diagnostics gone = row_count;
    return jsonb_build_object('ids', to_jsonb(ids), 'packs', packs -> 'packs', 'stored', packs -> 'stored',
        'counts', jsonb_build_object('improvements', gone));
end
$$;

-- public.dispose_others calls each of these itself.
-- squawk-ignore ban-drop-function
drop function if exists sec.erase_looked_back(text, uuid[]);

revoke all on function sec.erase_from_register(text, uuid[]), sec.erase_reviews(uuid[]), sec.erase_improvements(uuid[])
    from public;

reset role;
