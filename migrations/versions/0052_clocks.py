"""Clocks: what it needed changed no table; what it asks of the database stands in migrations/sql."""

revision = "0052_clocks"
down_revision = "0051_signed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to change."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
