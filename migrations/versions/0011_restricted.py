"""Nothing yet."""

revision = "0011_restricted"
down_revision = "0010_calendars_and_forms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
