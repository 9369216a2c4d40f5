"""Held reports that may tell of danger: said when they are kept, so that a flood never stands before them."""

from alembic import op

revision = "0099_held_urgent"
down_revision = "0098_standards_ended"
branch_labels = None
depends_on = None

ANSWERED = """
update public.public_reports set urgent = true
where state = 'held' and held_words <> '' and held_words::jsonb ->> 'danger' = 'true'
"""


def upgrade() -> None:
    """A column that is false where nothing else is known; of those that wait, what was answered."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table public.public_reports add column urgent boolean not null default false")
    op.execute(ANSWERED)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
