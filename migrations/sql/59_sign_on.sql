-- Sign-on by an organisation's own provider. The tables are the organisation's own; what happens before anybody is
-- anybody - finding the provider, beginning, coming back - goes through definer functions in a `sign-in` context.

select sec.isolate('public.sign_on_connections', 'owned');
revoke delete, update, select on public.sign_on_connections from safeguard_app;
-- An issuer never changes. Whether it is open is set by those who answer for records: see `sign_on.opening`.
grant select on public.sign_on_connections to safeguard_app;
grant update (label, client_id, client_secret, subject_claim, two_claim, two_value, state, version, required_from,
              tried_at, tried_well) on public.sign_on_connections to safeguard_app;
select sec.policy('public.sign_on_connections', 'definer_read', 'select', 'safeguard_definer', 'true');
grant select on public.sign_on_connections to safeguard_definer;

select sec.isolate('public.sign_on_accounts', 'owned');
revoke insert, update on public.sign_on_accounts from safeguard_app;  -- one links one's own, by the function below
select sec.policy('public.sign_on_accounts', 'definer_all', 'all', 'safeguard_definer', 'true');
grant select, insert, update on public.sign_on_accounts to safeguard_definer;

select sec.isolate('public.sign_on_exemptions', 'owned');
revoke update on public.sign_on_exemptions from safeguard_app;
select sec.policy('public.sign_on_exemptions', 'definer_read', 'select', 'safeguard_definer', 'true');
grant select on public.sign_on_exemptions to safeguard_definer;

select sec.isolate('public.sign_on_attempts', 'owned');
revoke all on public.sign_on_attempts from safeguard_app;
drop policy app_own on public.sign_on_attempts;
select sec.policy('public.sign_on_attempts', 'definer_all', 'all', 'safeguard_definer', 'true');
grant select, insert, update, delete on public.sign_on_attempts to safeguard_definer;

set local role safeguard_definer;

-- Where members of an organisation sign in, by its short name: what the button says, and nothing of the organisation.
create or replace function identity.list_sign_on(slug text)
    returns table (organisation_id uuid, id uuid, label text, issuer text, client_id text)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return query
        select c.organisation_id, c.id, c.label, c.issuer, c.client_id
        from public.sign_on_connections c join public.organisations o on o.id = c.organisation_id
        where o.slug = list_sign_on.slug and o.state <> 'suspended' and c.state = 'open'
        order by c.made_at, c.id;
end
$$;

-- Note a sign-in that leaves for the provider. To enter, from the platform's `sign-in` context; to link one's own
-- account or to try a connection, from one's own session. What was never finished is swept on the way.
create or replace function identity.begin_sign_on(
    organisation uuid, connection uuid, attempt uuid, purpose text, state_seen bytea, browser bytea,
    nonce_sent text, verifier_kept text, next_path text)
    returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    moment timestamptz := sec.clock();
begin
    if purpose = 'enter' then
        perform sec.require_purpose('sign-in');
    else
        perform sec.refuse_planted_statements();
        if organisation is distinct from sec.current_organisation() or sec.current_user_id() is null then
            raise exception 'not in this organisation' using errcode = '42501';
        end if;
    end if;
    delete from public.sign_on_attempts a where (a.organisation_id, a.id) in (
        select old.organisation_id, old.id from public.sign_on_attempts old
        where old.begun_at < moment - interval '10 minutes' limit 100 for update skip locked);
    insert into public.sign_on_attempts (organisation_id, id, connection_id, kind, user_id, state_hash, browser_hash,
                                         nonce, verifier, next, begun_at)
        select c.organisation_id, attempt, c.id, purpose,
               case when purpose <> 'enter' then sec.current_user_id() end, state_seen, browser,
               nonce_sent, verifier_kept, next_path, moment
        from public.sign_on_connections c
        where c.organisation_id = organisation and c.id = connection
            and (c.state = 'open' or (purpose = 'try' and c.state = 'draft'));
    return found;
end
$$;

-- Once, and by the browser that began it only: what came back belongs to this.
create or replace function identity.take_sign_on(state_seen bytea, browser bytea)
    returns table (
        organisation_id uuid, connection_id uuid, kind text, user_id uuid, nonce text, verifier text, next text,
        issuer text, client_id text, client_secret bytea, subject_claim text, two_claim text, two_value text,
        label text
    )
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.require_purpose('sign-in');
    return query
        with taken as (
            delete from public.sign_on_attempts a
            where a.state_hash = state_seen and a.browser_hash = browser
                and a.begun_at > sec.clock() - interval '10 minutes'
            returning a.*
        )
        select t.organisation_id, t.connection_id, t.kind, t.user_id, t.nonce, t.verifier, t.next,
               c.issuer, c.client_id, c.client_secret, c.subject_claim, c.two_claim, c.two_value, c.label
        from taken t
        join public.sign_on_connections c on c.organisation_id = t.organisation_id and c.id = t.connection_id
        where c.state = 'open' or (t.kind = 'try' and c.state = 'draft');
end
$$;

-- Who comes in with this account: by the subject that was linked; else, the first time, by the id that whoever
-- provisions accounts wrote down. For somebody who opens records, only if whoever gave them that role did so while
-- this id stood here (`vouch_for_sign_on`); who was given one without links their account themselves. Else whoever
-- provisions accounts could read records by naming an account of their own. Never by an email address.
create or replace function identity.find_sign_on_person(connection uuid, found_subject text, immutable text)
    returns table (user_id uuid, name text)
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    organisation uuid := sec.current_organisation();
    moment timestamptz := sec.clock();
    person uuid;
