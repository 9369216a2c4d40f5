"""A case of a child at risk that nobody has stands first in the queue: those that are open now are put there.

200 years before it came, as `safeguard.helpline.case` reckons it from now on: before everything that is urgent, which
stands 100 years before it came.
"""

from alembic import op

revision = "0063_desk"
down_revision = "0062_schedules"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Open cases only: what has ended stands in no queue, and is put in its place when it is given to somebody."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(
        """update public.helpline_cases set queued_at = received_at - interval '73000 days'
        where at_risk and assigned_to is null and ended_at is null"""
    )


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
