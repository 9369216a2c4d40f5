-- A referral as it was sent, with the case that it became: it arrives once and stays as it came. What changes is only
-- how often whoever referred has taken it back or opened it again. Nothing is deleted but with its case, by a disposal.

select sec.isolate('public.helpline_referrals', 'owned');
revoke update, delete on public.helpline_referrals from safeguard_app;
grant update (turns, closings) on public.helpline_referrals to safeguard_app;
select sec.restrict('public.helpline_referrals', 'app_not_for_visitors', 'select',
    $$(select sec.current_purpose()) <> 'public'$$);
select sec.policy('public.helpline_referrals', 'definer_all', 'all', 'safeguard_definer', 'true');
grant select, delete on public.helpline_referrals to safeguard_definer;
