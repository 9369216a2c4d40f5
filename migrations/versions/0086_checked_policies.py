"""The check of a policy's file for viruses. Those of before wait for theirs, and a job asks for it."""

from alembic import op

revision = "0086_checked_policies"
down_revision = "0085_heard_again"
branch_labels = None
depends_on = None

COLUMNS = """
alter table public.policy_files
    add column state text not null default 'waiting',
    add column finding text not null default '',
    add column scanner text not null default '',
    add column scanned_at timestamptz,
    add column version integer not null default 1;
alter table public.policy_files add constraint policy_files_state_check
    check (state in ('waiting', 'clean', 'infected')) not valid;
"""
CHECKS = """
insert into jobs.job (organisation_id, id, kind, subject_id, key, run_at, created_at)
select f.organisation_id, gen_random_uuid(), 'policy_file.check', f.id, f.id::text, now(), now()
from public.policy_files f
on conflict (organisation_id, kind, key) do nothing;
"""


def upgrade() -> None:
    """Columns with constants, and a job for each file."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(COLUMNS)
    op.execute(CHECKS)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
