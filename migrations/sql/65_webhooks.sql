-- Outgoing webhooks. Secrets are sealed with the organisation's key; a delivery is never taken back, and what it says
-- is never changed, so that the list of what an address was told can be believed.

select sec.isolate('public.webhooks', 'owned');
revoke update, delete on public.webhooks from safeguard_app;
grant update (sealed_secret, earlier_secret, earlier_until, ended_at) on public.webhooks to safeguard_app;

select sec.isolate('public.webhook_deliveries', 'owned');
revoke update, delete on public.webhook_deliveries from safeguard_app;
grant update (state, attempts, tried_at, answer) on public.webhook_deliveries to safeguard_app;
-- A delivery tells that something happened to a record, and when: it is not there for whom the record is not, nor counted.
select sec.restrict('public.webhook_deliveries', 'app_about_not_hidden', 'all',
    'subject_id <> all ((select sec.hidden_objects())::uuid[])');
