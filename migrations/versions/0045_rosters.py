"""Rosters: what it still needs."""

revision = "0045_rosters"
down_revision = "0044_transfers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to change yet."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
