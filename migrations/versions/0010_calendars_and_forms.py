"""Nothing yet."""

revision = "0010_calendars_and_forms"
down_revision = "0009_casework"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
