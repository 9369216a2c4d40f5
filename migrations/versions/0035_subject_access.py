"""Requests for what an organisation holds about somebody, and files that move on."""

revision = "0035_subject_access"
down_revision = "0034_webhooks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to do."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
