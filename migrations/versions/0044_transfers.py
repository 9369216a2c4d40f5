"""Transfers: what it still needs."""

revision = "0044_transfers"
down_revision = "0043_reminders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to change yet."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
