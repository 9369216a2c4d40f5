"""Nothing yet."""

revision = "0017_alerts_and_imports"
down_revision = "0016_public_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
