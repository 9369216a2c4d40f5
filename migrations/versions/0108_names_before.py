"""A membership keeps the names by which its person was known here before."""

from alembic import op

revision = "0108_names_before"
down_revision = "0107_looked_back"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Names that were changed before today were not kept: nobody has any yet."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table public.memberships add column former_names text[] not null default '{}'")


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
