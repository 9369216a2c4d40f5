-- What a lead has assigned to a pastoral member: incidents with somebody of a group, of an issue, or of a risk area.
-- Never one that is kept from anybody: from then on only those who answer for it may read it.
--
-- Runs with the caller's own rights and row security; the person is the one of the verified context, and nobody else.
create or replace function public.is_assigned(incident uuid, issues text[], areas text[], restricted timestamptz)
    returns boolean
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select restricted is null and exists (
        select from public.pastoral_scopes s
        where s.organisation_id = sec.current_organisation() and s.user_id = sec.current_user_id()
            and case s.kind
                when 'issue_type' then s.value = any (issues)
                when 'risk_area' then s.value = any (areas)
                else exists (
                    select from public.incident_people p
                    where p.organisation_id = s.organisation_id and p.incident_id = incident and p.removed_at is null
                        and lower(btrim(p.group_name)) = lower(btrim(s.value))) end)
$$;
revoke all on function public.is_assigned(uuid, text[], text[], timestamptz) from public;
grant execute on function public.is_assigned(uuid, text[], text[], timestamptz) to safeguard_app;
