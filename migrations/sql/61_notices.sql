-- Notices and the mail that waits. What was told stays told: the app holds no DELETE, and changes only whether a notice
-- was read and how far a mail is. A mail's link is sealed by the server's key before it comes here, so that neither a
-- stolen database nor an injected statement can make or read one; it is erased once the mail has left.

select sec.isolate('public.notices', 'owned');
revoke update, delete on public.notices from safeguard_app;
grant update (read_at) on public.notices to safeguard_app;
select sec.belongs_to_incident('public.notices');
-- That one's own notice was read is told of it through the glass too.
drop policy if exists app_not_through_glass on public.notices;
select sec.policy('public.notices', 'definer_read', 'select', 'safeguard_definer', 'true');
grant select on public.notices to safeguard_definer;

select sec.isolate('public.notice_choices', 'owned');
revoke update, delete on public.notice_choices from safeguard_app;
grant update (duty, tasks, updates, quiet_from, quiet_until, version, changed_at)
    on public.notice_choices to safeguard_app;

select sec.isolate('public.outbox', 'owned');
revoke update, delete on public.outbox from safeguard_app;
grant update (state, attempts, fault, sent_at, secret) on public.outbox to safeguard_app;
select sec.policy('public.outbox', 'definer_all', 'all', 'safeguard_definer', 'true');
grant insert on public.outbox to safeguard_definer;
grant insert on jobs.job to safeguard_definer;

-- A mail to a member from where no organisation was entered yet: a forgotten password, in a `sign-in` context of the
-- platform. Within an organisation's own context it goes to a member of that one only.
-- `secret` is the link as `safeguard.post.secrets.seal` made it. Gives the id of the mail, which is also its job's (to
-- ring for, as `mail.send`); null when there is nobody to write to.
set local role safeguard_definer;

create or replace function public.post_mail(recipient_user uuid, template text, secret text) returns uuid
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    here uuid := sec.own_organisation();
    mail uuid := gen_random_uuid();
    moment timestamptz := sec.clock();
begin
    perform sec.refuse_planted_statements();
    if here = '00000000-0000-0000-0000-000000000000' then
        perform sec.require_purpose('sign-in');
        here := null;
    end if;
    select m.organisation_id into here
        from public.memberships m
        join public.users u on u.id = m.user_id and u.disabled_at is null
        join public.organisations o on o.id = m.organisation_id and o.state <> 'suspended'
        where m.user_id = recipient_user and m.state = 'active' and m.kind = 'person'
            and m.organisation_id = coalesce(here, m.organisation_id)
        order by m.created_at, m.organisation_id limit 1;
    if not found then
        return null;
    end if;
    insert into public.outbox (organisation_id, id, recipient_id, template, secret, key, created_at)
        values (here, mail, recipient_user, template, secret, mail::text, moment);
    insert into jobs.job (organisation_id, id, kind, subject_id, key, run_at, created_at)
        values (here, mail, 'mail.send', mail, mail::text, moment, moment);
    return mail;
end
$$;

revoke all on function public.post_mail(uuid, text, text) from public;
grant execute on function public.post_mail(uuid, text, text) to safeguard_app;

reset role;
