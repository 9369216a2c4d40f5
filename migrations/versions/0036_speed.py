"""What makes the daily pages quicker."""

revision = "0036_speed"
down_revision = "0035_subject_access"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to do."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
