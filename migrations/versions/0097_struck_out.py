"""Struck out: what was recorded in a register by mistake says when, why and by whom it was struck out."""

from alembic import op

revision = "0097_struck_out"
down_revision = "0096_logs_gone"
branch_labels = None
depends_on = None

TABLES = (
    "committee_meetings", "committee_members", "filtering_blocks", "filtering_checks", "filtering_reviews",
    "impact_assessments", "learning_events", "voice_sessions",
)  # fmt: skip


def upgrade() -> None:
    """Columns of which nothing is filled in: no row is written again."""
    op.execute("set local lock_timeout = '5s'")
    for table in TABLES:
        op.execute(
            f"alter table public.{table} add column struck_on date,"
            " add column struck_reason text not null default '',"
            " add column struck_by_name text not null default ''"
        )


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
