"""What an inspector was given, asked and opened."""

revision = "0032_inspection"
down_revision = "0031_sign_on"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to do."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
