-- Rosters: what another system's file says of who belongs here. A row about somebody whom the reader cannot have met is
-- not there for them, as that person is not.

select sec.isolate('public.rosters', 'owned');
revoke update, delete on public.rosters from safeguard_app;
grant update (version, object_name, wrapped_key, columns, day_order, site, is_whole, marks_left, is_outdated, state, notes,
              row_count,
              done_count, new_count, changed_count, gone_count, same_count, asked_count, wrong_count, kept_count, digest,
              applied_at, applied_by_name, undone_at, undone_by_name) on public.rosters to safeguard_app;

-- What a file says is no record: it is thrown away with the file, and when the next one was taken over.
select sec.isolate('public.roster_rows', 'owned');
revoke update on public.roster_rows from safeguard_app;
grant update (person_id, changes, answer, state, reason, made_version, link_before) on public.roster_rows to safeguard_app;

select sec.isolate('public.roster_problems', 'owned');
revoke update on public.roster_problems from safeguard_app;

select sec.isolate('public.roster_links', 'owned');
revoke update on public.roster_links from safeguard_app;
grant update (person_id, email, said, is_here, left_on) on public.roster_links to safeguard_app;

-- Whoever was taken back is nobody any more, for every reader.
select sec.restrict('public.people', 'app_not_withdrawn', 'all', 'withdrawn_at is null');

select sec.policy('public.' || t, 'definer_dispose', 'all', 'safeguard_definer', 'true')
from unnest(array['roster_links', 'roster_rows', 'rosters']) t;
grant select, update, delete on public.roster_links, public.roster_rows to safeguard_definer;
grant select on public.rosters to safeguard_definer;

set local role safeguard_definer;

-- Takes people back whom a roster had brought, as long as nobody changed them since: `ids` at these `versions`. Whoever
-- is named by nothing is gone for good, with everything that the file had said of them. Whoever is named by a record
-- that the caller may not know of is withdrawn instead: the record keeps its person, and the caller sees in both cases
-- that nobody of that name is on the list any more. Only those who were new with a file that is being taken back; in a job, by whom the policies of the table let see them.
create or replace function public.take_people_back(ids uuid[], versions integer[]) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.current_organisation();
    one record;
begin
    perform sec.require_purpose('job');
    for one in
        select p.id from public.people p join unnest(ids, versions) asked (id, version) on asked.id = p.id
        where p.organisation_id = here and p.version = asked.version and exists (
            select from public.roster_rows r
            join public.rosters u on u.organisation_id = r.organisation_id and u.id = r.run_id and u.state = 'undoing'
            where r.organisation_id = here and r.person_id = p.id and r.state = 'done' and r.made_version = 1
                and (r.kind = 'new' or r.kind = 'asked' and r.answer = 'new'))
    loop
        delete from public.roster_rows r where r.organisation_id = here and r.person_id = one.id;
        delete from public.roster_links l where l.organisation_id = here and l.person_id = one.id;
        -- What was sent or came has no foreign key to its person, and may be kept from the caller too.
        if exists (select from public.transfers t where t.organisation_id = here and t.person_id = one.id)
            or exists (select from public.incoming_transfers t where t.organisation_id = here and t.person_id = one.id)
        then
            update public.people p set withdrawn_at = sec.clock() where p.organisation_id = here and p.id = one.id;
            continue;
        end if;
        begin
            delete from public.people p where p.organisation_id = here and p.id = one.id;
        exception when foreign_key_violation then
            update public.people p set withdrawn_at = sec.clock() where p.organisation_id = here and p.id = one.id;
        end;
    end loop;
end
$$;

revoke all on function public.take_people_back(uuid[], integer[]) from public;
grant execute on function public.take_people_back(uuid[], integer[]) to safeguard_app;

reset role;
