"""Evidence files: what it still needs."""

revision = "0048_evidence_files"
down_revision = "0047_disposed_kinds"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to change yet."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
