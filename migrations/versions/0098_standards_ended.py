"""Standards ended: what was imported and is asked no more is offered no more, and stays where it was used."""

from alembic import op

revision = "0098_standards_ended"
down_revision = "0097_struck_out"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column without a value: no row is written."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table public.own_frameworks add column ended_at timestamptz")


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