begin
    perform sec.require_purpose('sign-in');
    update public.sign_on_accounts a set last_used_at = moment
        where a.organisation_id = organisation and a.connection_id = connection and a.subject = found_subject
        returning a.user_id into person;
    if person is null then
        update public.sign_on_accounts a set last_used_at = moment, subject = found_subject
            from public.memberships m
            where a.organisation_id = organisation and a.connection_id = connection
                and a.immutable_id = immutable and a.subject is null
                and m.organisation_id = organisation and m.user_id = a.user_id and m.state = 'active'
                and (a.vouched or m.roles <@ array['reporter', 'governor', 'group_lead', 'administrator'])
            returning a.user_id into person;
    end if;
    return query
        select m.user_id, m.name from public.memberships m join public.users u on u.id = m.user_id
        where m.organisation_id = organisation and m.user_id = person
            and m.state = 'active' and m.kind = 'person' and u.disabled_at is null;
end
$$;

-- One's own account at the provider, linked in a `sign-in` context of one's own. False when it is somebody else's.
create or replace function identity.link_sign_on(connection uuid, found_subject text) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    organisation uuid := sec.current_organisation();
    person uuid := sec.current_user_id();
begin
    perform sec.require_purpose('sign-in');
    if exists (select from public.sign_on_accounts a
               where a.organisation_id = organisation and a.connection_id = connection
                   and a.subject = found_subject and a.user_id <> person) then
        return false;
    end if;
    insert into public.sign_on_accounts as a (organisation_id, connection_id, user_id, subject, added_at)
        select organisation, connection, m.user_id, found_subject, sec.clock()
        from public.memberships m
        where m.organisation_id = organisation and m.user_id = person and m.state = 'active' and m.kind = 'person'
        on conflict on constraint sign_on_accounts_pkey do update set subject = excluded.subject;
    return found;
end
$$;

-- Whether somebody has to come in by the provider here: once their account there is linked, and for everybody two
-- weeks after it became the rule or they joined. Whoever is exempt keeps the way in for when the provider is down.
create or replace function sec.needs_provider(organisation uuid, person uuid) returns boolean
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (
        select from public.sign_on_connections c
        join public.memberships m on m.organisation_id = c.organisation_id and m.user_id = person
        where c.organisation_id = organisation and c.state = 'open' and c.required_from is not null
            and (sec.clock() > greatest(c.required_from, m.created_at) + interval '14 days'
                 or exists (select from public.sign_on_accounts a
                            where a.organisation_id = c.organisation_id and a.connection_id = c.id
                                and a.user_id = person and a.subject is not null))
            and not exists (select from public.sign_on_exemptions e
                            where e.organisation_id = c.organisation_id and e.user_id = person));
end
$$;

-- Whether a member gets in without the provider: by the password or passkey that they chose when they joined. Somebody
-- whom the directory made has no password, and gets in so once they have added a passkey.
create or replace function identity.enters_alone(person uuid) returns boolean
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (
        select from public.memberships m join public.users u on u.id = m.user_id
        where m.organisation_id = sec.current_organisation() and m.user_id = person and m.state = 'active'
            and m.kind = 'person' and u.disabled_at is null
            and (not identity.is_provisioned(person)
                 or exists (select from public.second_factors f where f.user_id = person and f.kind = 'passkey')));
end
$$;

-- An account that whoever provisions accounts says is a member's: counts once, and not for who opens records.
create or replace function identity.expect_sign_on(connection uuid, person uuid, immutable text) returns boolean
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    organisation uuid := sec.current_organisation();
begin
    perform sec.refuse_planted_statements();
    if exists (select from public.sign_on_accounts a
               where a.organisation_id = organisation and a.connection_id = connection
                   and a.immutable_id = immutable and a.user_id <> person) then
        return false;
    end if;
    insert into public.sign_on_accounts as a (organisation_id, connection_id, user_id, immutable_id, added_at)
        select organisation, connection, m.user_id, immutable, sec.clock()
        from public.memberships m where m.organisation_id = organisation and m.user_id = person and m.state = 'active'
        on conflict on constraint sign_on_accounts_pkey do update
            set immutable_id = excluded.immutable_id,
                vouched = a.vouched and a.immutable_id is not distinct from excluded.immutable_id
            where a.subject is null;
    return found;
end
$$;

-- A role that opens records was given to this person, by whoever may give it: they mean the person whose account is
-- written down at this moment. Another id takes that back. Only for an account that a directory made: whoever has a way
-- in of their own links their account themselves.
create or replace function identity.vouch_for_sign_on(person uuid) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform sec.refuse_planted_statements();
    update public.sign_on_accounts a set vouched = true
        from public.memberships m
        where a.organisation_id = sec.current_organisation() and a.user_id = person and a.subject is null
            and a.immutable_id is not null and m.organisation_id = a.organisation_id and m.user_id = a.user_id
            and m.state = 'active' and identity.is_provisioned(person);
end
$$;

reset role;

revoke all on function identity.list_sign_on(text), identity.take_sign_on(bytea, bytea),
    identity.begin_sign_on(uuid, uuid, uuid, text, bytea, bytea, text, text, text),
    identity.find_sign_on_person(uuid, text, text), identity.link_sign_on(uuid, text),
    identity.expect_sign_on(uuid, uuid, text), identity.vouch_for_sign_on(uuid), identity.enters_alone(uuid),
    sec.needs_provider(uuid, uuid) from public;
grant execute on function identity.list_sign_on(text), identity.take_sign_on(bytea, bytea),
    identity.begin_sign_on(uuid, uuid, uuid, text, bytea, bytea, text, text, text),
    identity.find_sign_on_person(uuid, text, text), identity.link_sign_on(uuid, text),
    identity.expect_sign_on(uuid, uuid, text), identity.vouch_for_sign_on(uuid), identity.enters_alone(uuid),
    sec.needs_provider(uuid, uuid) to safeguard_app;
