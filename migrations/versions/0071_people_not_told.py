"""Of a breach that is likely to harm somebody badly: why they were not told of it."""

from alembic import op

revision = "0071_people_not_told"
down_revision = "0070_as_sent"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The column, empty: nobody was asked before."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table public.breaches add column not_told text not null default ''")


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
