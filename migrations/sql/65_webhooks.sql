-- Outgoing webhooks. Secrets are sealed with the organisation's key; a delivery is never taken back, and what it says
-- is never changed, so that the list of what an address was told can be believed.

select sec.isolate('public.webhooks', 'owned');
revoke update, delete on public.webhooks from safeguard_app;
grant update (sealed_secret, earlier_secret, earlier_until, ended_at) on public.webhooks to safeguard_app;

select sec.isolate('public.webhook_deliveries', 'owned');
revoke update, delete on public.webhook_deliveries from safeguard_app;
grant update (state, attempts, tried_at, answer) on public.webhook_deliveries to safeguard_app;
