"""Homes: what it needed changed no table; what it asks of the database stands in migrations/sql."""

revision = "0058_homes"
down_revision = "0057_subjects"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to change."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
