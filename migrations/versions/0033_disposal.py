"""Retention, holds and disposal."""

revision = "0033_disposal"
down_revision = "0032_inspection"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to do."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
