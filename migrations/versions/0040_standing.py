"""Where we stand: what dashboards count by."""

revision = "0040_standing"
down_revision = "0039_console"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to change yet."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
