"""A plan, and support that somebody is asked about again, can end: looked at, and said how they are."""

from alembic import op

revision = "0105_plans_end"
down_revision = "0104_signed_by_address"
branch_labels = None
depends_on = None

DROP = """
-- squawk-ignore ban-drop-constraint
alter table public.entries drop constraint entries_done_check
"""
ADD = """
alter table public.entries add constraint entries_done_check
    check (done_at is null or kind in ('action', 'contact', 'link', 'plan', 'support')) not valid
"""


def upgrade() -> None:
    """The same rule, for two more kinds of entry."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(DROP)
    op.execute(ADD)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
