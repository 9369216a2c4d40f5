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
        delete from public.sessions s where s.user_id = person;
        delete from public.password_resets r where r.user_id = person;
        update public.devices d set trusted_until = null where d.user_id = person and d.trusted_until is not null;
    end if;
    return query
        select m.organisation_id, m.user_id from public.memberships m
        where m.user_id = person and m.state = 'active' and m.kind = 'person'
        order by m.created_at, m.organisation_id;
end
$$;

reset role;

revoke all on function identity.shut_account(text, boolean) from public;
grant execute on function identity.shut_account(text, boolean) to safeguard_app;
