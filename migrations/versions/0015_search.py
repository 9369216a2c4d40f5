"""Nothing: kept in its place, because databases have passed it."""

revision = "0015_search"
down_revision = "0014_drafts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to do."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
