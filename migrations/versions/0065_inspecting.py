"""Inspecting: what it needed changed no table."""

revision = "0065_inspecting"
down_revision = "0064_leaving"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to change."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
