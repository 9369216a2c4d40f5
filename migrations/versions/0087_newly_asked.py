"""From which day a policy asks the roles that it did not ask when its edition was published."""

from alembic import op

revision = "0087_newly_asked"
down_revision = "0086_checked_policies"
branch_labels = None
depends_on = None

COLUMN = "alter table public.policies add column asked_since jsonb not null default '{}';"


def upgrade() -> None:
    """A column with a constant."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(COLUMN)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
