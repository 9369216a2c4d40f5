"""Second factors and the devices that people sign in from."""

revision = "0030_factors"
down_revision = "0029_helpline_report"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to do."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
