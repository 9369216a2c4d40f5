"""Messages that tell an organisation's own systems."""

revision = "0034_webhooks"
down_revision = "0033_disposal"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to do."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
