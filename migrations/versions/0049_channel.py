"""One job of the channel does the work of all that wait for the same other: they are found by what they are about."""

from alembic import op

revision = "0049_channel"
down_revision = "0048_evidence_files"
branch_labels = None
depends_on = None

JOBS = """
-- squawk-ignore require-concurrent-index-creation
create index job_of_subject_idx on jobs.job (organisation_id, kind, subject_id) where state = 'queued'
"""


def upgrade() -> None:
    """Only jobs that wait are in the index, so it stays small."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(JOBS)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
