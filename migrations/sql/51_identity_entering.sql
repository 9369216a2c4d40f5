-- A session or a token becomes the context of the transaction, in one SELECT.
--
-- Nothing is trusted from earlier requests: membership, roles, disabling and suspension are read each time, so that a
-- change takes effect at the next request (OWASP ASVS 5.0 §7.4, §8.3.2). No row means: sign in.
-- Idle 30 minutes and 12 hours in all (§7.3); on a shared computer 10 minutes and 2 hours. The time of the last request is written at most once a minute, and never
-- waits for another request of the same session.

do $$ begin  -- what a function gives cannot be replaced in place: an earlier release gave no `glass_until`
    if exists (select from pg_proc p where p.oid = to_regprocedure('identity.enter_session(bytea)')
                   and not 'glass_until' = any (p.proargnames)) then
        drop function identity.enter_session(bytea);
    end if;
end $$;

create or replace function identity.enter_session(hash bytea)
    returns table (
        organisation_id uuid, user_id uuid, name text, roles text[],
        organisation_name text, organisation_kind text, organisation_slug text, organisation_state text,
        organisation_nation text, organisation_time_zone text,
        session_id uuid, email text, authenticated_at timestamptz, factors text[], elsewhere jsonb, unread integer,
        enrolled text[], is_shared boolean, is_locked boolean, glass_until timestamptz
    )
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
    rows 1
as $$
declare
    moment timestamptz := sec.clock();
    seen timestamptz;
begin
    select s.organisation_id, s.user_id, m.name, sec.roles_held(m.roles, m.deputy_from, m.deputy_until),
               o.name, o.kind, o.slug, o.state, o.nation, o.time_zone,
               s.id, u.email, s.authenticated_at, s.factors, s.last_seen_at,
               (select jsonb_agg(jsonb_build_object('id', there.id, 'slug', there.slug, 'name', there.name)
                                 order by there.name, there.id)
                from public.memberships other join public.organisations there on there.id = other.organisation_id
                where other.user_id = s.user_id and other.organisation_id <> s.organisation_id
                    and other.state = 'active' and there.state <> 'suspended'),
               array(select distinct f.kind from public.second_factors f where f.user_id = s.user_id order by 1), s.shared,
               s.locked_at is not null,
               (select max(g.until) from public.broken_glass g
                where g.organisation_id = s.organisation_id and g.user_id = s.user_id and g.until > moment
                    and g.ended_at is null)
        into organisation_id, user_id, name, roles,
             organisation_name, organisation_kind, organisation_slug, organisation_state,
             organisation_nation, organisation_time_zone,
             session_id, email, authenticated_at, factors, seen, elsewhere,
             enrolled, is_shared, is_locked, glass_until
        from public.sessions s
        join public.users u on u.id = s.user_id
        join public.memberships m on m.organisation_id = s.organisation_id and m.user_id = s.user_id
        join public.organisations o on o.id = s.organisation_id
        where s.token_hash = hash
            and s.last_seen_at > moment - case when s.shared then interval '10 minutes' else interval '30 minutes' end
            and s.created_at > moment - case when s.shared then interval '2 hours' else interval '12 hours' end
            and u.disabled_at is null and m.state = 'active' and o.state <> 'suspended';
    if not found then
        return;
    end if;
    perform sec.enter(organisation_id, user_id, 'session', 300);
    -- Notices not yet read, for the top of every page. Who has none pays for one look into an index.
    select count(*) into unread from (
        select from public.notices n
        where n.organisation_id = enter_session.organisation_id and n.recipient_id = enter_session.user_id
            and n.read_at is null
            and (n.incident_id is null or n.incident_id <> all ((select sec.hidden_incidents())::uuid[]))
            and n.subject_id <> all ((select sec.hidden_objects())::uuid[])  -- as the list of them leaves out
        limit 100) few;
    if seen < moment - interval '1 minute' then
        update public.sessions s set last_seen_at = moment
            where s.token_hash = (select free.token_hash from public.sessions free
                                  where free.token_hash = hash for update skip locked);
    end if;
    return next;
end
$$;

do $$ begin  -- as above: earlier releases gave no `scopes`, and no `answering`
    if exists (select from pg_proc p where p.oid = to_regprocedure('identity.enter_token(bytea)')
                   and not 'answering' = any (p.proargnames)) then
        drop function identity.enter_token(bytea);
    end if;
end $$;

-- A token stands for a service member. It stops with its sponsor: somebody answers for it, or it does nothing. Without
-- scopes it may do what its role may. It never may more than its sponsor: what they hold at this moment is asked here each
-- time, so that somebody who loses a role, or whose days as a deputy are over, leaves no program behind that reads on.
create or replace function identity.enter_token(hash bytea)
    returns table (
        organisation_id uuid, user_id uuid, name text, roles text[],
        organisation_name text, organisation_kind text, organisation_slug text, organisation_state text,
        organisation_nation text, organisation_time_zone text,
        token_id uuid, email text, authenticated_at timestamptz, scopes text[], answering text[]
    )
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
    rows 1
as $$
declare
    moment timestamptz := sec.clock();
    seen timestamptz;
begin
    select t.organisation_id, t.user_id, m.name, m.roles,
               o.name, o.kind, o.slug, o.state, o.nation, o.time_zone,
               t.id, m.email, t.created_at, t.scopes,
               sec.roles_held(sponsor.roles, sponsor.deputy_from, sponsor.deputy_until),
               coalesce(t.last_used_at, '-infinity')
        into organisation_id, user_id, name, roles,
             organisation_name, organisation_kind, organisation_slug, organisation_state,
             organisation_nation, organisation_time_zone,
             token_id, email, authenticated_at, scopes, answering, seen
        from public.tokens t
        join public.memberships m on m.organisation_id = t.organisation_id and m.user_id = t.user_id
        join public.organisations o on o.id = t.organisation_id
        left join public.memberships sponsor
            on sponsor.organisation_id = t.organisation_id and sponsor.user_id = t.sponsor_id
        left join public.users person on person.id = t.sponsor_id
        where t.token_hash = hash and t.revoked_at is null and t.expires_at > moment and t.waits_for is null
            and m.state = 'active' and o.state <> 'suspended'
            and (t.sponsor_id is null or (sponsor.state = 'active' and person.disabled_at is null));
    if not found then
        return;
    end if;
    perform sec.enter(organisation_id, user_id, 'token', 300);
    if seen < moment - interval '1 minute' then
        update public.tokens t set last_used_at = moment
            where (t.organisation_id, t.id) = (
                select free.organisation_id, free.id from public.tokens free
                where free.token_hash = hash for update skip locked);
    end if;
    return next;
end
$$;

alter function identity.enter_session(bytea) owner to safeguard_definer;
alter function identity.enter_token(bytea) owner to safeguard_definer;
revoke all on function identity.enter_session(bytea), identity.enter_token(bytea) from public;
grant execute on function identity.enter_session(bytea), identity.enter_token(bytea) to safeguard_app;
