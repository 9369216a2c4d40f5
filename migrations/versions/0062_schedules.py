"""Schedules: policies, signatures, minutes, lists that were brought in, files sent, packs and accounts are disposed of.

When a membership ended was not written down before: from now on it is, and for those that had ended it counts from
today, which is never too early.

Reviews that were signed, and evidence that was kept, before anybody was told of their day: each is looked at once now,
when its day is near, and when it is over (a year after the review; one with another rhythm is told of when looked at).
"""

from alembic import op

revision = "0062_schedules"
down_revision = "0061_enclosures"
branch_labels = None
depends_on = None

KINDS = (
    "-- squawk-ignore ban-drop-constraint\nalter table public.disposals drop constraint disposals_kind_check",
    """
-- squawk-ignore constraint-missing-not-valid
alter table public.disposals add constraint disposals_kind_check check (
    kind in ('incident', 'person', 'concern', 'allegation', 'public_report', 'alert', 'import', 'evidence_item',
             'training_event', 'inspection', 'complaint', 'breach', 'access_request', 'helpline_case', 'policy',
             'signature', 'minutes', 'roster', 'transfer', 'pack', 'former_account'))
""",
)
ENDED = """
alter table public.memberships add column ended_at timestamptz;
update public.memberships set ended_at = now() where state = 'ended';
"""

REMINDERS = """
insert into jobs.job (organisation_id, id, kind, subject_id, key, run_at, created_at)
select r.organisation_id, gen_random_uuid(), 'notice.review_due', r.id, r.id || ' ' || d.day,
    case when d.day = current_date then now() + interval '5 minutes' else d.day + time '07:00' at time zone 'UTC' end,
    now()
from (
    select distinct on (l.organisation_id, l.framework) l.* from public.reviews l
    order by l.organisation_id, l.framework, l.started_at desc, l.id desc) r
cross join lateral (
    select (r.signed_at + interval '12 months')::date as due) s
cross join lateral (values (current_date), (s.due - 30), (s.due + 1)) d (day)
where r.signed_at is not null and d.day >= current_date
    and not exists (
        select from jobs.job j
        where j.organisation_id = r.organisation_id and j.kind = 'notice.review_due' and j.subject_id = r.id)
on conflict (organisation_id, kind, key) do nothing;
insert into jobs.job (organisation_id, id, kind, subject_id, key, run_at, created_at)
select e.organisation_id, gen_random_uuid(), 'notice.proof_due', e.id, e.id || ' ' || d.day,
    case when d.day = current_date then now() + interval '5 minutes' else d.day + time '07:00' at time zone 'UTC' end,
    now()
from public.evidence_items e
cross join lateral (values (current_date), (e.renew_on - 30), (e.renew_on + 1)) d (day)
where e.renew_on is not null and e.withdrawn_at is null and d.day >= current_date
    and not exists (
        select from jobs.job j
        where j.organisation_id = e.organisation_id and j.kind = 'notice.proof_due' and j.subject_id = e.id)
on conflict (organisation_id, kind, key) do nothing;
"""


def upgrade() -> None:
    """Allow the kinds, of which there are few rows to check; write down when accounts end."""
    op.execute("set local lock_timeout = '5s'")
    for statement in KINDS:
        op.execute(statement)
    op.execute(ENDED)
    op.execute(REMINDERS)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
