"""Nothing yet."""

revision = "0007_second_person"
down_revision = "0006_one_log_per_origin"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
