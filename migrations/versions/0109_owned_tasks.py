"""What is to be done, by whom: so that whatever somebody who left still holds is found on every home page."""

from alembic import op

revision = "0109_owned_tasks"
down_revision = "0108_names_before"
branch_labels = None
depends_on = None

OWNED = """
-- squawk-ignore require-concurrent-index-creation
create index entries_owned on public.entries (organisation_id, owner_id)
where owner_id is not null and done_at is null and kind in ('action', 'plan')
"""


def upgrade() -> None:
    """One index."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(OWNED)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
