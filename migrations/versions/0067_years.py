"""What incidents have in common is counted by year group and by time of day too: all pairs are counted anew, once.

The repeatable part counts where there are no pairs at all.
"""

from alembic import op

revision = "0067_years"
down_revision = "0066_looked_after"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No pairs: they are counted again before anybody reads them."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("delete from public.incident_pair_counts")


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
