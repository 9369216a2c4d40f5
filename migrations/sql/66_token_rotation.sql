-- Another API token in the place of one that works: for the same service member and for what the one before was for,
-- answered for by whoever makes it, since they hold it now. The one before works for another day, so that nothing stops
-- meanwhile. Who may do so is the caller's to ask.

grant insert on public.tokens to safeguard_definer;

set local role safeguard_definer;

create or replace function identity.rotate_token(token uuid, fresh uuid, hash bytea, until timestamptz)
    returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    moment timestamptz := sec.clock();
begin
    perform sec.refuse_planted_statements();
    insert into public.tokens (organisation_id, id, user_id, name, token_hash, sponsor_id, sponsor_name, created_at,
                               expires_at, scopes)
        select t.organisation_id, fresh, t.user_id, t.name, hash, coalesce(m.user_id, t.sponsor_id),
               coalesce(m.name, t.sponsor_name), moment, until, t.scopes
        from public.tokens t
        left join public.memberships m on m.organisation_id = t.organisation_id and m.user_id = sec.current_user_id()
        where t.organisation_id = sec.current_organisation() and t.id = token and t.revoked_at is null
            and t.expires_at > moment and t.waits_for is null;
    if not found then
        return false;
    end if;
    update public.tokens t set expires_at = least(t.expires_at, moment + interval '1 day')
        where t.organisation_id = sec.current_organisation() and t.id = token;
    return true;
end
$$;

reset role;

revoke all on function identity.rotate_token(uuid, uuid, bytea, timestamptz) from public;
grant execute on function identity.rotate_token(uuid, uuid, bytea, timestamptz) to safeguard_app;
