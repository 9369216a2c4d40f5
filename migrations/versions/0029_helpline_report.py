"""The helpline's report, its platforms and its alerts to organisations."""

revision = "0029_helpline_report"
down_revision = "0028_mail_in"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to do."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
