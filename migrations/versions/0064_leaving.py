"""Which files leave with the answer to somebody's request: who looked at one and chose it to go whole."""

from alembic import op

revision = "0064_leaving"
down_revision = "0063_desk"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column; no file goes with an answer that was put together before."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table public.access_items add column enclosed_by_name text")


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
