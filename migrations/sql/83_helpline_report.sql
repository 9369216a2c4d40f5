-- The helpline's report and its alerts. What was published stays as it was published: nothing here is deleted. A visitor
-- reads a published report by its address, by the two functions below, and no table.

select sec.isolate('public.helpline_themes', 'owned');
revoke update, delete on public.helpline_themes from safeguard_app;
grant update (describes, state, version) on public.helpline_themes to safeguard_app;
grant update (themes) on public.helpline_cases to safeguard_app;

select sec.isolate('public.helpline_reports', 'owned');
revoke update, delete on public.helpline_reports from safeguard_app;
grant update (title, first_day, last_day, foreword, trends, state, version, published_at, published_by,
    published_by_name, withdrawn_reason, body, pdf, sha256) on public.helpline_reports to safeguard_app;
select sec.policy('public.helpline_reports', 'definer_read', 'select', 'safeguard_definer', 'true');
grant select on public.helpline_reports to safeguard_definer;

select sec.isolate('public.helpline_stories', 'owned');
revoke update, delete on public.helpline_stories from safeguard_app;
grant update (title, words, state, version, written_at, written_by, written_by_name, agreed_at, agreed_by,
    agreed_by_name) on public.helpline_stories to safeguard_app;

select sec.isolate('public.helpline_recommendations', 'owned');
revoke update, delete on public.helpline_recommendations from safeguard_app;
grant update (words, owner, state, became, version, changed_at) on public.helpline_recommendations to safeguard_app;

select sec.isolate('public.helpline_signals', 'owned');
revoke update, delete on public.helpline_signals from safeguard_app;
grant update (state, version, reached, ended_at) on public.helpline_signals to safeguard_app;

select sec.isolate('public.received_signals', 'owned');
revoke update, delete on public.received_signals from safeguard_app;
grant update (ended_at, dismissed_at, dismissed_by, dismissed_by_name, item_id)
    on public.received_signals to safeguard_app;
select sec.policy('public.' || t, 'definer_read', 'select', 'safeguard_definer', 'true')
from unnest(array['helpline_signals', 'received_signals']) t;
grant select on public.helpline_signals, public.received_signals to safeguard_definer;

set local role safeguard_definer;

-- What a helpline has published, the latest first: asked before anything is entered, by whoever reads.
create or replace function public.list_published_reports(wanted text)
    returns table (code text, title text, first_day date, last_day date, published_at timestamptz)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
        select r.code, r.title, r.first_day, r.last_day, r.published_at
        from public.helpline_reports r join public.organisations o on o.id = r.organisation_id
        where o.slug = wanted and o.kind = 'helpline' and o.state not in ('suspended', 'leaving')
            and r.state = 'published'
        order by r.last_day desc, r.code;
end
$$;

-- One published report: what it says, and the PDF for those who ask for that.
create or replace function public.read_published_report(wanted text, named text, with_pdf boolean)
    returns table (body text, pdf bytea)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
        select r.body, case when with_pdf then r.pdf end
        from public.helpline_reports r join public.organisations o on o.id = r.organisation_id
        where o.slug = wanted and o.kind = 'helpline' and o.state not in ('suspended', 'leaving')
            and r.state = 'published' and r.code = named;
end
$$;

-- Where a job has something to do for one alert, after one that was reached already: organisations of its kinds and
-- nations that have no copy of it, whether they were there when it was published or joined since; once it has ended,
-- those whose copy does not say so. Only a job of the helpline whose alert it is may ask.
-- squawk-ignore ban-drop-function
drop function if exists public.list_signal_readers(text[], text[], uuid, integer);
create or replace function public.list_signal_readers(signal uuid, beyond uuid, most integer) returns table (id uuid)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    told public.helpline_signals;
begin
    perform sec.require_purpose('job');
    select * into told from public.helpline_signals s
        where s.organisation_id = sec.current_organisation() and s.id = signal;
    if not found then
        raise exception 'only a helpline sends alerts' using errcode = '42501';
    end if;
    if told.state = 'ended' then
        return query
            select o.id from public.organisations o
            join public.received_signals r on r.organisation_id = o.id and r.signal_id = signal and r.ended_at is null
            where o.id > beyond
            order by o.id limit most;
        return;
    end if;
    return query
        select o.id from public.organisations o
        where o.kind = any (told.kinds) and o.nation = any (told.nations) and o.kind <> 'helpline'
            and o.state = 'active' and o.id > beyond
            and not exists (select from public.received_signals r
                            where r.organisation_id = o.id and r.signal_id = signal)
        order by o.id limit most;
end
$$;

-- How many have a copy.
create or replace function public.count_signal_copies(signal uuid) returns bigint
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('job');
    if not exists (select from public.helpline_signals s
                   where s.organisation_id = sec.current_organisation() and s.id = signal) then
        raise exception 'only a helpline counts its alerts' using errcode = '42501';
    end if;
    return (select count(*) from public.organisations o
            join public.received_signals r on r.organisation_id = o.id and r.signal_id = signal);
end
$$;

-- Alerts in force that somebody lacks who joined after they were published. The schedule's job asks, and nobody else.
create or replace function public.list_signals_to_join() returns table (organisation_id uuid, signal_id uuid)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('herald');
    return query
        select s.organisation_id, s.id from public.helpline_signals s
        join public.organisations h on h.id = s.organisation_id and h.state = 'active'
        where s.state = 'published' and exists (
            select from public.organisations o
            where o.kind = any (s.kinds) and o.nation = any (s.nations) and o.kind <> 'helpline'
                and o.state = 'active' and not exists (
                    select from public.received_signals r
                    where r.organisation_id = o.id and r.signal_id = s.id));
end
$$;

revoke all on function public.list_published_reports(text), public.read_published_report(text, text, boolean),
    public.list_signal_readers(uuid, uuid, integer), public.count_signal_copies(uuid),
    public.list_signals_to_join() from public;
grant execute on function public.list_published_reports(text), public.read_published_report(text, text, boolean),
    public.list_signal_readers(uuid, uuid, integer), public.count_signal_copies(uuid),
    public.list_signals_to_join() to safeguard_app;

reset role;
