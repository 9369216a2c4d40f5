"""Frameworks of an organisation's own, and reports for governors."""

revision = "0027_frameworks"
down_revision = "0026_registers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to do."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
