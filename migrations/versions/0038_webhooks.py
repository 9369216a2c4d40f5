"""Outgoing webhooks."""

revision = "0038_webhooks"
down_revision = "0037_provisioning"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to change yet."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
