"""The helpline's report: statistics, annual report and alerts to organisations."""

revision = "0033_helpline_report"
down_revision = "0032_speed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to change yet."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
