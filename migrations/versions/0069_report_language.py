"""A report speaks the language of the page on which somebody asked for it."""

from alembic import op

revision = "0069_report_language"
down_revision = "0068_day_only"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """English for what was asked before, and for what the schedule asks."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("alter table public.reports add column language text not null default 'en_GB'")


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
