"""Subject access, rectification, complaints and breaches."""

revision = "0035_subject_access"
down_revision = "0034_disposal"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to change yet."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
