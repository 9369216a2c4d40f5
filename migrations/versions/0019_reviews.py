"""Lessons are found by the day they were written: a control's page shows the incidents that touched it."""

from alembic import op

revision = "0019_reviews"
down_revision = "0018_standards"
branch_labels = None
depends_on = None

# Built while nobody writes: entries of this kind are new with this release, so the index begins empty.
LESSONS = """
-- squawk-ignore require-concurrent-index-creation
create index entries_lessons on public.entries (organisation_id, written_at desc, id desc) where kind = 'lesson'
"""


def upgrade() -> None:
    """One small index."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(LESSONS)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
