"""Who may know of an incident: what two people decide together."""

revision = "0024_circles"
down_revision = "0023_helpline"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to do."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
