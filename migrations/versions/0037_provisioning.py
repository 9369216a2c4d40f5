"""Provisioning: SCIM, invitations in bulk and rosters."""

revision = "0037_provisioning"
down_revision = "0036_pack_kinds"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to change yet."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
