"""Jobs that wait are found by what they are about, so that one does the work of all.

A report may be of one theme.
"""

from alembic import op

revision = "0049_channel"
down_revision = "0048_evidence_files"
branch_labels = None
depends_on = None

JOBS = """
-- squawk-ignore require-concurrent-index-creation
create index job_of_subject_idx on jobs.job (organisation_id, kind, subject_id) where state = 'queued'
"""
THEMES = """
alter table public.helpline_reports add column theme_id uuid;
-- squawk-ignore constraint-missing-not-valid,adding-foreign-key-constraint
alter table public.helpline_reports add constraint helpline_reports_theme_fkey
    foreign key (organisation_id, theme_id) references public.helpline_themes (organisation_id, id)
"""


def upgrade() -> None:
    """Only jobs that wait are in the index, so it stays small. A report names its theme."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(JOBS)
    op.execute(THEMES)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
