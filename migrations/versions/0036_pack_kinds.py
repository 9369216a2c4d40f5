"""Packs of every kind, and who has looked at a record."""

revision = "0036_pack_kinds"
down_revision = "0035_subject_access"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to change yet."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
