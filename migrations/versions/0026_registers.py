"""Registers that standards ask for: policies and who read them, training, filtering and monitoring, committees."""

revision = "0026_registers"
down_revision = "0025_workday"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to do."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
