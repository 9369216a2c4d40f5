-- What came of a visit or a review: to whom its report was sent, and which improvements. Nothing of it changes or goes.

select sec.isolate('public.duty_sendings', 'owned');
revoke update, delete on public.duty_sendings from safeguard_app;
select sec.isolate('public.duty_actions', 'owned');
revoke update, delete on public.duty_actions from safeguard_app;
