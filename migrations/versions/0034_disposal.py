"""Retention, legal holds and disposal."""

revision = "0034_disposal"
down_revision = "0033_helpline_report"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to change yet."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
