"""Room for the next change of tables: nothing is written yet."""

revision = "0063_desk"
down_revision = "0062_schedules"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
