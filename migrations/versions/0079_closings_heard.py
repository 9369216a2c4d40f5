"""Closings heard: how often whoever referred has closed a case, so that what crossed a closing opens nothing at theirs.

For what came before nothing is known, and nothing is compared.
"""

from alembic import op

revision = "0079_closings_heard"
down_revision = "0078_how_cases_ended"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column, empty for what is there already."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table public.helpline_referrals add column closings integer")


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
