"""What a lead's day still needed."""

from alembic import op

revision = "0025_workday"
down_revision = "0024_circles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Earlier records stand where they were first recorded, and say when they came; packs may hold files."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table public.incidents add column imported_at timestamptz")
    op.execute("alter table public.packs add column files boolean not null default false")


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
