-- Standards: who may touch reviews, evidence items and improvements. What was judged is never deleted; each change is a
-- version whose committed document stays in the log.

select sec.isolate('public.reviews', 'owned');
revoke update, delete on public.reviews from safeguard_app;
grant update (scope, state, statement, version, signed_at, signed_by, signed_by_name) on public.reviews to safeguard_app;

select sec.isolate('public.ratings', 'owned');
revoke update, delete on public.ratings from safeguard_app;
grant update (level, commentary, version, judged_at, judged_by, judged_by_name, framework_version, framework_digest, scale)
    on public.ratings to safeguard_app;

select sec.isolate('public.evidence_items', 'owned');
revoke update, delete on public.evidence_items from safeguard_app;
grant update (kind, title, description, kept_at, dated_on, renew_on, version, withdrawn_at, withdrawn_reason)
    on public.evidence_items to safeguard_app;

-- Which controls an item supports is a list without content of its own: taking one away is in the item's next version.
select sec.isolate('public.evidence_controls', 'owned');
revoke update on public.evidence_controls from safeguard_app;

select sec.isolate('public.improvements', 'owned');
revoke update, delete on public.improvements from safeguard_app;
grant update (words, owner_id, owner_name, due_on, state, progress, effect, version, finished_at)
    on public.improvements to safeguard_app;
-- What was planned because of an incident tells of it. An id that means something else is of no incident.
select sec.belongs_to_incident('public.improvements', 'origin_id');
select sec.policy('public.improvements', 'definer_read', 'select', 'safeguard_definer', 'true');
grant select on public.improvements to safeguard_definer;

-- Looks at improvements that an earlier release asked for none of: a week before their day and the day after, for those
-- that are open and not over since more than 30 days. Whoever typed a day that was near or over knows it, as ever; who was
-- told is not told again (a notice is of one improvement and one day).
insert into jobs.job (organisation_id, id, kind, subject_id, key, run_at, created_at, rung_at)
select m.organisation_id, gen_random_uuid(), 'notice.improvement_due', m.id, m.id || ' ' || l.day,
    greatest((l.day + time '07:00') at time zone 'UTC', sec.clock()), sec.clock(), sec.clock() - interval '1 minute'
from public.improvements m
cross join lateral (values (m.due_on - 7, m.due_on), (m.due_on + 1, m.due_on + 30)) l (day, until)
where m.state in ('planned', 'doing') and l.day > (m.planned_at at time zone 'UTC')::date
    and l.until >= sec.clock()::date and m.due_on <= sec.clock()::date + 3660
on conflict (organisation_id, kind, key) do nothing;
