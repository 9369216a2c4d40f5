"""How many people should sign an agreement, where somebody said it; and when those who have not were last reminded."""

from alembic import op

revision = "0080_who_has_not_signed"
down_revision = "0079_closings_heard"
branch_labels = None
depends_on = None

COLUMNS = """
alter table public.policies
    add column expected jsonb not null default '{}',
    add column reminded_at timestamptz;
"""


def upgrade() -> None:
    """Columns, empty."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(COLUMNS)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
