"""Of a request for what is kept about somebody: what else they are called, as whoever sees to it knows."""

from alembic import op

revision = "0074_search_words"
down_revision = "0073_looked_back"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The column, empty: nothing was looked for by hand before."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table public.access_requests add column search_words text[] not null default '{}'")


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
