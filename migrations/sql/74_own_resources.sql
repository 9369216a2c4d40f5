-- Resources of an organisation's own. A change is another version and a withdrawal keeps the row: none is deleted.

select sec.isolate('public.own_resources', 'owned');
revoke update, delete on public.own_resources from safeguard_app;
grant update (kind, title, summary, links, controls, risk_areas, issues, version, withdrawn_at, withdrawn_reason)
    on public.own_resources to safeguard_app;
