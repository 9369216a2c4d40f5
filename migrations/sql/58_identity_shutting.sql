-- An account that somebody else has taken over is shut in every organisation at once, by whoever runs the service, and
-- opened again by them. Its memberships stay: nobody's records move. Gives where its holder belongs, whose logs are told.
set local role safeguard_definer;

create or replace function identity.shut_account(address text, shut boolean)
    returns table (organisation_id uuid, user_id uuid)
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    person uuid;
begin
    perform sec.require_purpose('provision');
    update public.users u set disabled_at = case when shut then coalesce(u.disabled_at, sec.clock()) end
        where u.email = address and u.email not like '%@service.invalid' returning u.id into person;
    if shut then
        perform identity.put_out(person);
        delete from public.password_resets r where r.user_id = person;
        perform sec.give_alerts_onward(m.organisation_id) from public.memberships m where m.user_id = person;
    end if;
    return query select b.organisation_id, b.user_id from identity.belongs(person) b;
end
$$;

-- Whether somebody belongs here and gets in: neither gone, nor with an account that is shut.
create or replace function sec.can_act(person uuid) returns boolean
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (
        select from public.memberships m join public.users u on u.id = m.user_id and u.disabled_at is null
        where m.organisation_id = sec.own_organisation() and m.user_id = person and m.state = 'active'
            and m.kind = 'person');
end
$$;

revoke all on function sec.can_act(uuid) from public;
grant execute on function sec.can_act(uuid) to safeguard_app;

reset role;

revoke all on function identity.shut_account(text, boolean) from public;
grant execute on function identity.shut_account(text, boolean) to safeguard_app;
