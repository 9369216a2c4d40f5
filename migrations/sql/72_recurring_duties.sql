-- Visits and reviews that come round again. What was recorded stays; a mistake is struck out, with a reason.

select sec.isolate('public.recurring_duties', 'owned');
revoke update, delete on public.recurring_duties from safeguard_app;
grant update (struck_on, struck_reason) on public.recurring_duties to safeguard_app;
